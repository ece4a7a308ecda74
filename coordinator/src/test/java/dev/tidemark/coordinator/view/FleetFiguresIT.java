package dev.tidemark.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.MachineEvent;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The figures of a fleet are those that a count of all its events gives. */
class FleetFiguresIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private final ReadModels models = new ReadModels(DATABASE);
    private final FleetCounts queries = new FleetCounts(DATABASE.application());
    private final List<Story> stories = new ArrayList<>();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void live() throws SQLException {
        models.empty();
        for (int number = 0; number < 12; number++) {
            stories.add(RandomStory.of(815 + number, number));
        }
        models.tell(stories.toArray(new Story[0]));
    }

    @Test
    void what_was_counted_is_what_a_count_gives() {
        FleetFigures figures = queries.all();
        List<MachineEvent> events = events();
        assertThat(count(figures, "COMPLETED"))
                .isEqualTo(events.stream()
                        .filter(event -> event instanceof BackupCompleted || event instanceof BackupPulled)
                        .count())
                .isPositive();
        assertThat(count(figures, "FAILED"))
                .isEqualTo(of(events, BackupFailed.class))
                .isPositive();
        assertThat(count(figures, "ABORTED"))
                .isEqualTo(of(events, BackupAborted.class))
                .isPositive();
        for (BackupKind kind : BackupKind.values()) {
            var copies = figures.copies().stream()
                    .filter(one -> one.kind().equals(kind.name()))
                    .toList();
            var disks = events.stream()
                    .filter(BackupCompleted.class::isInstance)
                    .map(BackupCompleted.class::cast)
                    .flatMap(completed -> completed.disks().stream())
                    .filter(disk -> disk.kind() == kind)
                    .toList();
            assertThat(copies.stream().mapToLong(FleetFigures.Copies::disks).sum())
                    .isEqualTo(disks.size());
            assertThat(copies.stream().mapToLong(FleetFigures.Copies::bytes).sum())
                    .isEqualTo(disks.stream().mapToLong(disk -> disk.bytes()).sum());
        }
    }

    @Test
    void each_machine_has_the_newest_of_its_backups_and_strangers_are_not_told_of() {
        Queries all = new Queries(DATABASE.application());
        FleetFigures figures = queries.all();
        assertThat(figures.machines()).hasSameSizeAs(all.machines()).isNotEmpty();
        for (FleetFigures.MachineFigures machine : figures.machines()) {
            List<BackupView> backups =
                    all.backups(all.find(machine.name()).orElseThrow().id(), Optional.empty(), false).stream()
                            .filter(backup -> backup.state().equals("COMPLETED") && !backup.damaged())
                            .toList();
            assertThat(machine.lastBackup().map(Object::toString))
                    .isEqualTo(
                            backups.isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(
                                            String.valueOf(backups.getLast().completedAt())));
        }
        String one = figures.machines().getFirst().name();
        assertThat(queries.of("^" + one + "$"))
                .containsExactly(figures.machines().getFirst());
        assertThat(queries.of("^nobody$")).isEmpty();
    }

    @Test
    void each_machine_has_the_restore_points_that_its_backups_make() throws SQLException {
        Story whole = Story.seen(99, "whole");
        String older = whole.backup(Optional.of("c1")).backup().value();
        String newer = whole.backup(Optional.of("c2")).backup().value();
        models.tell(whole);
        assertThat(newestOf(requirePoints(), "whole")).isEqualTo(newer + " false");
        PlainSql.run(
                DATABASE.migration(),
                "UPDATE tidemark.backup_disk SET damage = 'sha256 differs' WHERE disk = 'vdb' AND backup = '" + newer
                        + "'; UPDATE tidemark.backup SET verified_at = requested_at WHERE id IN ('" + older + "', '"
                        + newer + "')");
        List<RestorePointView> points = requirePoints();
        assertThat(newestOf(points, "whole")).isEqualTo(newer + " true");
        assertThat(points.stream()
                        .filter(point -> point.verified() != null)
                        .map(point -> point.verified().backup()))
                .contains(older)
                .doesNotContain(newer);
    }

    private static String newestOf(List<RestorePointView> points, String machine) {
        RestorePointView.Point newest = points.stream()
                .filter(point -> point.name().equals(machine))
                .findFirst()
                .orElseThrow()
                .newest();
        return newest == null ? "none" : newest.backup() + " " + newest.damaged();
    }

    /** They are what each machine's backups, read one by one, make of it. */
    private static List<RestorePointView> requirePoints() {
        Queries all = new Queries(DATABASE.application());
        List<RestorePointView> points = new FleetQueries(DATABASE.application()).restorePoints(Optional.empty());
        assertThat(points).hasSameSizeAs(all.machines()).isNotEmpty();
        for (MachineView machine : all.machines()) {
            RestorePointView told = points.stream()
                    .filter(point -> point.vm().equals(machine.id()))
                    .findFirst()
                    .orElseThrow();
            List<BackupView> restorable =
                    all.backups(all.find(machine.id()).orElseThrow().id(), Optional.empty(), false).stream()
                            .filter(backup -> isRestorable(backup, machine))
                            .toList();
            List<BackupView> verified = restorable.stream()
                    .filter(backup -> !backup.damaged() && backup.verifiedAt() != null)
                    .toList();
            assertThat(told.newest() == null ? null : told.newest().backup())
                    .isEqualTo(
                            restorable.isEmpty() ? null : restorable.getLast().id());
            assertThat(told.newest() != null && told.newest().damaged())
                    .isEqualTo(!restorable.isEmpty() && restorable.getLast().damaged());
            assertThat(told.verified() == null ? null : told.verified().backup())
                    .isEqualTo(verified.isEmpty() ? null : verified.getLast().id());
        }
        return points;
    }

    /** A completed push backup with a file in its repository of each disk that the machine was seen with last. */
    private static boolean isRestorable(BackupView backup, MachineView machine) {
        List<String> stored = backup.disks().stream()
                .filter(disk -> disk.file() != null
                        && !disk.file().startsWith("/")
                        && !disk.file().startsWith("nbd"))
                .map(BackupView.Disk::disk)
                .toList();
        return backup.state().equals("COMPLETED")
                && backup.mode().equals("PUSH")
                && !stored.isEmpty()
                && stored.containsAll(
                        machine.disks().stream().map(MachineView.Disk::name).toList());
    }

    @Test
    void a_log_from_before_is_counted_as_the_fold_would_have_counted_it() throws SQLException, IOException {
        // given
        Map<String, List<String>> folded = models.rows();
        models.log(stories.toArray(new Story[0]));
        // when
        String migration = ReadModels.migration("V2_27__figures");
        try (Connection connection = DATABASE.migration().getConnection()) {
            Sql.change(connection, "TRUNCATE tidemark.vm_tally");
            Sql.change(connection, migration.substring(migration.indexOf("-- What was folded before")));
        }
        // then
        assertThat(models.rows().get("vm_tally"))
                .isEqualTo(folded.get("vm_tally"))
                .isNotEmpty();
    }

    private List<MachineEvent> events() {
        return stories.stream()
                .flatMap(story -> story.told().stream())
                .map(Story.Told::event)
                .toList();
    }

    private static long count(FleetFigures figures, String outcome) {
        return figures.outcomes().stream()
                .filter(one -> one.outcome().equals(outcome))
                .mapToLong(FleetFigures.Outcome::backups)
                .sum();
    }

    private static long of(List<MachineEvent> events, Class<? extends MachineEvent> kind) {
        return events.stream().filter(kind::isInstance).count();
    }
}
