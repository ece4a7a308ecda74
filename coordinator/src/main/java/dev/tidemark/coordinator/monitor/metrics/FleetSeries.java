package dev.tidemark.coordinator.monitor.metrics;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.tidemark.coordinator.dispatch.Sighting;
import dev.tidemark.coordinator.dispatch.Standing;
import dev.tidemark.coordinator.evidence.HeadWriter;
import dev.tidemark.coordinator.view.FleetFigures;
import dev.tidemark.coordinator.view.OperationState;
import dev.tidemark.schema.id.RepositoryName;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/** The series of the coordinator and its fleet as a whole. */
final class FleetSeries {
    private final List<MetricSnapshot> gathered = new ArrayList<>();

    private FleetSeries() {}

    static List<MetricSnapshot> of(
            FleetFigures figures,
            Standing standing,
            HeadWriter.Standing heads,
            DataSource pool,
            Map<RepositoryName, RepositorySpace.Room> rooms,
            Instant now) {
        FleetSeries series = new FleetSeries();
        series.machines(standing);
        series.backups(figures);
        series.operations(figures, now);
        series.jobs(standing);
        series.log(figures, heads);
        series.pool(pool);
        series.repositories(rooms);
        return series.gathered;
    }

    private void machines(Standing standing) {
        Series states = new Series("tidemark_vms", "Registered machines, by what the last look gave.", "state");
        for (Sighting.State state : Sighting.State.values()) {
            states.is(
                    standing.machines().stream()
                            .filter(seen -> seen.sighting().state() == state)
                            .count(),
                    MachineSeries.word(state));
        }
        gathered.add(states.gauge());
        Series contacts = new Series(
                "tidemark_gateway_last_contact_timestamp_seconds",
                "When a gateway of this host asked last what there is to do; since the start for one that never did.",
                "host");
        standing.gateways().forEach((host, at) -> contacts.is(MachineSeries.seconds(at), host.value()));
        gathered.add(contacts.gauge());
    }

    private void backups(FleetFigures figures) {
        Series backups =
                new Series("tidemark_backups", "Backups that have ended, as the log has it.", "mode", "outcome");
        for (String mode : List.of("PUSH", "PULL")) {
            for (String outcome : List.of("COMPLETED", "FAILED", "ABORTED")) {
                backups.counts(
                        figures.outcomes().stream()
                                .filter(one ->
                                        one.mode().equals(mode) && one.outcome().equals(outcome))
                                .mapToLong(FleetFigures.Outcome::backups)
                                .sum(),
                        lower(mode),
                        lower(outcome));
            }
        }
        Series disks =
                new Series("tidemark_backup_disks", "Disks that were copied to their end, as the log has it.", "kind");
        Series bytes =
                new Series("tidemark_backup_bytes", "Bytes that QEMU copied for them, as the log has it.", "kind");
        for (String kind : List.of("FULL", "INCREMENTAL")) {
            List<FleetFigures.Copies> copies = figures.copies().stream()
                    .filter(one -> one.kind().equals(kind))
                    .toList();
            disks.counts(copies.stream().mapToLong(FleetFigures.Copies::disks).sum(), lower(kind));
            bytes.counts(copies.stream().mapToLong(FleetFigures.Copies::bytes).sum(), lower(kind));
        }
        gathered.add(backups.counter());
        gathered.add(disks.counter());
        gathered.add(bytes.counter());
        gathered.add(new Series(
                        "tidemark_damaged_backups",
                        "Completed backups that are known not to restore to what they were.")
                .is(figures.damagedBackups())
                .gauge());
    }

    /** Those in doubt are those whose answer was lost: QEMU has to be looked at before anybody knows. */
    private void operations(FleetFigures figures, Instant now) {
        Series count = new Series("tidemark_operations", "Operations that have not ended.", "state");
        Series oldest = new Series(
                "tidemark_operations_oldest_age_seconds",
                "How long ago the oldest of them was asked for; 0 if there is none.",
                "state");
        for (OperationState state : List.of(OperationState.PENDING, OperationState.RUNNING, OperationState.UNKNOWN)) {
            List<FleetFigures.UnderWay> ofState = figures.underWay().stream()
                    .filter(one -> one.state() == state)
                    .toList();
            String word = state == OperationState.UNKNOWN ? "in_doubt" : MachineSeries.word(state);
            count.is(
                    ofState.stream()
                            .mapToLong(FleetFigures.UnderWay::operations)
                            .sum(),
                    word);
            oldest.is(
                    ofState.stream()
                            .map(FleetFigures.UnderWay::oldest)
                            .min(Instant::compareTo)
                            .map(at -> Math.max(0, Measures.seconds(Duration.between(at, now))))
                            .orElse(0.0),
                    word);
        }
        gathered.add(count.gauge());
        gathered.add(oldest.gauge());
    }

    private void jobs(Standing standing) {
        gathered.add(new Series("tidemark_jobs_waiting", "Backups and verifications that have no place yet.")
                .is(standing.waiting())
                .gauge());
        gathered.add(new Series("tidemark_jobs_at_work", "Jobs of which a gateway has told how far they are.")
                .is(standing.atWork())
                .gauge());
        gathered.add(new Series("tidemark_jobs_stalled", "Those of them that stand still for longer than they may.")
                .is(standing.stalled())
                .gauge());
    }

    private void log(FleetFigures figures, HeadWriter.Standing heads) {
        gathered.add(new Series("tidemark_log_newest_index", "The global index of the newest record of the log.")
                .is(figures.newestIndex())
                .gauge());
        gathered.add(
                new Series("tidemark_log_signed_index", "The global index up to which the heads vouch for the log.")
                        .is(heads.signedUpTo())
                        .gauge());
        gathered.add(new Series("tidemark_log_signing", "Whether it is this coordinator that signs heads: 1, else 0.")
                .is(heads.signs() ? 1 : 0)
                .gauge());
        gathered.add(new Series("tidemark_log_signing_failed", "Whether its last turn to sign has failed: 1, else 0.")
                .is(heads.failing() ? 1 : 0)
                .gauge());
        gathered.add(new Series(
                        "tidemark_log_tampered",
                        "Whether the log was found not to be the one that was signed: 1, else 0.")
                .is(heads.tampered() ? 1 : 0)
                .gauge());
        Series newest = new Series("tidemark_log_head_timestamp_seconds", "When the newest head was signed.");
        heads.newestHead().ifPresent(at -> newest.is(MachineSeries.seconds(at)));
        gathered.add(newest.gauge());
    }

    private void pool(DataSource source) {
        if (!(source instanceof HikariDataSource hikari)) {
            return;
        }
        HikariPoolMXBean pool = hikari.getHikariPoolMXBean();
        if (pool == null) {
            // Nobody has asked for a connection yet.
            return;
        }
        gathered.add(new Series("tidemark_database_connections", "Connections to the database.", "state")
                .is(pool.getActiveConnections(), "active")
                .is(pool.getIdleConnections(), "idle")
                .gauge());
        gathered.add(new Series("tidemark_database_connections_max", "As many connections there may be.")
                .is(hikari.getMaximumPoolSize())
                .gauge());
        gathered.add(new Series("tidemark_database_waiting", "Threads that wait for a connection.")
                .is(pool.getThreadsAwaitingConnection())
                .gauge());
    }

    private void repositories(Map<RepositoryName, RepositorySpace.Room> rooms) {
        Series size = new Series(
                "tidemark_repository_size_bytes",
                "Size of the file system of a repository of this host.",
                "repository");
        Series free = new Series("tidemark_repository_free_bytes", "What is free there.", "repository");
        rooms.forEach((name, room) -> {
            size.is(room.sizeBytes(), name.value());
            free.is(room.freeBytes(), name.value());
        });
        gathered.add(size.gauge());
        gathered.add(free.gauge());
    }

    private static String lower(String word) {
        return word.toLowerCase(Locale.ROOT);
    }
}
