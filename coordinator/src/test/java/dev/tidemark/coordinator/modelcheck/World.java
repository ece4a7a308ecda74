package dev.tidemark.coordinator.modelcheck;

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
import static dev.tidemark.coordinator.modelcheck.Layout.PER_DISK;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One state, unpacked. The numbers' meaning stands beside the constants; {@link Layout} tells where they lie. */
final class World {
    // A bitmap.
    static final int ABSENT = 0;
    static final int RECORDING = 1;
    static final int DISABLED = 2;
    static final int SPOILT = 3;

    // A job.
    static final int NO_JOB = 0;
    static final int RUNNING = 1;
    static final int CONCLUDED = 2;
    static final int FAILED = 3;

    // A backup in the repository.
    static final int NOTHING = 0;
    static final int BEGUN = 1;
    static final int SYNCED = 2;
    static final int RENAMED = 3;
    static final int NAMED = 4;

    // A checkpoint in the log.
    static final int UNUSED = 0;
    static final int REQUESTED = 1;
    static final int CREATED = 2;
    static final int DELETING = 3;
    static final int RETIRED = 4;

    // The pending operation.
    static final int IDLE = 0;
    static final int CREATE = 1;
    static final int DELETE = 2;
    static final int BACK_UP = 3;
    /** In a transaction only: the second half of a checkpoint made in two steps. */
    static final int ADD_ONLY = 4;

    /** A plan: a full backup, or 1 + the checkpoint since which an incremental is taken. */
    static final int FULL = 0;

    final Layout layout;
    final int disks;
    final int checkpoints;
    final int[] v;

    @Nullable
    Invariant broken;

    World(Layout layout) {
        this.layout = layout;
        disks = layout.disks;
        checkpoints = layout.checkpoints;
        v = new int[layout.length()];
    }

    /** A registered machine, seen once; nothing was ever asked of it. */
    static World first(Layout layout) {
        World world = new World(layout);
        world.v[layout.up] = 1;
        world.v[layout.run] = 1;
        world.v[layout.knownRun] = 1;
        for (int gateway = 0; gateway < layout.scope.gateways(); gateway++) {
            world.v[layout.gateway(gateway) + FRESH] = 1;
        }
        return world;
    }

    void copyFrom(World other) {
        System.arraycopy(other.v, 0, v, 0, v.length);
        broken = null;
    }

    /** The first is the one that tells more. */
    void breaks(Invariant invariant) {
        if (broken == null) {
            broken = invariant;
        }
    }

    /** What a gateway holds is packed as nothing if it is what the log says: one state less to tell apart. */
    void pack(long[] into) {
        for (int gateway = 0; gateway < layout.scope.gateways(); gateway++) {
            int at = layout.gateway(gateway);
            if (v[at + FRESH] == 1) {
                v[at + HELD_KIND] = 0;
                v[at + HELD_SUBJECT] = 0;
                v[at + HELD_STARTED] = 0;
                v[at + HELD_ABORT] = 0;
                v[at + HELD_DELETION] = 0;
                for (int disk = 0; disk < disks; disk++) {
                    int there = held(gateway, disk);
                    Arrays.fill(v, there + HELD_CHAIN, there + HELD_DEPTH + 1, 0);
                }
            }
        }
        layout.pack(v, into);
    }

    void unpack(long[] from) {
        layout.unpack(from, v);
        broken = null;
        for (int gateway = 0; gateway < layout.scope.gateways(); gateway++) {
            if (v[layout.gateway(gateway) + FRESH] == 1) {
                hold(gateway);
            }
        }
    }

    /** The gateway holds what the log says now. */
    void hold(int gateway) {
        int at = layout.gateway(gateway);
        v[at + FRESH] = 1;
        v[at + HELD_KIND] = v[layout.kind];
        v[at + HELD_SUBJECT] = v[layout.subject];
        v[at + HELD_STARTED] = v[layout.started];
        v[at + HELD_ABORT] = v[layout.abort];
        v[at + HELD_DELETION] = v[layout.kind] == DELETE ? v[layout.deletions] : 0;
        for (int disk = 0; disk < disks; disk++) {
            int there = held(gateway, disk);
            v[there + HELD_CHAIN] = v[layout.chain + disk];
            v[there + HELD_UNWANTED] = v[layout.unwanted + disk];
            v[there + HELD_PLAN] = v[layout.plan + disk];
            v[there + HELD_SIZE] = v[layout.knownSize + disk];
            v[there + HELD_DEPTH] = v[layout.knownDepth + disk];
        }
    }

    int held(int gateway, int disk) {
        return layout.gateway(gateway) + PER_DISK + disk * layout.perDisk();
    }

    int pair(int disk, int checkpoint) {
        return disk * checkpoints + checkpoint;
    }

    int bitmap(int disk, int checkpoint) {
        return v[layout.bitmap + pair(disk, checkpoint)];
    }

    int bits(int disk, int checkpoint) {
        return v[layout.bits + pair(disk, checkpoint)];
    }

    int truth(int disk, int checkpoint) {
        return v[layout.truth + pair(disk, checkpoint)];
    }

    int job(int disk, int backup) {
        return v[layout.job + pair(disk, backup)];
    }

    boolean anyJob(int backup) {
        for (int disk = 0; disk < disks; disk++) {
            if (job(disk, backup) != NO_JOB) {
                return true;
            }
        }
        return false;
    }

    boolean is(int field, int checkpoint) {
        return (v[field] >> checkpoint & 1) == 1;
    }

    void set(int field, int checkpoint) {
        v[field] |= 1 << checkpoint;
    }

    void clear(int field, int checkpoint) {
        v[field] &= ~(1 << checkpoint);
    }

    /** The top layer holds it. */
    boolean onTop(int disk, int checkpoint) {
        return bitmap(disk, checkpoint) != ABSENT && !is(layout.below + disk, checkpoint);
    }

    static int newest(int mask) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(mask);
    }

    /** What is below it in a mask: what is older. */
    static int older(int mask, int checkpoint) {
        return mask & (1 << checkpoint) - 1;
    }

    /** An event was appended: what the gateways hold is of an older version. */
    void appended() {
        for (int gateway = 0; gateway < layout.scope.gateways(); gateway++) {
            v[layout.gateway(gateway) + FRESH] = 0;
        }
    }

    /** What can no longer matter is forgotten, so that states do not differ in it. */
    void forget() {
        for (int checkpoint = 0; checkpoint < checkpoints; checkpoint++) {
            int state = v[layout.checkpoint + checkpoint];
            boolean gone = state == RETIRED;
            if (gone) {
                clear(layout.moments, checkpoint);
            }
            for (int disk = 0; disk < disks; disk++) {
                if (gone) {
                    v[layout.truth + pair(disk, checkpoint)] = 0;
                }
                if (bitmap(disk, checkpoint) == ABSENT || gone) {
                    v[layout.bits + pair(disk, checkpoint)] = 0;
                }
            }
        }
        if (v[layout.kind] != BACK_UP) {
            Arrays.fill(v, layout.begunPlan, layout.begunPlan + disks, 0);
            Arrays.fill(v, layout.plan, layout.plan + disks, 0);
        }
    }
}
