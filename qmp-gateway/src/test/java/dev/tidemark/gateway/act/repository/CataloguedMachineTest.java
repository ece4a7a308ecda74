package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which backup is meant, where nothing but manifests can tell. */
class CataloguedMachineTest {
    private static final Instant NOON = Instant.parse("2026-07-01T12:00:00Z");

    @Test
    void the_newest_is_the_last_that_was_asked_for() throws Exception {
        CataloguedMachine machine = machine(full(0, 0, 1), full(7, 20, 21), full(3, 10, 11));
        assertThat(order(machine)).containsExactly(0L, 3L, 7L);
        assertThat(machine.newest(List.of(DISK), Optional.empty()).id()).isEqualTo(backup(7));
    }

    @Test
    void a_clock_that_went_back_puts_no_backup_before_the_one_that_it_stands_on() {
        assertThat(order(machine(full(0, 60, 61), incremental(1, 10, 11), incremental(2, 5, 6))))
                .containsExactly(0L, 1L, 2L);
    }

    @Test
    void a_circle_of_parents_ends() {
        assertThat(order(machine(parent(1, 3), parent(2, 1), parent(3, 2)))).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void by_time_it_is_never_one_that_may_be_of_a_later_moment() throws Exception {
        CataloguedMachine machine = machine(full(0, 0, 2), full(1, 10, 12));
        assertThat(at(machine, 12)).isEqualTo(backup(1));
        assertThat(at(machine, 500)).isEqualTo(backup(1));
        assertThat(at(machine, 11)).isEqualTo(backup(0));
        assertThat(at(machine, 2)).isEqualTo(backup(0));
        assertThatThrownBy(() -> at(machine, 1)).hasMessageContaining("surely not later");
    }

    @Test
    void whoever_was_passed_over_by_time_is_named() throws Exception {
        CataloguedMachine machine = machine(full(0, 0, 2), full(1, 10, 12), full(2, 30, 31));
        CataloguedBackup found = machine.newest(List.of(), Optional.of(minute(11)));
        assertThat(machine.underWay(minute(11), found))
                .extracting(CataloguedBackup::id)
                .containsExactly(backup(1));
        assertThat(machine.underWay(minute(9), found)).isEmpty();
    }

    @Test
    void one_that_does_not_say_when_it_was_stored_is_found_by_id_and_not_by_time() throws Exception {
        CataloguedBackup silent = told(1, ManifestFileTest.sample(0), minute(10), Optional.empty());
        CataloguedMachine machine = machine(full(0, 0, 2), silent);
        assertThat(at(machine, 5000)).isEqualTo(backup(0));
        assertThat(machine.newest(List.of(), Optional.empty()).id()).isEqualTo(backup(1));
    }

    @Test
    void a_gateway_whose_clock_is_behind_makes_nothing_older_than_its_request() {
        CataloguedMachine machine = machine(full(0, 10, 4));
        assertThatThrownBy(() -> at(machine, 9)).isInstanceOf(RepositoryException.class);
    }

    @Test
    void an_older_one_is_not_slipped_in_for_one_that_cannot_be_read() throws Exception {
        CataloguedMachine machine = machine(full(0, 0, 2), full(1, 10, 12), unreadable(2));
        assertThatThrownBy(() -> machine.newest(List.of(), Optional.empty()))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        failure -> assertThat(failure.code()).isEqualTo(FailureCode.BACKUP_DAMAGED))
                .hasMessageContaining(backup(2).value())
                .hasMessageContaining("torn");
        CataloguedMachine older = machine(unreadable(0), full(1, 10, 12));
        assertThat(older.newest(List.of(), Optional.empty()).id()).isEqualTo(backup(1));
    }

    @Test
    void one_that_cannot_be_read_and_was_asked_for_later_does_not_concern_the_time_before() throws Exception {
        // Its id tells when it was asked for, which is long before the manifests' noon.
        CataloguedMachine machine = machine(full(0, 0, 2), unreadable(1));
        assertThatThrownBy(() -> at(machine, 5)).hasMessageContaining("cannot be read");
        Instant beforeTheIds = Instant.ofEpochSecond(1_600_000_000);
        CataloguedBackup early =
                told(0, ManifestFileTest.sample(0), beforeTheIds.minusSeconds(9), Optional.of(beforeTheIds));
        CataloguedMachine ancient = machine(early, unreadable(1));
        assertThat(ancient.newest(List.of(), Optional.of(beforeTheIds)).id()).isEqualTo(backup(0));
    }

    @Test
    void disks_that_no_backup_holds_are_not_found() {
        assertThatThrownBy(() -> machine(full(0, 0, 1)).newest(List.of(new DiskName("vdz")), Optional.empty()))
                .hasMessageContaining("that fits");
    }

    private static Object at(CataloguedMachine machine, long minute) throws RepositoryException {
        return machine.newest(List.of(DISK), Optional.of(minute(minute))).id();
    }

    private static Instant minute(long minute) {
        return NOON.plusSeconds(60 * minute);
    }

    private static List<Long> order(CataloguedMachine machine) {
        return machine.backups().stream()
                .map(backup -> LongStream.range(0, 10)
                        .filter(number -> backup(number).equals(backup.id()))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    private static CataloguedMachine machine(CataloguedBackup... backups) {
        return new CataloguedMachine(MACHINE, List.of(backups));
    }

    private static CataloguedBackup unreadable(long number) {
        return new CataloguedBackup(backup(number), Optional.empty(), "torn");
    }

    private static CataloguedBackup full(long number, long requested, long stored) {
        return told(number, ManifestFileTest.sample(0), minute(requested), Optional.of(minute(stored)));
    }

    /** On the one before. */
    private static CataloguedBackup incremental(long number, long requested, long stored) {
        return told(number, ManifestFileTest.sample(number), minute(requested), Optional.of(minute(stored)));
    }

    private static CataloguedBackup parent(long number, long parent) {
        return told(number, ManifestFileTest.sample(parent + 1), NOON, Optional.of(NOON));
    }

    private static CataloguedBackup told(long number, Manifest like, Instant requested, Optional<Instant> stored) {
        return new CataloguedBackup(
                backup(number),
                Optional.of(new Manifest(
                        Manifest.FORMAT_VERSION,
                        backup(number),
                        MACHINE,
                        RepositoryFixture.NAME,
                        new OperationId(RepositoryFixture.ulid(3000 + number)),
                        requested,
                        stored,
                        Optional.empty(),
                        like.qemu(),
                        like.compression(),
                        like.repository(),
                        like.moment(),
                        like.merged(),
                        like.disks())),
                "");
    }
}
