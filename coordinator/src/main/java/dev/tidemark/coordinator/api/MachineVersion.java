package dev.tidemark.coordinator.api;

import dev.tidemark.schema.id.MachineId;

/**
 * A machine at a moment of its log. The machine's id belongs to it: another machine of the same name may have as many events.
 *
 * @param version how many events its log has
 */
public record MachineVersion(MachineId machine, long version) {
    @Override
    public String toString() {
        return machine + "-" + version;
    }
}
