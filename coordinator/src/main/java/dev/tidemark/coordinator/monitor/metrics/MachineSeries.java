package dev.tidemark.coordinator.monitor.metrics;

import dev.tidemark.coordinator.chain.Disk;
import dev.tidemark.coordinator.dispatch.Sighting;
import dev.tidemark.coordinator.dispatch.Standing;
import dev.tidemark.coordinator.view.FleetFigures.MachineFigures;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.id.MachineId;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The series that there are of each registered machine, and of each disk that it has now. */
final class MachineSeries {
    private static final String VM = "vm";
    private static final String HOST = "host";
    private static final double MILLISECONDS = 1e3;

    private final Series registered =
            new Series("tidemark_vm_registered_timestamp_seconds", "When the machine was taken in.", VM, HOST);
    private final Series up =
            new Series("tidemark_vm_up", "Whether a gateway could look at the machine: 1, else 0.", VM, HOST);
    private final Series lastBackup = new Series(
            "tidemark_vm_last_backup_timestamp_seconds",
            "When the newest backup was completed that is there and not known to be damaged; absent if there is none.",
            VM,
            HOST);
    private final Series lastVerified = new Series(
            "tidemark_vm_last_verified_backup_timestamp_seconds",
            "When that backup was completed which is the newest of those that were read again and found whole.",
            VM,
            HOST);
    private final Series healthy = new Series(
            "tidemark_disk_chain_healthy",
            "Whether the disk has a chain of bitmaps that the next incremental can stand on: 1, else 0.",
            VM,
            "disk");
    private final Series length =
            new Series("tidemark_disk_chain_bitmaps", "How many bitmaps the disk's chain has.", VM, "disk");
    private final Series fulls = new Series(
            "tidemark_full_disks",
            "Disks that were copied in full, by the cause in the log; REQUESTED ones were asked for.",
            VM,
            "cause");
    private final Series drift =
            new Series("tidemark_drift", "What the last look saw that the log does not explain.", VM, "kind");

    static List<MetricSnapshot> of(
            List<MachineFigures> machines, Standing standing, Map<MachineId, Map<DriftKind, Integer>> drift) {
        Map<String, Standing.Seen> seen = new HashMap<>();
        standing.machines().forEach(one -> seen.put(one.machine().id().value(), one));
        MachineSeries series = new MachineSeries();
        for (MachineFigures machine : machines) {
            series.add(machine);
            Standing.Seen found = seen.get(machine.id());
            series.up.is(
                    found != null && found.sighting().state() == Sighting.State.UP ? 1 : 0,
                    machine.name(),
                    machine.host());
            if (found != null) {
                series.disks(machine.name(), found.machine().presentDisks());
                drift.getOrDefault(found.machine().id(), Map.of())
                        .forEach((kind, count) -> series.drift.is(count, machine.name(), word(kind)));
            }
        }
        return List.of(
                series.registered.gauge(),
                series.up.gauge(),
                series.lastBackup.gauge(),
                series.lastVerified.gauge(),
                series.healthy.gauge(),
                series.length.gauge(),
                series.fulls.counter(),
                series.drift.gauge());
    }

    private void add(MachineFigures machine) {
        registered.is(seconds(machine.registeredAt()), machine.name(), machine.host());
        machine.lastBackup().ifPresent(at -> lastBackup.is(seconds(at), machine.name(), machine.host()));
        machine.lastVerified().ifPresent(at -> lastVerified.is(seconds(at), machine.name(), machine.host()));
        machine.fulls().forEach((cause, count) -> fulls.counts(count, machine.name(), word(cause)));
    }

    private void disks(String machine, List<Disk> disks) {
        for (Disk disk : disks) {
            healthy.is(disk.chain().isEmpty() ? 0 : 1, machine, disk.name().value());
            length.is(disk.chain().size(), machine, disk.name().value());
        }
    }

    static double seconds(Instant moment) {
        return moment.toEpochMilli() / MILLISECONDS;
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
