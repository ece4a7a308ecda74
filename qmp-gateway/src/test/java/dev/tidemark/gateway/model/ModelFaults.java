package dev.tidemark.gateway.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Errors that can be planted in the model, so that the differential test can be seen to find each. None by default. */
public record ModelFaults(Set<Fault> planted) {
    /** One error each. */
    public enum Fault {
        MERGE_FORGETS_A_BIT,
        DISABLED_STILL_RECORDS,
        KILL_KEEPS_STORED_BITMAPS,
        KILL_SPARES_DISABLED_BITMAPS,
        QUIT_KEEPS_TRANSIENT_BITMAPS,
        QUIT_FORGETS_WHO_RECORDS,
        A_FULL_DISK_STORES_BITMAPS,
        SHRINK_MARKS,
        GROW_MARKS,
        SNAPSHOT_CARRIES_BITMAPS,
        A_REMOVED_NAME_IS_FREE_AT_ONCE,
        AN_ABORT_KEEPS_WHAT_WAS_ADDED,
        AN_ABORTED_REMOVAL_SPARES_THE_IMAGE,
        DISCARDS_DO_NOT_MARK,
        WRITES_OVERTAKE_A_JOB,
        A_JOB_FORGETS_A_CLUSTER,
        A_JOB_LEAVES_ITS_BITMAP_BUSY,
        READ_ONLY_BITMAPS_CAN_BE_CHANGED
    }

    /** A faithful model. */
    public static final ModelFaults NONE = new ModelFaults(EnumSet.noneOf(Fault.class));

    public ModelFaults {
        planted = Set.copyOf(planted);
    }

    /** A model with these errors. */
    public static ModelFaults of(Fault... faults) {
        return new ModelFaults(Set.copyOf(List.of(faults)));
    }

    boolean has(Fault fault) {
        return !planted.isEmpty() && planted.contains(fault);
    }
}
