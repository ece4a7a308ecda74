package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.FullCause;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the log makes of a fleet, in figures.
 *
 * @param machines those that are registered
 * @param outcomes how many backups have ended how, of all machines that there ever were
 * @param copies what was copied, of all machines that there ever were
 * @param underWay operations that have not ended
 * @param damagedBackups those that are known not to restore to what they were
 * @param newestIndex the global index of the newest record; 0 if there is none
 */
public record FleetFigures(
        List<MachineFigures> machines,
        List<Outcome> outcomes,
        List<Copies> copies,
        List<UnderWay> underWay,
        long damagedBackups,
        long newestIndex) {
    public FleetFigures {
        machines = List.copyOf(machines);
        outcomes = List.copyOf(outcomes);
        copies = List.copyOf(copies);
        underWay = List.copyOf(underWay);
    }

    /**
     * Of one machine.
     *
     * @param lastBackup when the newest backup was completed that is there and not known to be damaged
     * @param lastVerified when that was completed which is the newest of those that were read again and found whole
     * @param fulls how many disks had to be copied in full, by cause
     */
    public record MachineFigures(
            String id,
            String name,
            String host,
            Instant registeredAt,
            Optional<Instant> lastBackup,
            Optional<Instant> lastVerified,
            Map<FullCause, Long> fulls) {
        public MachineFigures {
            fulls = Map.copyOf(fulls);
        }
    }

    /** In the words of the log. */
    public record Outcome(String mode, String outcome, long backups) {}

    /** In the words of the log. */
    public record Copies(String kind, long disks, long bytes) {}

    /** Operations of one kind in one state, with the moment at which the oldest of them began. */
    public record UnderWay(OperationKind kind, OperationState state, long operations, Instant oldest) {}
}
