package dev.tidemark.coordinator.modelcheck;

import java.util.ArrayList;
import java.util.List;

/**
 * Where each number of a world lies, and in how many bits it is packed. A mask has one bit for each checkpoint; a backup has the
 * number of the checkpoint that is made with it.
 */
final class Layout {
    /** A run ends by a fault, of which there are fewer. */
    private static final int RUN_BITS = 3;

    final Scope scope;
    final int disks;
    final int checkpoints;
    final int granules;

    // QEMU and its images.
    final int up;
    final int session;
    final int run;
    final int faults;
    final int moments;
    final int remade;
    final int nodes;
    final int bitmap;
    final int bits;
    final int truth;
    final int job;
    final int stored;
    final int temporary;
    final int below;
    final int mark;
    final int size;
    final int depth;

    // An older copy of the image.
    final int copied;
    final int copyBitmap;
    final int copyBits;
    final int copyTruth;
    final int sinceCopy;

    // The repository.
    final int phase;
    final int durable;
    final int wrong;
    final int orphan;
    final int sound;
    final int far;
    final int begunPlan;

    // The log.
    final int checkpoint;
    final int chain;
    final int unwanted;
    final int base;
    final int completed;
    final int knownRun;
    final int knownSize;
    final int knownDepth;
    final int kind;
    final int subject;
    final int started;
    final int abort;
    final int plan;
    final int deletions;
    final int uncommitted;

    // A transaction that was sent and has not arrived.
    final int flight;
    final int flightLength;

    // The gateways.
    private final int firstGateway;
    private final int gatewayLength;

    final int words;
    private final int[] widths;

    private final List<Integer> building = new ArrayList<>();

    Layout(Scope scope) {
        this.scope = scope;
        disks = scope.disks();
        checkpoints = scope.checkpoints();
        granules = scope.granules();
        boolean copies = scope.has(Fault.ROLLBACK);
        int pairs = disks * checkpoints;

        up = add(1, 1);
        session = add(1, 2);
        run = add(1, RUN_BITS);
        faults = add(1, 3);
        moments = add(1, checkpoints);
        remade = add(1, 1);
        nodes = add(1, checkpoints);
        bitmap = add(pairs, 2);
        bits = add(pairs, granules);
        truth = add(pairs, granules);
        job = add(pairs, 2);
        stored = add(disks, checkpoints);
        temporary = add(disks, checkpoints);
        below = add(disks, checkpoints);
        mark = add(disks, 2);
        size = add(disks, 1);
        depth = add(disks, 1);

        copied = add(1, copies ? 1 : 0);
        copyBitmap = add(pairs, copies ? 2 : 0);
        copyBits = add(pairs, copies ? granules : 0);
        copyTruth = add(pairs, copies ? granules : 0);
        sinceCopy = add(disks, copies ? granules : 0);

        phase = add(checkpoints, 3);
        durable = add(1, checkpoints);
        wrong = add(1, checkpoints);
        orphan = add(1, checkpoints);
        sound = add(1, checkpoints);
        far = add(1, checkpoints);
        begunPlan = add(disks, 2);

        checkpoint = add(checkpoints, 3);
        chain = add(disks, checkpoints);
        unwanted = add(disks, checkpoints);
        base = add(disks, checkpoints);
        completed = add(1, checkpoints);
        knownRun = add(1, RUN_BITS);
        knownSize = add(disks, 1);
        knownDepth = add(disks, 1);
        kind = add(1, 2);
        subject = add(1, 2);
        started = add(1, 1);
        abort = add(1, 1);
        plan = add(disks, 2);
        deletions = add(1, 2);
        uncommitted = add(1, 1);

        flight = building.size();
        addTransaction();
        flightLength = building.size() - flight;

        firstGateway = building.size();
        addGateway();
        gatewayLength = building.size() - firstGateway;
        for (int gateway = 1; gateway < scope.gateways(); gateway++) {
            addGateway();
        }

        widths = building.stream().mapToInt(Integer::intValue).toArray();
        int at = 0;
        for (int width : widths) {
            if (at % Long.SIZE + width > Long.SIZE) {
                at += Long.SIZE - at % Long.SIZE;
            }
            at += width;
        }
        words = (at + Long.SIZE - 1) / Long.SIZE;
    }

    int length() {
        return widths.length;
    }

    int gateway(int number) {
        return firstGateway + number * gatewayLength;
    }

    int gatewayLength() {
        return gatewayLength;
    }

    /** The parts of a transaction, relative to its begin. */
    static final int SENT_KIND = 0;

    static final int SENT_SUBJECT = 1;
    static final int SENT_DELETION = 2;
    static final int SENT_DEPTHS = 3;
    static final int SENT_PER_DISK = 4;
    static final int SENT_PREVIOUS = 0;
    static final int SENT_MERGE = 1;
    static final int SENT_NEWEST = 2;
    static final int SENT_SINCE = 3;
    static final int SENT_DISK_LENGTH = 4;

    private void addTransaction() {
        add(1, 3);
        add(1, 2);
        add(1, 2);
        add(1, disks);
        for (int disk = 0; disk < disks; disk++) {
            add(1, 2);
            add(1, checkpoints);
            add(1, 1);
            add(1, 2);
        }
    }

    /** The parts of a gateway, relative to its begin: first what it holds of the log, then what it does, then what it saw. */
    static final int HELD_KIND = 0;

    static final int HELD_SUBJECT = 1;
    static final int HELD_STARTED = 2;
    static final int HELD_ABORT = 3;
    static final int HELD_DELETION = 4;
    static final int FRESH = 5;
    static final int STEP = 6;
    static final int SENT = 7;
    static final int VERDICT = 8;
    static final int MOMENT_CHECKED = 9;
    static final int COMPLETING = 10;
    static final int LEFT = 11;
    static final int OWN_LEFT = 12;
    static final int STALE_MARK = 13;
    static final int MANIFEST = 14;
    static final int SESSION_TOLD = 15;
    static final int LAST_RUN = 16;
    static final int PER_DISK = 17;
    static final int HELD_CHAIN = 0;
    static final int HELD_UNWANTED = 1;
    static final int HELD_PLAN = 2;
    static final int HELD_SIZE = 3;
    static final int HELD_DEPTH = 4;
    static final int WATCHED_SINCE = 5;
    static final int TOUCHED = 6;
    static final int SEEN_SIZE = 7;
    static final int SEEN_DEPTH = 8;
    static final int SEEN_TEMPORARY = 9;
    static final int SEEN_JOB = 10;
    static final int SEEN = 11;

    int perDisk() {
        return SEEN + checkpoints;
    }

    private void addGateway() {
        add(1, 2);
        add(1, 2);
        add(1, 1);
        add(1, 1);
        add(1, 2);
        add(1, 1);
        add(1, 2);
        add(1, 1);
        add(1, 3);
        add(1, 1);
        add(1, 1);
        add(1, checkpoints);
        add(1, 1);
        add(1, 1);
        add(1, 1);
        add(1, 1);
        add(1, RUN_BITS);
        for (int disk = 0; disk < disks; disk++) {
            add(1, checkpoints);
            add(1, checkpoints);
            add(1, 2);
            add(1, 1);
            add(1, 1);
            add(1, RUN_BITS);
            add(1, 1);
            add(1, 1);
            add(1, 1);
            add(1, 1);
            add(1, 2);
            add(checkpoints, 2);
        }
    }

    private int add(int count, int width) {
        int first = building.size();
        for (int index = 0; index < count; index++) {
            building.add(width);
        }
        return first;
    }

    void pack(int[] values, long[] into) {
        java.util.Arrays.fill(into, 0);
        int word = 0;
        int shift = 0;
        for (int index = 0; index < widths.length; index++) {
            int width = widths[index];
            if (shift + width > Long.SIZE) {
                word++;
                shift = 0;
            }
            into[word] |= (long) values[index] << shift;
            shift += width;
        }
    }

    void unpack(long[] from, int[] values) {
        int word = 0;
        int shift = 0;
        for (int index = 0; index < widths.length; index++) {
            int width = widths[index];
            if (shift + width > Long.SIZE) {
                word++;
                shift = 0;
            }
            values[index] = (int) (from[word] >>> shift) & ((1 << width) - 1);
            shift += width;
        }
    }

    /** A number that does not fit its bits would silently be another state. */
    void requireFit(int[] values) {
        for (int index = 0; index < widths.length; index++) {
            if (values[index] >>> widths[index] != 0) {
                throw new IllegalStateException(
                        "number " + index + " is " + values[index] + " and has " + widths[index] + " bits");
            }
        }
    }
}
