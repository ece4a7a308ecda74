package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.World.BACK_UP;
import static dev.tidemark.coordinator.modelcheck.World.CREATE;
import static dev.tidemark.coordinator.modelcheck.World.CREATED;
import static dev.tidemark.coordinator.modelcheck.World.DELETE;
import static dev.tidemark.coordinator.modelcheck.World.DELETING;
import static dev.tidemark.coordinator.modelcheck.World.FULL;
import static dev.tidemark.coordinator.modelcheck.World.IDLE;
import static dev.tidemark.coordinator.modelcheck.World.REQUESTED;
import static dev.tidemark.coordinator.modelcheck.World.RETIRED;
import static dev.tidemark.coordinator.modelcheck.World.UNUSED;

/** What may be asked, and what the log holds of it at once: {@code chain.Decider} and {@code chain.BackupPlanner}, on masks. */
final class Log {
    private final Layout layout;
    private final Bug bug;

    Log(Layout layout, Bug bug) {
        this.layout = layout;
        this.bug = bug;
    }

    /** The number of the next checkpoint, or -1 if the scope has no more. */
    private int unused(World w) {
        for (int c = 0; c < w.checkpoints; c++) {
            if (bug == Bug.NAME_REUSED && w.v[layout.checkpoint + c] == RETIRED) {
                return c;
            }
        }
        for (int c = 0; c < w.checkpoints; c++) {
            if (w.v[layout.checkpoint + c] == UNUSED) {
                return c;
            }
        }
        return -1;
    }

    boolean requestCreation(World w) {
        int c = unused(w);
        if (w.v[layout.kind] != IDLE || c < 0) {
            return false;
        }
        pending(w, CREATE, c);
        return true;
    }

    boolean requestBackup(World w, boolean far) {
        int c = unused(w);
        if (w.v[layout.kind] != IDLE || c < 0) {
            return false;
        }
        w.clear(layout.far, c);
        if (far) {
            w.set(layout.far, c);
        }
        pending(w, BACK_UP, c);
        for (int disk = 0; disk < w.disks; disk++) {
            w.v[layout.plan + disk] = plan(w, disk, far);
        }
        return true;
    }

    private void pending(World w, int kind, int c) {
        w.v[layout.checkpoint + c] = REQUESTED;
        w.v[layout.kind] = kind;
        w.v[layout.subject] = c;
        w.v[layout.started] = 0;
        w.v[layout.abort] = 0;
        w.appended();
        if (bug == Bug.INTENT_NOT_COMMITTED) {
            w.v[layout.uncommitted] = 1;
        }
    }

    /** The coordinator died before it committed: nobody asked for anything. */
    void forgetUncommitted(World w) {
        w.v[layout.uncommitted] = 0;
        w.v[layout.checkpoint + w.v[layout.subject]] = UNUSED;
        for (int disk = 0; disk < w.disks; disk++) {
            if (w.bitmap(disk, w.v[layout.subject]) != World.ABSENT) {
                w.breaks(Invariant.I6_INTENT_FIRST);
            }
        }
        ended(w);
        w.appended();
    }

    boolean requestDeletion(World w, int c) {
        if (w.v[layout.kind] != IDLE
                || w.v[layout.checkpoint + c] != CREATED
                || w.v[layout.deletions] == layout.scope.deletionsMax()) {
            return false;
        }
        w.v[layout.deletions]++;
        w.appended();
        boolean inNoChain = true;
        for (int disk = 0; disk < w.disks; disk++) {
            inNoChain &= !w.is(layout.chain + disk, c);
        }
        if (inNoChain) {
            deleted(w, c);
            return true;
        }
        w.v[layout.checkpoint + c] = DELETING;
        w.v[layout.kind] = DELETE;
        w.v[layout.subject] = c;
        return true;
    }

    boolean requestAbort(World w) {
        if (w.v[layout.kind] != BACK_UP || w.v[layout.abort] == 1) {
            return false;
        }
        w.v[layout.abort] = 1;
        w.appended();
        return true;
    }

    /** Since the newest link of the chain that has a completed backup of this disk in that repository, else full. */
    int plan(World w, int disk, boolean far) {
        int chain = w.v[layout.chain + disk];
        for (int c = w.checkpoints - 1; c >= 0; c--) {
            boolean linked = (chain >> c & 1) == 1;
            boolean based = w.is(layout.base + disk, c) || bug == Bug.BASE_IS_NEWEST_CHECKPOINT;
            boolean here = w.is(layout.far, c) == far || bug == Bug.BASE_FROM_ANOTHER_REPOSITORY;
            if (linked && based && here) {
                return 1 + c;
            }
        }
        return FULL;
    }

    void deleted(World w, int c) {
        for (int disk = 0; disk < w.disks; disk++) {
            w.clear(layout.chain + disk, c);
            w.clear(layout.base + disk, c);
        }
        w.v[layout.checkpoint + c] = RETIRED;
        ended(w);
    }

    void ended(World w) {
        w.v[layout.kind] = IDLE;
        w.v[layout.subject] = 0;
        w.v[layout.started] = 0;
        w.v[layout.abort] = 0;
    }
}
