package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.Layout.FRESH;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_DELETION;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_KIND;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_SUBJECT;
import static dev.tidemark.coordinator.modelcheck.Layout.LAST_RUN;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_DEPTH;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_JOB;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_SIZE;
import static dev.tidemark.coordinator.modelcheck.Layout.WATCHED_SINCE;
import static dev.tidemark.coordinator.modelcheck.World.ABSENT;
import static dev.tidemark.coordinator.modelcheck.World.BACK_UP;
import static dev.tidemark.coordinator.modelcheck.World.CREATE;
import static dev.tidemark.coordinator.modelcheck.World.CREATED;
import static dev.tidemark.coordinator.modelcheck.World.DELETE;
import static dev.tidemark.coordinator.modelcheck.World.FULL;
import static dev.tidemark.coordinator.modelcheck.World.IDLE;
import static dev.tidemark.coordinator.modelcheck.World.NAMED;
import static dev.tidemark.coordinator.modelcheck.World.NO_JOB;
import static dev.tidemark.coordinator.modelcheck.World.RECORDING;
import static dev.tidemark.coordinator.modelcheck.World.REQUESTED;
import static dev.tidemark.coordinator.modelcheck.World.RETIRED;
import static dev.tidemark.coordinator.modelcheck.World.RUNNING;
import static dev.tidemark.coordinator.modelcheck.World.UNUSED;

/** What the log concludes from a report: {@code chain.Conclusion} with its judgement, on masks. */
final class Conclusion {
    private static final int UNTOUCHED = -1;

    private final Layout layout;
    private final Bug bug;
    private final Log log;
    private final int[] trackedNow;
    private final int[] stillborn;
    private final int[] spoiltBefore;
    private final int[] brokenNow;
    private final boolean[] moved;
    private final boolean[] resized;
    private final boolean[] doubted;
    private final int[] actual;
    private boolean events;

    Conclusion(Layout layout, Bug bug, Log log) {
        this.layout = layout;
        this.bug = bug;
        this.log = log;
        trackedNow = new int[layout.disks];
        stillborn = new int[layout.disks];
        spoiltBefore = new int[layout.disks];
        brokenNow = new int[layout.disks];
        moved = new boolean[layout.disks];
        resized = new boolean[layout.disks];
        doubted = new boolean[layout.disks];
        actual = new int[layout.checkpoints];
    }

    /** Records a gateway's look with its outcome; true if events followed from it. */
    boolean conclude(World w, int gateway, Outcome told) {
        events = false;
        Outcome outcome = isOfPending(w, gateway) ? told : Outcome.NONE;
        if (w.v[layout.gateway(gateway) + FRESH] == 0 && bug != Bug.OLD_REPORTS_ACCEPTED) {
            return false;
        }
        facts(w, gateway);
        judge(w, gateway);
        int kind = w.v[layout.kind];
        int subject = w.v[layout.subject];
        switch (kind) {
            case CREATE -> creation(w, subject, outcome);
            case DELETE -> deletion(w, gateway, subject, outcome);
            case BACK_UP -> backup(w, gateway, subject, outcome);
            default -> {
                // Nothing is pending.
            }
        }
        if (events) {
            w.appended();
        }
        return events;
    }

    /** An outcome counts for the operation that it names, and for no other. */
    private boolean isOfPending(World w, int gateway) {
        int at = layout.gateway(gateway);
        int kind = w.v[layout.kind];
        return w.v[at + HELD_KIND] == kind
                && w.v[at + HELD_SUBJECT] == w.v[layout.subject]
                && (kind != DELETE || w.v[at + HELD_DELETION] == w.v[layout.deletions]);
    }

    /** Nothing listens on the socket, and has not for long. */
    boolean unreachable(World w) {
        if (w.v[layout.kind] == IDLE) {
            return false;
        }
        fail(w);
        w.appended();
        return true;
    }

    private void facts(World w, int gateway) {
        int run = w.v[layout.gateway(gateway) + LAST_RUN];
        int known = bug == Bug.IMAGES_JUDGED_AGAINST_THE_NEW_RUN ? run : w.v[layout.knownRun];
        for (int disk = 0; disk < w.disks; disk++) {
            int since = w.v[w.held(gateway, disk) + WATCHED_SINCE];
            doubted[disk] = known < since || known > run;
        }
        if (run != w.v[layout.knownRun]) {
            w.v[layout.knownRun] = run;
            events = true;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            int size = w.v[there + SEEN_SIZE];
            int depth = w.v[there + SEEN_DEPTH];
            resized[disk] = size != w.v[layout.knownSize + disk];
            moved[disk] = resized[disk] || depth != w.v[layout.knownDepth + disk];
            if (moved[disk]) {
                w.v[layout.knownSize + disk] = size;
                w.v[layout.knownDepth + disk] = depth;
                events = true;
            }
        }
    }

    /** The checkpoint whose bitmap the pending operation adds, if it was not seen yet; else -1. */
    private int awaited(World w) {
        int kind = w.v[layout.kind];
        int subject = w.v[layout.subject];
        boolean adds = kind == CREATE || kind == BACK_UP;
        return adds && w.v[layout.checkpoint + subject] == REQUESTED ? subject : UNTOUCHED;
    }

    private void judge(World w, int gateway) {
        int awaited = awaited(w);
        boolean any = false;
        for (int disk = 0; disk < w.disks; disk++) {
            trackedNow[disk] = 0;
            stillborn[disk] = 0;
            spoiltBefore[disk] = 0;
            brokenNow[disk] = 0;
            judge(w, disk, w.held(gateway, disk) + SEEN, awaited);
            any |= trackedNow[disk] != 0 || stillborn[disk] != 0;
        }
        for (int disk = 0; any && disk < w.disks; disk++) {
            if (trackedNow[disk] == 0 && stillborn[disk] == 0 && w.v[layout.chain + disk] != 0) {
                if (bug == Bug.ONE_DISK_FOR_ALL) {
                    trackedNow[disk] = 1;
                } else {
                    breakChain(w, disk, w.v[layout.chain + disk]);
                }
            }
        }
    }

    private void judge(World w, int disk, int seen, int awaited) {
        int chain = w.v[layout.chain + disk];
        int returned = 0;
        for (int c = 0; c < w.checkpoints; c++) {
            boolean known = w.v[layout.checkpoint + c] != UNUSED;
            boolean elsewhere = (chain >> c & 1) == 1 || c == awaited || w.is(layout.unwanted + disk, c);
            if (w.v[seen + c] != ABSENT && known && !elsewhere) {
                returned |= 1 << c;
            }
        }
        if (returned != 0 && bug != Bug.RETURN_UNNOTICED) {
            breakChain(w, disk, chain | returned);
            return;
        }
        if (awaited >= 0 && w.v[seen + awaited] != ABSENT) {
            if (w.v[seen + awaited] != RECORDING || (moved[disk] && bug != Bug.SIZE_CHANGE_IGNORED) || doubted[disk]) {
                stillborn[disk] = chain | 1 << awaited;
                return;
            }
            spoiltBefore[disk] = Health.spoilt(chain, true, moved[disk], w.v, seen, bug);
            trackedNow[disk] = 1;
            return;
        }
        int links = chain;
        if (w.v[layout.kind] == DELETE && w.v[seen + w.v[layout.subject]] == ABSENT) {
            links &= ~(1 << w.v[layout.subject]);
        }
        int spoilt = Health.spoilt(links, false, moved[disk], w.v, seen, bug);
        if (spoilt != 0) {
            if (isWholeNow(w, disk, links)) {
                w.breaks(Invariant.I9_TRUTH);
            }
            breakChain(w, disk, spoilt);
        }
        if (doubted[disk] && w.v[layout.chain + disk] != 0) {
            breakChain(w, disk, w.v[layout.chain + disk]);
        }
    }

    /**
     * Nothing mends a bitmap, but a transaction that arrives late and makes one again: a chain that is whole now was whole at
     * every look since its last change.
     */
    private boolean isWholeNow(World w, int disk, int links) {
        int awaited = awaited(w);
        for (int c = 0; c < w.checkpoints; c++) {
            actual[c] = w.onTop(disk, c) ? w.bitmap(disk, c) : ABSENT;
        }
        boolean successor = awaited >= 0 && actual[awaited] == RECORDING;
        boolean fits = w.v[layout.size + disk] == w.v[layout.knownSize + disk]
                && w.v[layout.depth + disk] == w.v[layout.knownDepth + disk];
        return w.v[layout.up] == 1
                && w.v[layout.copied] == 0
                && w.v[layout.remade] == 0
                && !moved[disk]
                && Health.spoilt(links, successor, !fits, actual, 0, Bug.NONE) == 0;
    }

    private void breakChain(World w, int disk, int mask) {
        w.v[layout.chain + disk] &= ~mask;
        w.v[layout.base + disk] &= ~mask;
        w.v[layout.unwanted + disk] |= mask;
        brokenNow[disk] |= mask;
        events = true;
    }

    /** The new bitmap was seen, so it is created, whatever QEMU answered. */
    private boolean created(World w, int c) {
        boolean any = false;
        for (int tracked : trackedNow) {
            any |= tracked != 0;
        }
        if (!any) {
            return false;
        }
        if (!w.is(layout.moments, c)) {
            w.breaks(Invariant.I9_TRUTH);
        }
        w.v[layout.checkpoint + c] = CREATED;
        for (int disk = 0; disk < w.disks; disk++) {
            if (trackedNow[disk] != 0) {
                w.set(layout.chain + disk, c);
                w.v[layout.unwanted + disk] = 0;
            }
        }
        events = true;
        for (int disk = 0; disk < w.disks; disk++) {
            if (spoiltBefore[disk] != 0) {
                breakChain(w, disk, spoiltBefore[disk]);
            }
        }
        appendStillborn(w);
        return true;
    }

    private boolean appendStillborn(World w) {
        boolean any = false;
        for (int disk = 0; disk < w.disks; disk++) {
            if (stillborn[disk] != 0) {
                breakChain(w, disk, stillborn[disk]);
                any = true;
            }
        }
        return any;
    }

    private boolean isAnyStillborn() {
        for (int mask : stillborn) {
            if (mask != 0) {
                return true;
            }
        }
        return false;
    }

    private void creation(World w, int c, Outcome outcome) {
        if (bug == Bug.TRUST_THE_REPLY && outcome == Outcome.SEEN) {
            java.util.Arrays.fill(trackedNow, 1);
        }
        if (created(w, c)) {
            log.ended(w);
            return;
        }
        if (isAnyStillborn()) {
            fail(w);
            appendStillborn(w);
            return;
        }
        unseen(w, outcome);
    }

    private void deletion(World w, int gateway, int c, Outcome outcome) {
        boolean allCleared = true;
        int cleared = 0;
        for (int disk = 0; disk < w.disks; disk++) {
            boolean holds = w.is(layout.chain + disk, c);
            boolean seen = w.v[w.held(gateway, disk) + SEEN + c] != ABSENT;
            allCleared &= !holds || !seen;
            cleared |= holds && !seen ? 1 << disk : 0;
        }
        if ((bug == Bug.TRUST_THE_REPLY && outcome == Outcome.SEEN) || (bug == Bug.ONE_DISK_FOR_ALL && cleared != 0)) {
            allCleared = true;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            boolean here = (cleared >> disk & 1) == 1;
            int older = World.older(w.v[layout.chain + disk], c);
            if (here && !allCleared) {
                breakChain(w, disk, w.v[layout.chain + disk]);
            } else if (here && outcome != Outcome.SEEN && older != 0 && bug != Bug.NO_MARK_ON_DELETE) {
                breakChain(w, disk, older);
            }
        }
        if (allCleared) {
            log.deleted(w, c);
            events = true;
            return;
        }
        unseen(w, outcome);
    }

    private void unseen(World w, Outcome outcome) {
        boolean learnt = outcome == Outcome.EVIDENCE_CHANGED && events;
        boolean refused = outcome == Outcome.EVIDENCE_CHANGED || outcome == Outcome.FAILED;
        if (refused && !learnt) {
            fail(w);
        }
    }

    private void backup(World w, int gateway, int b, Outcome outcome) {
        boolean began = isAnyStillborn();
        for (int disk = 0; disk < w.disks; disk++) {
            began |= trackedNow[disk] != 0 || w.v[w.held(gateway, disk) + SEEN_JOB] != NO_JOB;
        }
        if (w.v[layout.checkpoint + b] == REQUESTED && !created(w, b) && isAnyStillborn()) {
            w.v[layout.checkpoint + b] = RETIRED;
            appendStillborn(w);
        }
        boolean done = outcome == Outcome.STORED;
        if (w.v[layout.started] == 0 && (began || done)) {
            if (began && !done) {
                w.v[layout.started] = 1;
                events = true;
            }
            if (isEvidenceLost(w)) {
                fail(w);
                return;
            }
        }
        switch (outcome) {
            case STORED -> stored(w, b);
            case NONE -> {
                if (isResizedWhileCopied(w, gateway)) {
                    fail(w);
                } else {
                    replan(w, b, false);
                }
            }
            case BASE_MISSING, EVIDENCE_CHANGED -> {
                boolean open = w.v[layout.started] == 0;
                boolean missing = outcome == Outcome.BASE_MISSING && isIncremental(w);
                if (open && missing && w.v[layout.abort] == 1) {
                    fail(w);
                } else if (open && missing) {
                    replan(w, b, true);
                } else if (open && outcome == Outcome.EVIDENCE_CHANGED && events) {
                    replan(w, b, false);
                } else {
                    fail(w);
                }
            }
            case FAILED, ABORTED, SEEN -> fail(w);
        }
    }

    private boolean isResizedWhileCopied(World w, int gateway) {
        boolean copying = false;
        boolean any = false;
        for (int disk = 0; disk < w.disks; disk++) {
            copying |= w.v[w.held(gateway, disk) + SEEN_JOB] == RUNNING;
            any |= resized[disk];
        }
        return copying && any;
    }

    private boolean isIncremental(World w) {
        for (int disk = 0; disk < w.disks; disk++) {
            if (w.v[layout.plan + disk] != FULL) {
                return true;
            }
        }
        return false;
    }

    private boolean isEvidenceLost(World w) {
        for (int disk = 0; disk < w.disks; disk++) {
            int since = w.v[layout.plan + disk];
            if (moved[disk] && bug != Bug.MOMENT_KNOWN_TO_THE_GATEWAY_ALONE && bug != Bug.MOMENT_UNCHECKED) {
                return true;
            }
            if (since != FULL && (brokenNow[disk] >> (since - 1) & 1) == 1) {
                return true;
            }
        }
        return false;
    }

    private void stored(World w, int b) {
        for (int disk = 0; disk < w.disks; disk++) {
            if (w.v[layout.plan + disk] != w.v[layout.begunPlan + disk]) {
                fail(w);
                return;
            }
        }
        if (w.v[layout.checkpoint + b] == REQUESTED) {
            w.v[layout.checkpoint + b] = RETIRED;
        }
        if (w.v[layout.phase + b] != NAMED || !w.is(layout.sound, b)) {
            w.breaks(Invariant.I7_NO_PHANTOM_SUCCESS);
        }
        if (w.is(layout.wrong, b)) {
            w.breaks(Invariant.I1_COVERAGE);
        }
        w.set(layout.completed, b);
        for (int disk = 0; disk < w.disks; disk++) {
            if (w.v[layout.checkpoint + b] != RETIRED && w.is(layout.chain + disk, b)) {
                w.set(layout.base + disk, b);
            }
        }
        events = true;
        log.ended(w);
    }

    private void replan(World w, int b, boolean withoutBase) {
        if (w.v[layout.kind] != BACK_UP || w.v[layout.started] == 1 || w.v[layout.abort] == 1) {
            return;
        }
        boolean far = w.is(layout.far, b);
        for (int disk = 0; disk < w.disks; disk++) {
            boolean missing = withoutBase && w.v[layout.plan + disk] != FULL;
            int next = missing ? FULL : log.plan(w, disk, far);
            if (next != w.v[layout.plan + disk]) {
                events = true;
            }
            w.v[layout.plan + disk] = next;
            for (int c = 0; missing && c < w.checkpoints; c++) {
                if (w.is(layout.far, c) == far) {
                    w.clear(layout.base + disk, c);
                }
            }
        }
    }

    private void fail(World w) {
        int subject = w.v[layout.subject];
        if (w.v[layout.kind] == DELETE) {
            w.v[layout.checkpoint + subject] = CREATED;
        } else if (w.v[layout.checkpoint + subject] == REQUESTED) {
            w.v[layout.checkpoint + subject] = RETIRED;
        }
        log.ended(w);
        events = true;
    }
}
