package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.World.ABSENT;
import static dev.tidemark.coordinator.modelcheck.World.BACK_UP;
import static dev.tidemark.coordinator.modelcheck.World.CREATE;
import static dev.tidemark.coordinator.modelcheck.World.DELETE;
import static dev.tidemark.coordinator.modelcheck.World.RECORDING;
import static dev.tidemark.coordinator.modelcheck.World.REQUESTED;
import static dev.tidemark.coordinator.modelcheck.World.SPOILT;
import static dev.tidemark.coordinator.modelcheck.World.UNUSED;

/**
 * I4, in every state: what a look now would find healthy marks all that changed. It is judged with the rules as they should be,
 * whatever fault is planted in those that run.
 */
final class Tracking {
    private final Layout layout;

    private final Bug bug;

    private final Gateway gateway;

    Tracking(Layout layout, Bug bug, Gateway gateway) {
        this.layout = layout;
        this.gateway = gateway;
        this.bug = bug;
    }

    void judge(World w) {
        if (w.v[layout.up] == 0 || w.broken != null) {
            return;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            if (!holds(w, disk) && !isDoubted(w, disk)) {
                w.breaks(Invariant.I4_TRACKING);
            }
        }
    }

    /** Whoever looks now tells of another run of QEMU than the log knows, and cannot vouch for the image meanwhile (S8). */
    private boolean isDoubted(World w, int disk) {
        int known = w.v[layout.knownRun];
        boolean doubted = known != w.v[layout.run];
        for (int number = 0; number < layout.scope.gateways(); number++) {
            doubted &= known < gateway.watchedSince(w, number, disk);
        }
        return doubted;
    }

    private boolean holds(World w, int disk) {
        boolean moved = w.v[layout.size + disk] != w.v[layout.knownSize + disk]
                || w.v[layout.depth + disk] != w.v[layout.knownDepth + disk];
        int chain = w.v[layout.chain + disk];
        int links = chain;
        int subject = w.v[layout.subject];
        int kind = w.v[layout.kind];
        int awaited = -1;
        if ((kind == CREATE || kind == BACK_UP) && w.v[layout.checkpoint + subject] == REQUESTED) {
            awaited = subject;
        }
        if (moved || (bug != Bug.RETURN_UNNOTICED && isReturned(w, disk, chain, awaited))) {
            return true;
        }
        int union = 0;
        boolean successor = false;
        if (awaited >= 0 && w.onTop(disk, awaited)) {
            if (w.bitmap(disk, awaited) != RECORDING) {
                return true;
            }
            union = w.bits(disk, awaited);
            successor = true;
        }
        if (kind == DELETE && !w.onTop(disk, subject) && (chain >> subject & 1) == 1) {
            boolean marked = w.v[layout.mark + disk] == w.v[layout.deletions];
            if (!marked && World.older(chain, subject) != 0) {
                // It is told that somebody else removed it, and what is older is trusted no more.
                links &= -(2 << subject);
            } else {
                links &= ~(1 << subject);
            }
        }
        return isCovered(w, disk, links, union, successor);
    }

    private boolean isCovered(World w, int disk, int links, int already, boolean successorRecords) {
        int union = already;
        boolean successor = successorRecords;
        for (int c = w.checkpoints - 1; c >= 0; c--) {
            if ((links >> c & 1) == 0) {
                continue;
            }
            int state = w.onTop(disk, c) ? w.bitmap(disk, c) : ABSENT;
            if (state == ABSENT || state == SPOILT || (!successor && state != RECORDING)) {
                return true;
            }
            union |= w.bits(disk, c);
            if ((w.truth(disk, c) & ~union) != 0) {
                return false;
            }
            successor = true;
        }
        return true;
    }

    private boolean isReturned(World w, int disk, int chain, int awaited) {
        for (int c = 0; c < w.checkpoints; c++) {
            boolean known = w.v[layout.checkpoint + c] != UNUSED;
            boolean elsewhere = (chain >> c & 1) == 1 || c == awaited || w.is(layout.unwanted + disk, c);
            if (w.onTop(disk, c) && known && !elsewhere) {
                return true;
            }
        }
        return false;
    }
}
