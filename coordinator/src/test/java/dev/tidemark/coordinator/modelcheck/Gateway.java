package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.Layout.COMPLETING;
import static dev.tidemark.coordinator.modelcheck.Layout.FRESH;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_ABORT;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_CHAIN;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_DELETION;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_DEPTH;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_KIND;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_PLAN;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_SIZE;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_STARTED;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_SUBJECT;
import static dev.tidemark.coordinator.modelcheck.Layout.HELD_UNWANTED;
import static dev.tidemark.coordinator.modelcheck.Layout.LAST_RUN;
import static dev.tidemark.coordinator.modelcheck.Layout.LEFT;
import static dev.tidemark.coordinator.modelcheck.Layout.MANIFEST;
import static dev.tidemark.coordinator.modelcheck.Layout.MOMENT_CHECKED;
import static dev.tidemark.coordinator.modelcheck.Layout.OWN_LEFT;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_DEPTH;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_JOB;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_SIZE;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_TEMPORARY;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_DELETION;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_DEPTHS;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_DISK_LENGTH;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_KIND;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_MERGE;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_NEWEST;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_PER_DISK;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_PREVIOUS;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_SINCE;
import static dev.tidemark.coordinator.modelcheck.Layout.SENT_SUBJECT;
import static dev.tidemark.coordinator.modelcheck.Layout.SESSION_TOLD;
import static dev.tidemark.coordinator.modelcheck.Layout.STALE_MARK;
import static dev.tidemark.coordinator.modelcheck.Layout.STEP;
import static dev.tidemark.coordinator.modelcheck.Layout.TOUCHED;
import static dev.tidemark.coordinator.modelcheck.Layout.VERDICT;
import static dev.tidemark.coordinator.modelcheck.Layout.WATCHED_SINCE;
import static dev.tidemark.coordinator.modelcheck.World.ABSENT;
import static dev.tidemark.coordinator.modelcheck.World.BACK_UP;
import static dev.tidemark.coordinator.modelcheck.World.BEGUN;
import static dev.tidemark.coordinator.modelcheck.World.CONCLUDED;
import static dev.tidemark.coordinator.modelcheck.World.CREATE;
import static dev.tidemark.coordinator.modelcheck.World.DELETE;
import static dev.tidemark.coordinator.modelcheck.World.DISABLED;
import static dev.tidemark.coordinator.modelcheck.World.FAILED;
import static dev.tidemark.coordinator.modelcheck.World.FULL;
import static dev.tidemark.coordinator.modelcheck.World.NAMED;
import static dev.tidemark.coordinator.modelcheck.World.NOTHING;
import static dev.tidemark.coordinator.modelcheck.World.NO_JOB;
import static dev.tidemark.coordinator.modelcheck.World.RECORDING;
import static dev.tidemark.coordinator.modelcheck.World.RENAMED;
import static dev.tidemark.coordinator.modelcheck.World.RUNNING;
import static dev.tidemark.coordinator.modelcheck.World.SPOILT;
import static dev.tidemark.coordinator.modelcheck.World.SYNCED;
import static dev.tidemark.coordinator.modelcheck.World.newest;
import static dev.tidemark.coordinator.modelcheck.World.older;

/**
 * One gateway's rounds: look, tell, take one step. {@code reconcile.Decision}, {@code Comparison}, {@code Leftovers}, {@code Pass}
 * and {@code BackupRun}, on masks. A gateway that could not reach anything any more still holds what it held.
 */
@SuppressWarnings("EnumOrdinal") // a state is packed into a few numbers
final class Gateway {
    /** Where it is in its round. */
    static final int AT_REST = 0;

    static final int LOOKED = 1;
    static final int TOLD = 2;
    /** Targets are made, the transaction is next. */
    static final int TARGETS_OPEN = 3;

    /** Verdicts of a run. */
    static final int NO_VERDICT = 0;

    /** What to do next. */
    enum Next {
        NOTHING,
        CONCLUDE,
        BLOCKED,
        RUN,
        START,
        FOLLOW,
        CANCEL,
        FINISH,
        PUT_AWAY
    }

    private final Layout layout;
    private final Bug bug;
    private final Qemu qemu;

    /** Set by {@link #decide}. */
    Outcome outcome = Outcome.NONE;

    Gateway(Layout layout, Bug bug, Qemu qemu) {
        this.layout = layout;
        this.bug = bug;
        this.qemu = qemu;
    }

    int at(int gateway) {
        return layout.gateway(gateway);
    }

    int get(World w, int gateway, int part) {
        return w.v[at(gateway) + part];
    }

    void put(World w, int gateway, int part, int value) {
        w.v[at(gateway) + part] = value;
    }

    /** Takes the desired state that it was offered; only between rounds. */
    boolean wake(World w, int gateway) {
        if (get(w, gateway, STEP) != AT_REST || get(w, gateway, FRESH) == 1) {
            return false;
        }
        take(w, gateway);
        return true;
    }

    /** Another operation ends what was known of the one before. */
    private void take(World w, int gateway) {
        int kind = get(w, gateway, HELD_KIND);
        int subject = get(w, gateway, HELD_SUBJECT);
        int deletion = get(w, gateway, HELD_DELETION);
        w.hold(gateway);
        boolean same = kind == get(w, gateway, HELD_KIND)
                && subject == get(w, gateway, HELD_SUBJECT)
                && deletion == get(w, gateway, HELD_DELETION);
        if (!same) {
            endRun(w, gateway);
        }
    }

    private void endRun(World w, int gateway) {
        put(w, gateway, SENT, 0);
        put(w, gateway, VERDICT, 0);
        put(w, gateway, MOMENT_CHECKED, 0);
        put(w, gateway, COMPLETING, 0);
    }

    /** It dies, and what comes after it knows nothing. */
    void crash(World w, int gateway) {
        java.util.Arrays.fill(w.v, at(gateway), at(gateway) + layout.gatewayLength(), 0);
        w.hold(gateway);
        if (w.v[layout.session] == gateway + 1) {
            w.v[layout.session] = 0;
        }
    }

    boolean owns(World w, int gateway) {
        return w.v[layout.session] == gateway + 1;
    }

    boolean look(World w, int gateway) {
        boolean reachable = w.v[layout.up] == 1 && (w.v[layout.session] == 0 || owns(w, gateway));
        if (!reachable || get(w, gateway, STEP) != AT_REST) {
            return false;
        }
        if (!owns(w, gateway)) {
            put(w, gateway, SESSION_TOLD, 0);
        }
        w.v[layout.session] = gateway + 1;
        put(w, gateway, STEP, LOOKED);
        watch(w, gateway);
        boolean backup = get(w, gateway, HELD_KIND) == BACK_UP;
        boolean deletion = get(w, gateway, HELD_KIND) == DELETE;
        int b = get(w, gateway, HELD_SUBJECT);
        int left = 0;
        boolean ownLeft = false;
        boolean stale = false;
        for (int c = 0; c < w.checkpoints; c++) {
            boolean own = backup && c == b;
            boolean partial = w.v[layout.phase + c] == BEGUN || w.v[layout.phase + c] == SYNCED;
            boolean there = w.is(layout.nodes, c) || partial;
            if (own) {
                ownLeft = there;
                continue;
            }
            for (int disk = 0; disk < w.disks; disk++) {
                there |= w.is(layout.temporary + disk, c) || w.job(disk, c) != NO_JOB;
            }
            left |= there ? 1 << c : 0;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            w.v[there + SEEN_SIZE] = w.v[layout.size + disk];
            w.v[there + SEEN_DEPTH] = w.v[layout.depth + disk];
            if (bug == Bug.SIZE_CHANGE_IGNORED) {
                w.v[there + SEEN_SIZE] = w.v[there + HELD_SIZE];
            }
            if (bug == Bug.BITMAP_FOUND_BELOW) {
                w.v[there + SEEN_DEPTH] = w.v[there + HELD_DEPTH];
            }
            int mark = w.v[layout.mark + disk];
            boolean ownMark = deletion && mark == get(w, gateway, HELD_DELETION);
            stale |= mark != 0 && !ownMark;
            boolean temporary = (backup && w.is(layout.temporary + disk, b)) || ownMark;
            w.v[there + SEEN_TEMPORARY] = temporary ? 1 : 0;
            w.v[there + SEEN_JOB] = backup ? w.job(disk, b) : NO_JOB;
            for (int c = 0; c < w.checkpoints; c++) {
                boolean visible = w.onTop(disk, c) || bug == Bug.BITMAP_FOUND_BELOW;
                w.v[there + SEEN + c] = visible ? w.bitmap(disk, c) : ABSENT;
            }
        }
        put(w, gateway, LEFT, left);
        put(w, gateway, OWN_LEFT, ownLeft ? 1 : 0);
        put(w, gateway, STALE_MARK, stale ? 1 : 0);
        if (backup) {
            find(w, gateway, b);
        }
        return true;
    }

    /** {@code watch.ImageWatch}: since which run of QEMU it can vouch for an image. */
    private void watch(World w, int gateway) {
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            w.v[there + WATCHED_SINCE] = watchedSince(w, gateway, disk);
            w.v[there + TOUCHED] = 0;
        }
        put(w, gateway, LAST_RUN, w.v[layout.run]);
    }

    /** What a look now would vouch for. */
    int watchedSince(World w, int gateway, int disk) {
        int there = w.held(gateway, disk);
        int run = w.v[layout.run];
        int last = get(w, gateway, LAST_RUN);
        if (last == 0) {
            return bug == Bug.UNWATCHED_IS_UNTOUCHED ? 1 : run;
        }
        // A run that was never seen closed the image once more, which looks like a stranger.
        boolean touched = w.v[there + TOUCHED] == 1 || run > last + 1;
        return last != run && touched && bug != Bug.WRITTEN_IMAGE_IGNORED ? run : w.v[there + WATCHED_SINCE];
    }

    /** What the repository shows, and whether the moment of the backup was the one that was planned for. */
    private void find(World w, int gateway, int b) {
        int enough = bug == Bug.REPORT_BEFORE_RENAME ? SYNCED : RENAMED;
        boolean completed = w.v[layout.phase + b] >= enough;
        put(w, gateway, MANIFEST, completed ? 1 : 0);
        if (completed) {
            if (w.v[layout.phase + b] == RENAMED) {
                w.v[layout.phase + b] = NAMED;
            }
            return;
        }
        boolean begun = false;
        boolean moved = false;
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            begun |= w.v[there + SEEN_JOB] != NO_JOB;
            moved |= isMoved(w, there);
        }
        if (begun && get(w, gateway, MOMENT_CHECKED) == 0) {
            put(w, gateway, MOMENT_CHECKED, 1);
            if (moved && bug != Bug.MOMENT_UNCHECKED) {
                condemn(w, gateway, Outcome.EVIDENCE_CHANGED);
            }
        }
    }

    private static boolean isMoved(World w, int there) {
        return w.v[there + SEEN_SIZE] != w.v[there + HELD_SIZE] || w.v[there + SEEN_DEPTH] != w.v[there + HELD_DEPTH];
    }

    private void condemn(World w, int gateway, Outcome because) {
        if (get(w, gateway, VERDICT) == NO_VERDICT) {
            put(w, gateway, VERDICT, because.ordinal());
        }
    }

    /** The round ends without a step. */
    void rest(World w, int gateway) {
        put(w, gateway, STEP, AT_REST);
        put(w, gateway, LEFT, 0);
        put(w, gateway, OWN_LEFT, 0);
        put(w, gateway, STALE_MARK, 0);
        put(w, gateway, MANIFEST, 0);
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            java.util.Arrays.fill(w.v, there + SEEN_SIZE, there + SEEN + w.checkpoints, 0);
        }
    }

    /** Something that a chain is concerned by: nothing may be built on it. */
    boolean isEvidenceDifferent(World w, int gateway) {
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            int chain = w.v[there + HELD_CHAIN];
            if (isMoved(w, there)) {
                return true;
            }
            for (int c = 0; c < w.checkpoints; c++) {
                boolean linked = (chain >> c & 1) == 1;
                if (linked && !fits(w.v[there + SEEN + c], c == newest(chain))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean fits(int seen, boolean recording) {
        if (seen == ABSENT) {
            return bug == Bug.ABSENT_IS_EMPTY;
        }
        if (seen == SPOILT) {
            return bug == Bug.INCONSISTENT_IS_CONSISTENT;
        }
        return (seen == RECORDING) == recording
                || bug == Bug.RECORDING_FLAG_IGNORED
                || bug == Bug.INCONSISTENT_IS_CONSISTENT;
    }

    /** Its jobs are seen and the log does not know that it has begun: nothing may be done before it does. */
    boolean isStartUntold(World w, int gateway) {
        boolean jobs = false;
        for (int disk = 0; disk < w.disks; disk++) {
            jobs |= w.v[w.held(gateway, disk) + SEEN_JOB] != NO_JOB;
        }
        return jobs && get(w, gateway, HELD_STARTED) == 0 && bug != Bug.START_UNTOLD;
    }

    /** Something is there that should not be. */
    boolean isSomethingLeftOver(World w, int gateway) {
        if (get(w, gateway, LEFT) != 0 || get(w, gateway, STALE_MARK) != 0) {
            return true;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            for (int c = 0; c < w.checkpoints; c++) {
                if (isUnwanted(w, gateway, disk, c) || isExtra(w, gateway, disk, c)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isUnwanted(World w, int gateway, int disk, int c) {
        int there = w.held(gateway, disk);
        boolean inChain = (w.v[there + HELD_CHAIN] >> c & 1) == 1;
        return w.v[there + SEEN + c] != ABSENT && !inChain && (w.v[there + HELD_UNWANTED] >> c & 1) == 1;
    }

    /** Records beside the newest, which records. */
    private boolean isExtra(World w, int gateway, int disk, int c) {
        int there = w.held(gateway, disk);
        int chain = w.v[there + HELD_CHAIN];
        int newest = newest(chain);
        return c != newest
                && (chain >> c & 1) == 1
                && w.v[there + SEEN + c] == RECORDING
                && w.v[there + SEEN + newest] == RECORDING;
    }

    /** What to do next, and, if that is to conclude or to put away, with which outcome. */
    Next decide(World w, int gateway) {
        outcome = Outcome.NONE;
        boolean obstacle = bug != Bug.OBSTACLE_IGNORED && isEvidenceDifferent(w, gateway);
        int c = get(w, gateway, HELD_SUBJECT);
        return switch (get(w, gateway, HELD_KIND)) {
            case CREATE -> {
                boolean there = bug == Bug.TRUST_THE_REPLY && get(w, gateway, SENT) == 1;
                for (int disk = 0; disk < w.disks; disk++) {
                    there |= w.v[w.held(gateway, disk) + SEEN + c] != ABSENT;
                }
                yield there ? conclude(Outcome.SEEN) : obstacle ? Next.BLOCKED : Next.RUN;
            }
            case DELETE -> deletion(w, gateway, c, obstacle);
            case BACK_UP -> settled(w, gateway, backup(w, gateway, c, obstacle));
            default -> Next.NOTHING;
        };
    }

    private Next conclude(Outcome with) {
        outcome = with;
        return Next.CONCLUDE;
    }

    private Next putAway(Outcome with) {
        outcome = with;
        return Next.PUT_AWAY;
    }

    private Next deletion(World w, int gateway, int c, boolean obstacle) {
        boolean absent = true;
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            boolean concerned = (w.v[there + HELD_CHAIN] >> c & 1) == 1;
            absent &= !concerned || w.v[there + SEEN + c] == ABSENT;
        }
        if (bug == Bug.TRUST_THE_REPLY && get(w, gateway, SENT) == 1) {
            return conclude(Outcome.SEEN);
        }
        if (!absent) {
            return obstacle ? Next.BLOCKED : Next.RUN;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            int chain = w.v[there + HELD_CHAIN];
            int older = older(chain, c);
            if ((chain >> c & 1) == 0 || older == 0) {
                continue;
            }
            if (w.v[there + SEEN_TEMPORARY] == 0 && bug != Bug.NO_MARK_ON_DELETE) {
                return conclude(Outcome.EVIDENCE_CHANGED);
            }
            int heir = w.v[there + SEEN + newest(older)];
            if (heir == ABSENT || heir == SPOILT || (c == newest(chain) && heir != RECORDING)) {
                return bug == Bug.NO_MARK_ON_DELETE ? conclude(Outcome.SEEN) : Next.BLOCKED;
            }
        }
        return conclude(Outcome.SEEN);
    }

    private Next settled(World w, int gateway, Next next) {
        if (next == Next.PUT_AWAY) {
            int b = get(w, gateway, HELD_SUBJECT);
            boolean left = get(w, gateway, OWN_LEFT) == 1;
            for (int disk = 0; disk < w.disks; disk++) {
                left |= w.v[w.held(gateway, disk) + SEEN_JOB] != NO_JOB
                        || w.v[w.held(gateway, disk) + SEEN_TEMPORARY] == 1;
            }
            boolean dismissed = bug == Bug.REPORT_BEFORE_RENAME && w.v[layout.phase + b] == SYNCED;
            return left && !dismissed ? Next.PUT_AWAY : Next.CONCLUDE;
        }
        return next;
    }

    private Next backup(World w, int gateway, int b, boolean obstacle) {
        if (get(w, gateway, MANIFEST) == 1) {
            return putAway(Outcome.STORED);
        }
        int present = 0;
        int active = 0;
        int failed = 0;
        for (int disk = 0; disk < w.disks; disk++) {
            int job = w.v[w.held(gateway, disk) + SEEN_JOB];
            present += job == NO_JOB ? 0 : 1;
            active += job == RUNNING ? 1 : 0;
            failed += job == FAILED && bug != Bug.JOB_ERROR_IGNORED ? 1 : 0;
        }
        boolean abort = get(w, gateway, HELD_ABORT) == 1;
        Outcome verdict = Outcome.values()[get(w, gateway, VERDICT)];
        if (present == 0) {
            return withoutJobs(w, gateway, b, obstacle, abort, verdict);
        }
        if (bug == Bug.ONE_DISK_FOR_ALL && active < present && failed == 0 && verdict == Outcome.NONE) {
            return Next.FINISH;
        }
        Outcome end = verdict;
        if (end == Outcome.NONE && failed > 0) {
            end = abort ? Outcome.ABORTED : Outcome.FAILED;
        } else if (end == Outcome.NONE && present < w.disks) {
            end = Outcome.FAILED;
        }
        if (end == Outcome.NONE && abort) {
            end = Outcome.ABORTED;
        }
        if (end == Outcome.NONE) {
            return active == 0 ? Next.FINISH : Next.FOLLOW;
        }
        outcome = end;
        if (active > 0) {
            return Next.CANCEL;
        }
        boolean dismisses = end == Outcome.ABORTED || bug == Bug.DISMISS_BEFORE_RECORDING;
        return dismisses ? Next.PUT_AWAY : Next.CONCLUDE;
    }

    private Next withoutJobs(World w, int gateway, int b, boolean obstacle, boolean abort, Outcome verdict) {
        if (verdict != Outcome.NONE) {
            return putAway(verdict);
        }
        if (abort) {
            return putAway(Outcome.ABORTED);
        }
        boolean executed = false;
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            executed |= w.v[there + SEEN + b] != ABSENT || w.v[there + SEEN_TEMPORARY] == 1;
        }
        boolean started = get(w, gateway, HELD_STARTED) == 1;
        if (started && bug == Bug.WAITS_FOR_A_GONE_JOB) {
            return Next.FOLLOW;
        }
        if (started && bug == Bug.GO_ON_AFTER_RESTART) {
            return Next.FINISH;
        }
        if (started || executed) {
            return conclude(Outcome.FAILED);
        }
        return obstacle ? Next.BLOCKED : Next.START;
    }

    /** Makes the targets; false if the transaction must not follow. */
    void begin(World w, int gateway) {
        int b = get(w, gateway, HELD_SUBJECT);
        if (bug != Bug.START_UNTOLD) {
            put(w, gateway, COMPLETING, 0);
        }
        if (owns(w, gateway) && !w.anyJob(b)) {
            w.clear(layout.nodes, b);
        }
        if (w.is(layout.nodes, b) && bug != Bug.TARGETS_MADE_UNDER_A_JOB) {
            // QEMU has the files of an earlier try open.
            condemn(w, gateway, Outcome.FAILED);
            rest(w, gateway);
            return;
        }
        if (w.anyJob(b)) {
            // The job writes to files that are no longer there under their names.
            w.set(layout.orphan, b);
        } else {
            w.clear(layout.orphan, b);
        }
        if (w.v[layout.phase + b] >= RENAMED) {
            condemn(w, gateway, Outcome.FAILED);
            rest(w, gateway);
            return;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            int since = w.v[w.held(gateway, disk) + HELD_PLAN];
            if (since != FULL && w.v[layout.phase + since - 1] < RENAMED && bug != Bug.BASE_IS_NEWEST_CHECKPOINT) {
                w.v[layout.phase + b] = NOTHING;
                condemn(w, gateway, Outcome.BASE_MISSING);
                rest(w, gateway);
                return;
            }
            w.v[layout.begunPlan + disk] = since;
        }
        w.v[layout.phase + b] = BEGUN;
        w.clear(layout.durable, b);
        if (!owns(w, gateway)) {
            rest(w, gateway);
        } else if (w.is(layout.nodes, b)) {
            condemn(w, gateway, Outcome.FAILED);
            rest(w, gateway);
        } else {
            w.set(layout.nodes, b);
            put(w, gateway, STEP, TARGETS_OPEN);
        }
    }

    /** Writes down the transaction of the operation that is held: {@code act.Plans}. */
    void plan(World w, int gateway, int[] into, int at) {
        int kind = get(w, gateway, HELD_KIND);
        int c = get(w, gateway, HELD_SUBJECT);
        into[at + SENT_KIND] = kind;
        into[at + SENT_SUBJECT] = c;
        into[at + SENT_DELETION] = get(w, gateway, HELD_DELETION);
        into[at + SENT_DEPTHS] = 0;
        for (int disk = 0; disk < w.disks; disk++) {
            int there = w.held(gateway, disk);
            int chain = w.v[there + HELD_CHAIN];
            int part = at + SENT_PER_DISK + disk * SENT_DISK_LENGTH;
            into[at + SENT_DEPTHS] |= w.v[there + SEEN_DEPTH] << disk;
            into[part + SENT_NEWEST] = 0;
            into[part + SENT_SINCE] = 0;
            into[part + SENT_MERGE] = 0;
            if (kind == DELETE) {
                boolean concerned = (chain >> c & 1) == 1;
                into[part + SENT_PREVIOUS] = concerned ? 1 + newest(older(chain, c)) : 0;
                into[part + SENT_NEWEST] = concerned && c == newest(chain) && older(chain, c) != 0 ? 1 : 0;
                into[part + SENT_MERGE] = concerned ? 1 << c : 0;
                continue;
            }
            int before = chain & ~(1 << c);
            into[part + SENT_PREVIOUS] = 1 + newest(before);
            if (kind == BACK_UP) {
                int since = w.v[there + HELD_PLAN];
                into[part + SENT_SINCE] = since;
                into[part + SENT_MERGE] = since == FULL ? 0 : merge(before, since - 1);
            }
        }
    }

    private int merge(int before, int since) {
        int union = before & -(1 << since);
        return switch (bug) {
            case ONLY_THE_BASE_BITMAP -> 1 << since;
            case ONLY_DISABLED_BITMAPS -> union & ~(1 << newest(union));
            default -> union;
        };
    }

    /** The retry takes whatever now lies where the deleted one lay: the next newer, else the next older. */
    void deleteByPlace(World w, int gateway, int[] into, int at) {
        int c = get(w, gateway, HELD_SUBJECT);
        int there = w.held(gateway, 0);
        int chain = w.v[there + HELD_CHAIN];
        int newer = chain & -(2 << c);
        int victim = newer != 0 ? Integer.numberOfTrailingZeros(newer) : newest(older(chain, c));
        if (victim < 0) {
            return;
        }
        into[at + SENT_SUBJECT] = victim;
        into[at + SENT_DELETION] = 0;
        for (int disk = 0; disk < w.disks; disk++) {
            int part = at + SENT_PER_DISK + disk * SENT_DISK_LENGTH;
            into[part + SENT_PREVIOUS] = 0;
            into[part + SENT_MERGE] = 1 << victim;
        }
    }

    /** Sends; {@code arrives} tells whether QEMU gets it. */
    void send(World w, int gateway, int[] plan, boolean arrives) {
        put(w, gateway, SENT, 1);
        boolean backup = get(w, gateway, HELD_KIND) == BACK_UP;
        if (arrives) {
            boolean done = qemu.execute(w, plan, 0);
            if (backup) {
                put(w, gateway, MOMENT_CHECKED, 0);
                if (!done) {
                    condemn(w, gateway, Outcome.FAILED);
                }
            }
        }
        rest(w, gateway);
    }

    /** Cancels what runs of the held backup. */
    void cancel(World w, int gateway) {
        int b = get(w, gateway, HELD_SUBJECT);
        condemn(w, gateway, outcome);
        for (int disk = 0; disk < w.disks; disk++) {
            if (w.job(disk, b) == RUNNING) {
                w.v[layout.job + w.pair(disk, b)] = FAILED;
            }
        }
        rest(w, gateway);
    }

    /** Closes the targets and lets the files become a backup. */
    void finish(World w, int gateway) {
        int b = get(w, gateway, HELD_SUBJECT);
        boolean whole = true;
        boolean busy = false;
        for (int disk = 0; disk < w.disks; disk++) {
            whole &= w.job(disk, b) == CONCLUDED;
            busy |= w.job(disk, b) == RUNNING;
            w.clear(layout.temporary + disk, b);
        }
        if (whole && !w.is(layout.orphan, b)) {
            w.set(layout.sound, b);
        }
        if (!busy) {
            w.clear(layout.nodes, b);
        }
        int phase = w.v[layout.phase + b];
        if (phase == BEGUN || phase == SYNCED) {
            put(w, gateway, COMPLETING, 1);
        } else {
            condemn(w, gateway, Outcome.FAILED);
        }
        rest(w, gateway);
    }

    /** One durable step of a completion, on a thread of its own. */
    boolean complete(World w, int gateway) {
        if (get(w, gateway, COMPLETING) == 0) {
            return false;
        }
        int b = get(w, gateway, HELD_SUBJECT);
        switch (w.v[layout.phase + b]) {
            case BEGUN -> {
                if (isParentMissing(w)) {
                    condemn(w, gateway, Outcome.BASE_MISSING);
                    put(w, gateway, COMPLETING, 0);
                    return true;
                }
                w.v[layout.phase + b] = SYNCED;
                if (bug != Bug.SKIP_THE_FSYNC) {
                    w.set(layout.durable, b);
                }
            }
            case SYNCED -> {
                w.v[layout.phase + b] = RENAMED;
                if (w.is(layout.orphan, b)) {
                    w.set(layout.wrong, b);
                }
            }
            case RENAMED -> {
                w.v[layout.phase + b] = NAMED;
                put(w, gateway, COMPLETING, 0);
            }
            case NAMED -> put(w, gateway, COMPLETING, 0);
            default -> {
                condemn(w, gateway, Outcome.FAILED);
                put(w, gateway, COMPLETING, 0);
            }
        }
        return true;
    }

    private boolean isParentMissing(World w) {
        for (int disk = 0; disk < w.disks; disk++) {
            int since = w.v[layout.begunPlan + disk];
            if (since != FULL && w.v[layout.phase + since - 1] < RENAMED) {
                return bug != Bug.BASE_IS_NEWEST_CHECKPOINT;
            }
        }
        return false;
    }

    /** Takes the held backup out of QEMU, or, if it dies on the way, its jobs only. */
    void putAway(World w, int gateway, boolean all) {
        int b = get(w, gateway, HELD_SUBJECT);
        put(w, gateway, COMPLETING, 0);
        boolean recorded = outcome == Outcome.STORED || outcome == Outcome.ABORTED;
        boolean seen = false;
        for (int disk = 0; disk < w.disks; disk++) {
            seen |= w.v[w.held(gateway, disk) + SEEN_JOB] != NO_JOB;
        }
        if (seen
                && w.anyJob(b)
                && !recorded
                && w.v[layout.kind] == BACK_UP
                && w.v[layout.subject] == b
                && w.v[layout.phase + b] < RENAMED
                && w.v[layout.abort] == 0) {
            w.breaks(Invariant.I9_TRUTH);
        }
        if (seen) {
            putJobsAway(w, b);
        }
        if (all) {
            putRestAway(w, b);
        }
        rest(w, gateway);
    }

    private void putJobsAway(World w, int b) {
        for (int disk = 0; disk < w.disks; disk++) {
            w.v[layout.job + w.pair(disk, b)] = NO_JOB;
        }
    }

    private void putRestAway(World w, int b) {
        boolean busy = w.anyJob(b);
        if (!busy) {
            w.clear(layout.nodes, b);
            for (int disk = 0; disk < w.disks; disk++) {
                w.clear(layout.temporary + disk, b);
            }
        }
        if (w.v[layout.phase + b] == BEGUN || w.v[layout.phase + b] == SYNCED) {
            w.v[layout.phase + b] = NOTHING;
            w.clear(layout.durable, b);
            w.clear(layout.orphan, b);
            if (busy) {
                w.set(layout.orphan, b);
            }
        }
    }

    /** Puts away what was seen and belongs to nothing pending, or, if it dies on the way, jobs only. */
    void sweep(World w, int gateway, boolean all) {
        int left = get(w, gateway, LEFT);
        for (int b = 0; b < w.checkpoints; b++) {
            if ((left >> b & 1) == 1) {
                putJobsAway(w, b);
                if (all) {
                    putRestAway(w, b);
                }
            }
        }
        for (int disk = 0; all && disk < w.disks; disk++) {
            int own = get(w, gateway, HELD_KIND) == DELETE ? get(w, gateway, HELD_DELETION) : 0;
            if (get(w, gateway, STALE_MARK) == 1 && w.v[layout.mark + disk] != own) {
                w.v[layout.mark + disk] = 0;
            }
            for (int c = 0; c < w.checkpoints; c++) {
                if (isUnwanted(w, gateway, disk, c) && w.onTop(disk, c)) {
                    qemu.remove(w, disk, c);
                }
                if (isExtra(w, gateway, disk, c) && w.onTop(disk, c) && w.bitmap(disk, c) == RECORDING) {
                    w.v[layout.bitmap + w.pair(disk, c)] = DISABLED;
                }
            }
        }
        rest(w, gateway);
    }

    /** The log was told and has answered: the gateway holds what it says now. */
    void answered(World w, int gateway, boolean concluded, boolean sameVersion) {
        int b = get(w, gateway, HELD_SUBJECT);
        int kind = get(w, gateway, HELD_KIND);
        int[] plans = new int[w.disks];
        for (int disk = 0; disk < w.disks; disk++) {
            plans[disk] = w.v[w.held(gateway, disk) + HELD_PLAN];
        }
        take(w, gateway);
        // Told with another version, nobody may have heard of it.
        put(w, gateway, SESSION_TOLD, sameVersion && owns(w, gateway) ? 1 : 0);
        if (concluded) {
            boolean alike = kind == BACK_UP && kind == get(w, gateway, HELD_KIND) && b == get(w, gateway, HELD_SUBJECT);
            for (int disk = 0; disk < w.disks; disk++) {
                alike &= plans[disk] == w.v[w.held(gateway, disk) + HELD_PLAN];
            }
            put(w, gateway, SENT, 0);
            if (!alike) {
                endRun(w, gateway);
            }
            rest(w, gateway);
        } else if (sameVersion) {
            put(w, gateway, STEP, TOLD);
        } else {
            rest(w, gateway);
        }
    }
}
