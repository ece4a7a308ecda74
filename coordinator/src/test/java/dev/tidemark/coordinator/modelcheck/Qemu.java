package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.World.ABSENT;
import static dev.tidemark.coordinator.modelcheck.World.ADD_ONLY;
import static dev.tidemark.coordinator.modelcheck.World.BACK_UP;
import static dev.tidemark.coordinator.modelcheck.World.CREATE;
import static dev.tidemark.coordinator.modelcheck.World.CREATED;
import static dev.tidemark.coordinator.modelcheck.World.DELETE;
import static dev.tidemark.coordinator.modelcheck.World.DISABLED;
import static dev.tidemark.coordinator.modelcheck.World.FAILED;
import static dev.tidemark.coordinator.modelcheck.World.FULL;
import static dev.tidemark.coordinator.modelcheck.World.NAMED;
import static dev.tidemark.coordinator.modelcheck.World.NO_JOB;
import static dev.tidemark.coordinator.modelcheck.World.RECORDING;
import static dev.tidemark.coordinator.modelcheck.World.RENAMED;
import static dev.tidemark.coordinator.modelcheck.World.RUNNING;
import static dev.tidemark.coordinator.modelcheck.World.SPOILT;
import static dev.tidemark.coordinator.modelcheck.World.SYNCED;
import static dev.tidemark.coordinator.modelcheck.World.UNUSED;

/** QEMU, its images, its guest and the file system of the repository. A transaction has its effect at one moment, or none. */
final class Qemu {
    private final Layout layout;
    private final Bug bug;
    private final int all;

    Qemu(Layout layout, Bug bug) {
        this.layout = layout;
        this.bug = bug;
        this.all = (1 << layout.granules) - 1;
    }

    void write(World w, int disk, int granule) {
        touch(w, disk, 1 << granule, true);
    }

    private void touch(World w, int disk, int mask, boolean marked) {
        for (int c = 0; c < w.checkpoints; c++) {
            if (w.is(layout.moments, c)) {
                w.v[layout.truth + w.pair(disk, c)] |= mask;
            }
            if (marked && w.bitmap(disk, c) == RECORDING && !w.is(layout.below + disk, c)) {
                w.v[layout.bits + w.pair(disk, c)] |= mask;
            }
        }
        if (w.v[layout.copied] == 1) {
            w.v[layout.sinceCopy + disk] |= mask;
        }
    }

    /** The tail is cut off: data reads as zeroes afterwards, and the bits are gone (S1). */
    void shrink(World w, int disk) {
        int tail = 1 << (layout.granules - 1);
        touch(w, disk, tail, false);
        for (int c = 0; c < w.checkpoints; c++) {
            w.v[layout.bits + w.pair(disk, c)] &= ~tail;
        }
        w.v[layout.size + disk] = 1;
    }

    /** Bitmaps go with the layer below, which is never written to any more. */
    void overlay(World w, int disk) {
        w.v[layout.depth + disk] = 1;
        for (int c = 0; c < w.checkpoints; c++) {
            if (w.bitmap(disk, c) != ABSENT) {
                w.set(layout.below + disk, c);
                w.set(layout.stored + disk, c);
            }
        }
    }

    void start(World w) {
        w.v[layout.up] = 1;
        w.v[layout.run]++;
    }

    /** By somebody else, while QEMU is down: no bitmap knows. */
    void writeBehind(World w, int disk, int granule) {
        touch(w, disk, 1 << granule, false);
        heard(w, disk);
    }

    /** Whoever watches the image hears of it. */
    private void heard(World w, int disk) {
        for (int gateway = 0; gateway < layout.scope.gateways(); gateway++) {
            boolean watches = w.v[layout.gateway(gateway) + Layout.LAST_RUN] != 0;
            if (watches && !layout.scope.has(Fault.BLIND_WATCH)) {
                w.v[w.held(gateway, disk) + Layout.TOUCHED] = 1;
            }
        }
    }

    void crash(World w) {
        for (int disk = 0; disk < w.disks; disk++) {
            for (int c = 0; c < w.checkpoints; c++) {
                if (w.onTop(disk, c)) {
                    boolean stored = w.is(layout.stored + disk, c);
                    w.v[layout.bitmap + w.pair(disk, c)] = stored ? SPOILT : ABSENT;
                }
            }
        }
        end(w);
    }

    void quit(World w) {
        for (int disk = 0; disk < w.disks; disk++) {
            for (int c = 0; c < w.checkpoints; c++) {
                if (w.bitmap(disk, c) != ABSENT) {
                    w.set(layout.stored + disk, c);
                }
            }
        }
        end(w);
    }

    private void end(World w) {
        w.v[layout.up] = 0;
        w.v[layout.session] = 0;
        w.v[layout.nodes] = 0;
        java.util.Arrays.fill(w.v, layout.flight, layout.flight + layout.flightLength, 0);
        for (int disk = 0; disk < w.disks; disk++) {
            w.v[layout.temporary + disk] = 0;
            w.v[layout.mark + disk] = 0;
            for (int c = 0; c < w.checkpoints; c++) {
                w.v[layout.job + w.pair(disk, c)] = NO_JOB;
            }
        }
    }

    /** What was not made durable is lost; a rename is there or not. */
    void powerCut(World w, boolean renamesKept) {
        crash(w);
        for (int c = 0; c < w.checkpoints; c++) {
            int phase = w.v[layout.phase + c];
            if (phase == RENAMED) {
                w.v[layout.phase + c] = renamesKept ? NAMED : SYNCED;
            }
            if (phase >= SYNCED && !w.is(layout.durable, c)) {
                w.set(layout.wrong, c);
                w.clear(layout.sound, c);
                if (w.is(layout.completed, c)) {
                    w.breaks(Invariant.I7_NO_PHANTOM_SUCCESS);
                }
            }
        }
    }

    void copyImages(World w) {
        w.v[layout.copied] = 1;
        for (int disk = 0; disk < w.disks; disk++) {
            w.v[layout.sinceCopy + disk] = 0;
            for (int c = 0; c < w.checkpoints; c++) {
                int pair = w.pair(disk, c);
                w.v[layout.copyBitmap + pair] = w.v[layout.bitmap + pair];
                w.v[layout.copyBits + pair] = w.v[layout.bits + pair];
                w.v[layout.copyTruth + pair] = w.v[layout.truth + pair];
            }
        }
    }

    /** The images are as they were at the copy; the guest's bytes with them. */
    void rollBack(World w) {
        for (int disk = 0; disk < w.disks; disk++) {
            heard(w, disk);
            w.v[layout.sinceCopy + disk] = 0;
            for (int c = 0; c < w.checkpoints; c++) {
                int pair = w.pair(disk, c);
                w.v[layout.bitmap + pair] = w.v[layout.copyBitmap + pair];
                w.v[layout.bits + pair] = w.v[layout.copyBits + pair];
                w.v[layout.truth + pair] = w.v[layout.copyTruth + pair];
                if (w.bitmap(disk, c) == ABSENT) {
                    w.clear(layout.stored + disk, c);
                } else {
                    w.set(layout.stored + disk, c);
                }
            }
        }
    }

    /** Executes a transaction that lies at {@code at} in another world's numbers; false if QEMU refuses all of it. */
    boolean execute(World w, int[] sent, int at) {
        return switch (sent[at + Layout.SENT_KIND]) {
            case CREATE, ADD_ONLY -> create(w, sent, at);
            case DELETE -> delete(w, sent, at);
            case BACK_UP -> backUp(w, sent, at);
            default -> false;
        };
    }

    private static int part(int at, int disk, int part) {
        return at + Layout.SENT_PER_DISK + disk * Layout.SENT_DISK_LENGTH + part;
    }

    private boolean create(World w, int[] sent, int at) {
        int c = sent[at + Layout.SENT_SUBJECT];
        for (int disk = 0; disk < w.disks; disk++) {
            if (!canTakeOver(w, disk, c, sent[part(at, disk, Layout.SENT_PREVIOUS)], sent, at)) {
                return false;
            }
        }
        begins(w, c);
        for (int disk = 0; disk < w.disks; disk++) {
            takeOver(w, disk, c, sent[part(at, disk, Layout.SENT_PREVIOUS)], sent, at);
        }
        return true;
    }

    /** The first half of a checkpoint in two steps. */
    void disablePrevious(World w, int[] sent, int at) {
        for (int disk = 0; disk < w.disks; disk++) {
            int previous = sent[part(at, disk, Layout.SENT_PREVIOUS)] - 1;
            if (previous >= 0 && w.bitmap(disk, previous) == RECORDING) {
                w.v[layout.bitmap + w.pair(disk, previous)] = DISABLED;
            }
        }
    }

    /** On the node that was looked at, which may no longer be the top layer. */
    private boolean isBelowNow(World w, int disk, int[] sent, int at) {
        return (sent[at + Layout.SENT_DEPTHS] >> disk & 1) != w.v[layout.depth + disk];
    }

    private boolean canTakeOver(World w, int disk, int c, int previous, int[] sent, int at) {
        boolean below = isBelowNow(w, disk, sent, at);
        boolean exists = w.bitmap(disk, c) != ABSENT && w.is(layout.below + disk, c) == below;
        return !exists && (previous == 0 || usable(w, disk, previous - 1, below));
    }

    private boolean usable(World w, int disk, int c, boolean below) {
        int state = w.bitmap(disk, c);
        if ((bug == Bug.ABSENT_IS_EMPTY && state == ABSENT)
                || (bug == Bug.INCONSISTENT_IS_CONSISTENT && state == SPOILT)) {
            return true;
        }
        if (bug == Bug.BITMAP_FOUND_BELOW && state != ABSENT) {
            return true;
        }
        return state != ABSENT && state != SPOILT && w.is(layout.below + disk, c) == below;
    }

    private void takeOver(World w, int disk, int c, int previous, int[] sent, int at) {
        w.v[layout.bitmap + w.pair(disk, c)] = RECORDING;
        w.v[layout.bits + w.pair(disk, c)] = 0;
        w.clear(layout.stored + disk, c);
        w.clear(layout.below + disk, c);
        if (isBelowNow(w, disk, sent, at)) {
            w.set(layout.below + disk, c);
        }
        if (previous > 0 && w.bitmap(disk, previous - 1) == RECORDING) {
            w.v[layout.bitmap + w.pair(disk, previous - 1)] = DISABLED;
        }
    }

    /** From this moment on it is told what changed since. */
    private void begins(World w, int c) {
        if (w.v[layout.checkpoint + c] == UNUSED) {
            w.breaks(Invariant.I6_INTENT_FIRST);
        }
        if (w.is(layout.moments, c)) {
            w.v[layout.remade] = 1;
        }
        w.set(layout.moments, c);
        for (int disk = 0; disk < w.disks; disk++) {
            w.v[layout.truth + w.pair(disk, c)] = 0;
            if (w.v[layout.copied] == 1) {
                w.v[layout.copyTruth + w.pair(disk, c)] = w.v[layout.sinceCopy + disk];
            }
        }
    }

    private boolean delete(World w, int[] sent, int at) {
        int c = sent[at + Layout.SENT_SUBJECT];
        for (int disk = 0; disk < w.disks; disk++) {
            int previous = sent[part(at, disk, Layout.SENT_PREVIOUS)];
            boolean concerned = sent[part(at, disk, Layout.SENT_MERGE)] != 0;
            if (!concerned) {
                continue;
            }
            if (!w.onTop(disk, c)) {
                return false;
            }
            boolean hands = previous > 0;
            if (hands && (!usable(w, disk, previous - 1, false) || !usable(w, disk, c, false))) {
                return false;
            }
            if (hands && w.v[layout.mark + disk] == sent[at + Layout.SENT_DELETION]) {
                return false;
            }
        }
        if (sent[at + Layout.SENT_DELETION] == 0 && w.v[layout.checkpoint + c] == CREATED) {
            // A deletion that was given up and arrives late is found by its mark and by the next look; this is none.
            w.breaks(Invariant.I12_SAFE_REMOVAL);
        }
        for (int disk = 0; disk < w.disks; disk++) {
            if (sent[part(at, disk, Layout.SENT_MERGE)] != 0) {
                handOver(w, disk, c, sent[part(at, disk, Layout.SENT_PREVIOUS)], sent, at);
            }
        }
        return true;
    }

    private void handOver(World w, int disk, int c, int previous, int[] sent, int at) {
        if (previous > 0) {
            int heir = previous - 1;
            if (sent[part(at, disk, Layout.SENT_NEWEST)] == 1) {
                w.v[layout.bitmap + w.pair(disk, heir)] = RECORDING;
            }
            int target = bug == Bug.MERGE_INTO_NEXT ? next(w, disk, c) : heir;
            if (target >= 0 && bug != Bug.DELETE_WITHOUT_MERGE) {
                w.v[layout.bits + w.pair(disk, target)] |= w.bits(disk, c);
            }
            if (bug != Bug.NO_MARK_ON_DELETE) {
                w.v[layout.mark + disk] = sent[at + Layout.SENT_DELETION];
            }
        }
        remove(w, disk, c);
    }

    private static int next(World w, int disk, int c) {
        for (int newer = c + 1; newer < w.checkpoints; newer++) {
            if (w.onTop(disk, newer)) {
                return newer;
            }
        }
        return -1;
    }

    void remove(World w, int disk, int c) {
        w.v[layout.bitmap + w.pair(disk, c)] = ABSENT;
        w.v[layout.bits + w.pair(disk, c)] = 0;
        w.clear(layout.stored + disk, c);
    }

    private boolean backUp(World w, int[] sent, int at) {
        int b = sent[at + Layout.SENT_SUBJECT];
        boolean again = bug == Bug.START_AGAIN_BLINDLY && w.anyJob(b);
        if (again) {
            w.breaks(Invariant.I8_EXACTLY_ONCE);
            return true;
        }
        if (!w.is(layout.nodes, b) || w.anyJob(b)) {
            return false;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            boolean below = isBelowNow(w, disk, sent, at);
            if (w.is(layout.temporary + disk, b)
                    || !canTakeOver(w, disk, b, sent[part(at, disk, Layout.SENT_PREVIOUS)], sent, at)) {
                return false;
            }
            int merge = sent[part(at, disk, Layout.SENT_MERGE)];
            for (int c = 0; c < w.checkpoints; c++) {
                if ((merge >> c & 1) == 1 && !usable(w, disk, c, below)) {
                    return false;
                }
            }
        }
        w.clear(layout.wrong, b);
        w.clear(layout.sound, b);
        for (int disk = 0; disk < w.disks; disk++) {
            copy(w, disk, b, sent, at);
        }
        begins(w, b);
        for (int disk = 0; disk < w.disks; disk++) {
            takeOver(w, disk, b, sent[part(at, disk, Layout.SENT_PREVIOUS)], sent, at);
        }
        return true;
    }

    /** What the job will copy is settled at this moment, and so is whether it is enough. */
    private void copy(World w, int disk, int b, int[] sent, int at) {
        int since = sent[part(at, disk, Layout.SENT_SINCE)];
        w.v[layout.job + w.pair(disk, b)] = RUNNING;
        if (isBelowNow(w, disk, sent, at)) {
            w.set(layout.wrong, b);
        }
        if (since == FULL) {
            return;
        }
        int marked = 0;
        int merge = sent[part(at, disk, Layout.SENT_MERGE)];
        for (int c = 0; c < w.checkpoints; c++) {
            if ((merge >> c & 1) == 1) {
                marked |= w.bits(disk, c);
                if (bug == Bug.BACKUP_CLEARS_BITMAPS) {
                    w.v[layout.bits + w.pair(disk, c)] = 0;
                }
            }
        }
        w.set(layout.temporary + disk, b);
        int parent = since - 1;
        boolean standsOnNothing = w.v[layout.phase + parent] < RENAMED
                || w.is(layout.wrong, parent)
                || w.is(layout.far, parent) != w.is(layout.far, b);
        if ((w.truth(disk, parent) & ~marked) != 0 || standsOnNothing) {
            w.set(layout.wrong, b);
        }
    }

    /** Bits outside the disk's granules would be a mistake of the model. */
    boolean isWellFormed(World w) {
        for (int pair = 0; pair < w.disks * w.checkpoints; pair++) {
            if ((w.v[layout.bits + pair] & ~all) != 0) {
                return false;
            }
        }
        return true;
    }

    void end(World w, int disk, int b, boolean well) {
        w.v[layout.job + w.pair(disk, b)] = well ? World.CONCLUDED : FAILED;
    }
}
