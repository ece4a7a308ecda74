package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.World.ABSENT;
import static dev.tidemark.coordinator.modelcheck.World.RECORDING;
import static dev.tidemark.coordinator.modelcheck.World.SPOILT;

/** Whether a chain, as it was seen, can be trusted: what {@code chain.ChainHealth} says, on masks. */
final class Health {
    private Health() {}

    /**
     * The links that are spoilt.
     *
     * @param at where what was seen of the disk's first bitmap lies in {@code seen}
     */
    static int spoilt(int links, boolean successorRecords, boolean moved, int[] seen, int at, Bug bug) {
        if (moved && bug != Bug.SIZE_CHANGE_IGNORED) {
            return links;
        }
        int newest = World.newest(links);
        for (int c = newest; c >= 0; c--) {
            if ((links >> c & 1) == 0) {
                continue;
            }
            boolean mustRecord = c == newest && !successorRecords;
            if (isFlawed(seen[at + c], mustRecord, bug)) {
                return links & (2 << c) - 1;
            }
        }
        return 0;
    }

    private static boolean isFlawed(int seen, boolean mustRecord, Bug bug) {
        return (seen == ABSENT && bug != Bug.ABSENT_IS_EMPTY)
                || (seen == SPOILT && bug != Bug.INCONSISTENT_IS_CONSISTENT)
                || (mustRecord
                        && seen != RECORDING
                        && bug != Bug.RECORDING_FLAG_IGNORED
                        && bug != Bug.ABSENT_IS_EMPTY
                        && bug != Bug.INCONSISTENT_IS_CONSISTENT);
    }
}
