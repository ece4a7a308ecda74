package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.MachineId;

/** Where a coordinator writes what its gateways tell it, for the others. It returns at once. */
public interface Board {
    /** For a coordinator without others. */
    Board NONE = new Board() {
        @Override
        public void saw(MachineId machine, Sight sight) {}

        @Override
        public void told(Progress step) {}
    };

    /** A machine was looked at. */
    void saw(MachineId machine, Sight sight);

    /** An operation came so far. */
    void told(Progress step);
}
