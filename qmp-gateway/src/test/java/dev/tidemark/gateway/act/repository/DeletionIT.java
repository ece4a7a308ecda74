package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.REPOSITORY;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.full;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.ulid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryIdentity;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A deleted backup is gone, whatever stands beside it is untouched, and nothing passes for deleted that only cannot be seen. */
class DeletionIT {
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private RepositoryFixture fixture;

    @BeforeEach
    void chain() throws Exception {
        fixture = new RepositoryFixture();
        fixture.storeChain();
    }

    @AfterEach
    void remove() {
        fixture.close();
    }

    private Outcome delete(long number) throws InterruptedException, IOException {
        return delete(number, CrashHook.NONE, identity());
    }

    private Outcome delete(long number, CrashHook crash, Optional<RepositoryIdentity> identity)
            throws InterruptedException {
        return new RepositoryWorker(fixture.repositories(crash))
                .run(
                        new DeleteBackupOperation(
                                new OperationId(ulid(6000 + number)), backup(number), REPOSITORY, identity),
                        MACHINE,
                        ProgressListener.NONE);
    }

    private Optional<RepositoryIdentity> identity() throws IOException {
        return RepositoryMark.read(new RepositoryTree(fixture.root()));
    }

    private static void assertRefused(Outcome outcome, FailureCode code, String words) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.detail()).contains(words);
        });
    }

    private Path aside(long number) {
        return fixture.backupDirectory(number).resolveSibling(backup(number) + ".deleted");
    }

    private byte[] restored(long number) throws Exception {
        Path to = fixture.outside("to" + number + "-" + System.nanoTime());
        assertThat(fixture.restore(number, to, RestoreFormat.RAW)).isInstanceOf(Outcome.Done.class);
        return Files.readAllBytes(to.resolve("vda.raw"));
    }

    @Test
    void the_newest_goes_with_its_files_and_the_others_restore_byte_for_byte() throws Exception {
        // given
        byte[] first = restored(0);
        byte[] second = restored(1);
        long size;
        try (var files = Files.walk(fixture.backupDirectory(2))) {
            size = files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
        // when
        Outcome outcome = delete(2);
        // then
        assertThat(outcome).isEqualTo(new Outcome.Done(new Evidence.Removed(size)));
        assertThat(fixture.backupDirectory(2)).doesNotExist();
        assertThat(aside(2)).doesNotExist();
        assertThat(restored(0)).isEqualTo(first);
        assertThat(restored(1)).isEqualTo(second);
        assertThat(RepositoryCatalogue.of(fixture.root()).machines().getFirst().backups())
                .extracting(CataloguedBackup::id)
                .containsExactly(backup(0), backup(1));
        assertThat(fixture.verify(1)).isInstanceOf(Outcome.Done.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void what_another_stands_on_stays_also_if_the_log_does_not_know(long number) throws Exception {
        assertRefused(
                delete(number), FailureCode.BACKUP_NEEDED, backup(number + 1).value());
        assertThat(fixture.damages(2)).isEmpty();
    }

    @Test
    void it_stays_too_if_the_manifest_that_names_it_is_gone() throws Exception {
        Files.delete(fixture.backupDirectory(2).resolve("manifest.json"));
        assertRefused(delete(1), FailureCode.BACKUP_NEEDED, backup(2).value());
    }

    @Test
    void it_stays_too_if_the_file_that_stands_on_it_has_lost_its_header() throws Exception {
        Files.write(fixture.file(2), new byte[65536]);
        assertRefused(delete(1), FailureCode.BACKUP_NEEDED, backup(2).value());
    }

    @Test
    void it_stays_too_if_nobody_can_tell_what_another_stands_on() throws Exception {
        Files.writeString(fixture.backupDirectory(2).resolve("manifest.json"), "{");
        Files.write(fixture.file(2), new byte[10]);
        assertRefused(delete(1), FailureCode.BACKUP_NEEDED, backup(2).value());
        assertThat(fixture.file(1)).exists();
        // Whoever gives up the unreadable one can go on.
        assertThat(delete(2)).isInstanceOf(Outcome.Done.class);
        assertThat(delete(1)).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void a_backup_that_cannot_be_read_can_be_deleted() throws Exception {
        Files.writeString(fixture.backupDirectory(2).resolve("manifest.json"), "{");
        Files.write(fixture.file(2), new byte[10]);
        assertThat(delete(2)).isInstanceOf(Outcome.Done.class);
        assertThat(fixture.backupDirectory(2)).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(
            names = "BEFORE_BACKUP_SET_ASIDE|BACKUP_SET_ASIDE|BEFORE_BACKUP_REMOVED|BACKUP_REMOVED",
            mode = EnumSource.Mode.MATCH_ANY)
    void a_crash_at_each_step_leaves_it_whole_or_no_backup_and_a_new_gateway_ends_it(CrashPoint step) throws Exception {
        // given
        byte[] below = restored(1);
        byte[] whole = restored(2);
        // when
        assertThatThrownBy(() -> delete(
                        2,
                        passed -> {
                            if (passed == step) {
                                throw new Crash();
                            }
                        },
                        identity()))
                .isInstanceOf(Crash.class);
        // then
        boolean there = Files.exists(fixture.backupDirectory(2));
        assertThat(there).isEqualTo(step == CrashPoint.BEFORE_BACKUP_SET_ASIDE);
        if (there) {
            assertThat(restored(2)).isEqualTo(whole);
        }
        assertThat(RepositoryCatalogue.of(fixture.root()).machines().getFirst().backups())
                .hasSize(there ? 3 : 2);
        assertThat(delete(2)).isInstanceOf(Outcome.Done.class);
        assertThat(fixture.backupDirectory(2)).doesNotExist();
        assertThat(aside(2)).doesNotExist();
        assertThat(restored(1)).isEqualTo(below);
    }

    @Test
    void what_a_crash_left_goes_with_the_next_backup_that_begins() throws Exception {
        Files.move(fixture.backupDirectory(2), aside(2));
        fixture.begin(3, full(DISK));
        assertThat(aside(2)).doesNotExist();
        assertThat(fixture.damages(1)).isEmpty();
    }

    @Test
    void what_cannot_be_removed_is_deleted_all_the_same_and_swept_when_it_can() throws Exception {
        // given a directory inside, which is not ours
        Path foreign = Files.createDirectory(fixture.backupDirectory(2).resolve("lost+found"));
        // when
        assertThat(delete(2)).isInstanceOf(Outcome.Done.class);
        // then
        assertThat(fixture.backupDirectory(2)).doesNotExist();
        assertThat(aside(2)).exists();
        assertThat(fixture.restore(2, fixture.outside("to"), RestoreFormat.RAW)).isInstanceOf(Outcome.Refused.class);
        Files.delete(aside(2).resolve(foreign.getFileName()));
        delete(1);
        assertThat(aside(2)).doesNotExist();
    }

    @Test
    void one_that_is_gone_already_is_deleted_if_this_is_the_repository_that_held_it() throws Exception {
        Optional<RepositoryIdentity> identity = identity();
        delete(2);
        assertThat(delete(2, CrashHook.NONE, identity)).isEqualTo(new Outcome.Done(new Evidence.Removed(0)));
        // A log from before repositories said which they are: the machine's directory has to do.
        assertThat(delete(2, CrashHook.NONE, Optional.empty())).isEqualTo(new Outcome.Done(new Evidence.Removed(0)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_repository_that_is_not_mounted_has_lost_nothing(boolean known) throws Exception {
        // given an empty mount point
        Optional<RepositoryIdentity> identity = known ? identity() : Optional.empty();
        Files.move(fixture.root(), fixture.outside("elsewhere"));
        Files.createDirectory(fixture.root());
        // when, then
        assertRefused(delete(2, CrashHook.NONE, identity), FailureCode.REPOSITORY_FAILED, "mounted");
        Files.delete(fixture.root());
        assertRefused(delete(2, CrashHook.NONE, identity), FailureCode.REPOSITORY_FAILED, "cannot use repository");
    }

    @Test
    void another_repository_in_its_place_has_lost_nothing_either() throws Exception {
        // given a backup that was taken while the right one was not mounted
        Optional<RepositoryIdentity> identity = identity();
        Files.move(fixture.root(), fixture.outside("elsewhere"));
        Files.createDirectory(fixture.root());
        fixture.store(0, "write -P 9 0 512");
        assertThat(identity()).isPresent().isNotEqualTo(identity);
        // when, then
        assertRefused(delete(2, CrashHook.NONE, identity), FailureCode.REPOSITORY_FAILED, "mounted");
    }

    @Test
    void the_identity_is_made_once_goes_with_the_files_and_is_told_with_each_backup() throws Exception {
        // given
        Optional<RepositoryIdentity> identity = identity();
        assertThat(fixture.repository()
                        .completed(MACHINE, backup(0))
                        .orElseThrow()
                        .evidence()
                        .repository())
                .isPresent()
                .isEqualTo(identity);
        // when moved to another disk
        Path copy = fixture.outside("copy");
        copy(fixture.root(), copy);
        // then
        assertThat(RepositoryMark.read(new RepositoryTree(copy))).isEqualTo(identity);
        assertThat(fixture.store(3, "write -P 4 0 512").repository()).isEqualTo(identity);
        assertThat(RepositoryCatalogue.of(fixture.root()).foreign()).isEmpty();
    }

    @Test
    void a_spoilt_identity_costs_no_backup() throws Exception {
        Files.writeString(fixture.root().resolve("repository.json"), "{");
        assertThat(fixture.store(3, "write -P 4 0 512").repository()).isEmpty();
        assertThat(fixture.damages(3)).isEmpty();
    }

    @Test
    void a_symlink_in_its_place_is_not_followed() throws Exception {
        Path elsewhere = Files.createDirectory(fixture.outside("precious"));
        Files.writeString(elsewhere.resolve("vda.qcow2"), "keep");
        Files.move(fixture.backupDirectory(2), fixture.outside("moved"));
        Files.createSymbolicLink(fixture.backupDirectory(2), elsewhere);
        assertRefused(delete(2), FailureCode.REPOSITORY_FAILED, "symbolic link");
        assertThat(elsewhere.resolve("vda.qcow2")).exists();
    }

    @Test
    void an_interrupt_stops_it_and_it_can_be_begun_again() throws Exception {
        Optional<RepositoryIdentity> identity = identity();
        Thread.currentThread().interrupt();
        boolean stopped = false;
        try {
            delete(2, CrashHook.NONE, identity);
        } catch (InterruptedException interruption) {
            stopped = true;
        }
        assertThat(stopped).isTrue();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(delete(2)).isInstanceOf(Outcome.Done.class);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(from.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(Arrays.asList(to.toFile().list())).isNotEmpty();
    }
}
