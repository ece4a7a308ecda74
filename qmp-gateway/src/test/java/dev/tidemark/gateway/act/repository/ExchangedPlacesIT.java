package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.NAME;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.REPOSITORY;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.facts;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.full;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.operation;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.restoration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever owns a directory on the way can put a link in the place of what was looked at. Nothing outside is written or called done. */
class ExchangedPlacesIT {
    private static final String PRECIOUS = "precious";

    private RepositoryFixture fixture;
    private Path roots;
    private Path to;
    private Path aside;
    private Path outside;
    private Path victim;

    @BeforeEach
    void places() throws Exception {
        fixture = new RepositoryFixture();
        fixture.storeChain();
        roots = Files.createDirectory(fixture.outside("roots"));
        to = Files.createDirectory(roots.resolve("to"));
        aside = roots.resolve("aside");
        outside = Files.createDirectory(fixture.outside("outside"));
        victim = Files.writeString(outside.resolve("victim"), PRECIOUS);
    }

    @AfterEach
    void remove() {
        fixture.close();
    }

    private Outcome restored(RestoreOperation operation, CrashHook hook) throws InterruptedException {
        Repositories repositories = new Repositories(
                Map.of(REPOSITORY, fixture.root()),
                Map.of(),
                hook,
                AllowedTargets.none(),
                new RestoreRoots(List.of(roots)));
        return new RepositoryWorker(repositories).run(operation, MACHINE, ProgressListener.NONE);
    }

    /** At the first time that a point is passed. */
    private static CrashHook once(CrashPoint where, Exchange exchange) {
        AtomicBoolean passed = new AtomicBoolean();
        return point -> {
            if (point == where && passed.compareAndSet(false, true)) {
                try {
                    exchange.make();
                } catch (IOException fault) {
                    throw new UncheckedIOException(fault);
                }
            }
        };
    }

    private interface Exchange {
        void make() throws IOException;
    }

    private void exchangeDirectory() throws IOException {
        Files.move(to, aside);
        Files.createSymbolicLink(to, outside);
    }

    private void nothingOutsideWasTouched() throws IOException {
        assertThat(victim).hasContent(PRECIOUS);
        try (Stream<Path> there = Files.list(outside)) {
            assertThat(there).containsExactly(victim);
        }
    }

    @Test
    void a_directory_that_becomes_a_link_when_the_restore_has_begun_is_not_followed() throws Exception {
        restored(restoration(2, to, RestoreFormat.RAW), once(CrashPoint.RESTORE_BEGUN, this::exchangeDirectory));
        nothingOutsideWasTouched();
    }

    @Test
    void a_directory_that_becomes_a_link_before_the_copy_is_not_followed() throws Exception {
        restored(restoration(2, to, RestoreFormat.QCOW2), once(CrashPoint.BEFORE_QEMU_IMG, this::exchangeDirectory));
        nothingOutsideWasTouched();
    }

    @Test
    void a_directory_that_becomes_a_link_before_files_get_their_names_is_not_followed() throws Exception {
        restored(restoration(2, to, RestoreFormat.RAW), once(CrashPoint.RESTORE_COPIED, this::exchangeDirectory));
        nothingOutsideWasTouched();
    }

    @Test
    void a_file_that_becomes_a_link_while_it_is_written_is_no_restore() throws Exception {
        RestoreOperation operation = restoration(2, to, RestoreFormat.RAW);
        Path partial = to.resolve("vda.raw." + operation.id() + ".partial");
        Outcome outcome = restored(operation, once(CrashPoint.BEFORE_QEMU_IMG, () -> {
            Files.delete(partial);
            Files.createSymbolicLink(partial, victim);
        }));
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        nothingOutsideWasTouched();
        assertThat(to.resolve("vda.raw")).doesNotExist();
    }

    @Test
    void a_file_that_becomes_another_of_the_same_size_is_no_restore_and_the_refusal_names_the_place_asked_for()
            throws Exception {
        RestoreOperation operation = restoration(2, to, RestoreFormat.RAW);
        Path partial = to.resolve("vda.raw." + operation.id() + ".partial");
        Outcome outcome = restored(operation, once(CrashPoint.AFTER_QEMU_IMG, () -> {
            Path other = Files.copy(partial, to.resolve("other"));
            Files.move(other, partial, StandardCopyOption.ATOMIC_MOVE);
        }));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.detail())
                                .contains(to.toString())
                                .doesNotContain("/proc/"));
        assertThat(to.resolve("vda.raw")).doesNotExist();
    }

    @Test
    void somebody_exchanges_the_directory_and_a_link_all_the_time_and_nothing_gets_outside() throws Exception {
        AtomicBoolean ends = new AtomicBoolean();
        Thread exchanging = Thread.ofPlatform().start(() -> {
            while (!ends.get()) {
                try {
                    if (Files.isSymbolicLink(to)) {
                        Files.delete(to);
                        Files.move(aside, to);
                    } else {
                        exchangeDirectory();
                    }
                    LockSupport.parkNanos(50_000);
                } catch (IOException raced) {
                    // The restore was quicker: it makes the directory if it is not there.
                    LockSupport.parkNanos(50_000);
                }
            }
        });
        try {
            for (int tries = 0; tries < 10; tries++) {
                restored(
                        new RestoreOperation(
                                new OperationId(RepositoryFixture.ulid(6000 + tries)),
                                RepositoryFixture.backup(0),
                                REPOSITORY,
                                List.of(),
                                to.toString(),
                                RestoreFormat.RAW),
                        CrashHook.NONE);
                nothingOutsideWasTouched();
            }
        } finally {
            ends.set(true);
            exchanging.join();
        }
        nothingOutsideWasTouched();
    }

    @Test
    void a_link_in_the_place_of_a_machines_directory_gets_no_target() throws Exception {
        Path machine = fixture.root().resolve(MACHINE.value());
        Repositories repositories = fixture.repositories();
        Repository repository = repositories.named(REPOSITORY);
        Files.move(machine, fixture.root().resolve("aside"));
        Files.createSymbolicLink(machine, outside);
        assertThatThrownBy(() -> repository.begin(
                        MACHINE, NAME, operation(9, full(DISK)), Map.of(DISK, facts(DISK, RepositoryFixture.SIZE))))
                .isInstanceOf(RepositoryException.class);
        nothingOutsideWasTouched();
    }

    @Test
    void a_backup_whose_machines_directory_becomes_a_link_is_not_completed_outside() throws Exception {
        Path machine = fixture.root().resolve(MACHINE.value());
        Repository repository = fixture.repositories(once(CrashPoint.DIGESTS_READ, () -> {
                    Files.move(machine, fixture.root().resolve("aside"));
                    Files.createSymbolicLink(machine, outside);
                }))
                .named(REPOSITORY);
        PartialBackup partial = repository.begin(
                MACHINE, NAME, operation(9, full(DISK)), Map.of(DISK, facts(DISK, RepositoryFixture.SIZE)));
        Files.createDirectory(outside.resolve(RepositoryFixture.backup(9) + ".partial"));
        assertThatThrownBy(() -> partial.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("symbolic link");
        try (Stream<Path> there = Files.walk(outside)) {
            assertThat(there.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)))
                    .containsExactly(victim);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_link_that_gets_the_name_of_a_target_while_it_is_made_leads_nobody_to_another_file(boolean symbolic)
            throws Exception {
        Path target = fixture.partialDirectory(9).resolve("vda.qcow2");
        Repository repository = fixture.repositories(once(CrashPoint.BEFORE_QEMU_IMG, () -> {
                    Files.delete(target);
                    if (symbolic) {
                        Files.createSymbolicLink(target, victim);
                    } else {
                        Files.createLink(target, victim);
                    }
                }))
                .named(REPOSITORY);
        PartialBackup partial = begin(repository);
        nothingOutsideWasTouched();
        assertRefused(() -> partial.requireOpened(DISK));
        assertThatThrownBy(() -> partial.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE))
                .isInstanceOf(RepositoryException.class);
        nothingOutsideWasTouched();
        assertThat(repository.completed(MACHINE, RepositoryFixture.backup(9))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            names = "BEFORE_FILES_SYNCED|FILES_SYNCED|DIGESTS_READ|MANIFEST_WRITTEN",
            mode = EnumSource.Mode.MATCH_ANY)
    void an_image_that_gets_the_name_of_one_that_was_written_is_no_backup_whenever_it_comes(CrashPoint step)
            throws Exception {
        Path target = fixture.partialDirectory(9).resolve("vda.qcow2");
        Repository repository =
                fixture.repositories(once(step, () -> putAnotherAt(target))).named(REPOSITORY);
        PartialBackup partial = begin(repository);
        assertRefused(() -> partial.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE));
        assertThat(repository.completed(MACHINE, RepositoryFixture.backup(9))).isEmpty();
    }

    @Test
    void an_image_that_comes_when_a_gateway_goes_on_with_the_backup_of_another_is_no_backup() throws Exception {
        fixture.begin(9, full(DISK));
        Repository repository = fixture.repository();
        PartialBackup adopted =
                repository.partial(MACHINE, RepositoryFixture.backup(9)).orElseThrow();
        putAnotherAt(adopted.target(DISK));
        assertRefused(() -> adopted.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE));
        PartialBackup again =
                repository.partial(MACHINE, RepositoryFixture.backup(9)).orElseThrow();
        assertRefused(() -> again.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE));
    }

    @Test
    void what_has_the_name_only_while_files_are_read_back_is_not_read() throws Exception {
        Path target = fixture.partialDirectory(9).resolve("vda.qcow2");
        Path own = fixture.partialDirectory(9).resolve("own");
        CrashHook away = once(CrashPoint.FILES_SYNCED, () -> {
            Files.move(target, own);
            putAnotherAt(target);
        });
        CrashHook back =
                once(CrashPoint.DIGESTS_READ, () -> Files.move(own, target, StandardCopyOption.REPLACE_EXISTING));
        Repository repository = fixture.repositories(point -> {
                    away.at(point);
                    back.at(point);
                })
                .named(REPOSITORY);
        Manifest manifest = begin(repository).complete(RepositoryFixture.copied(DISK), ProgressListener.NONE);
        FileDigest lying = FileDigest.of(fixture.file(9), bytes -> {});
        assertThat(manifest.disks().getFirst().sha256()).isEqualTo(lying.sha256());
    }

    private static PartialBackup begin(Repository repository) throws Exception {
        return repository.begin(
                MACHINE, NAME, operation(9, full(DISK)), Map.of(DISK, facts(DISK, RepositoryFixture.SIZE)));
    }

    /** An image like the one that was made, which nobody can tell from it by what it says. */
    private void putAnotherAt(Path target) throws IOException {
        Path other = DiskImage.createQcow2(fixture.outside("another"), RepositoryFixture.SIZE);
        RepositoryFixture.qemuIo(other, "write -P 7 0 65536");
        Files.move(other, target, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RepositoryException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(FailureCode.TARGET_REFUSED);
            assertThat(refusal.detail()).doesNotContain("/proc/");
        });
    }

    @Test
    void what_nobody_opened_for_writing_is_not_what_qemu_opened() throws Exception {
        PartialBackup partial = fixture.begin(9, full(DISK));
        assertRefused(() -> partial.requireOpened(DISK));
    }
}
