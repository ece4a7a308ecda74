package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.copied;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.full;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.incremental;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.gateway.testkit.StorageDaemon;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Invariant I7: after any crash there is an unfinished backup that can go on, or a complete one that is what it says. */
class CompleteIT {
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private RepositoryFixture fixture;

    @BeforeEach
    void repository() throws Exception {
        fixture = new RepositoryFixture();
    }

    @AfterEach
    void remove() {
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource(
            names = "BEFORE_FILES_SYNCED|FILES_SYNCED|DIGESTS_READ|MANIFEST_WRITTEN|RENAMED|NAME_SYNCED",
            mode = EnumSource.Mode.MATCH_ANY)
    void a_crash_at_each_step_leaves_unfinished_or_complete_and_a_new_gateway_ends_it(CrashPoint step)
            throws Exception {
        fixture.store(0, "write -P 1 0 65536");
        PartialBackup begun = fixture.begin(1, incremental(DISK, 0));
        RepositoryFixture.qemuIo(begun.target(DISK), "write -P 2 512 512");
        Repository crashing = fixture.repositories(passed -> {
                    if (passed == step) {
                        throw new Crash();
                    }
                })
                .named(RepositoryFixture.REPOSITORY);
        PartialBackup adopted = crashing.partial(MACHINE, backup(1)).orElseThrow();
        assertThatThrownBy(() -> adopted.complete(copied(DISK), ProgressListener.NONE))
                .isInstanceOf(Crash.class);

        Repository repository = fixture.repository();
        boolean complete = repository.completed(MACHINE, backup(1)).isPresent();
        assertThat(complete).isEqualTo(step.compareTo(CrashPoint.RENAMED) >= 0);
        assertThat(repository.partial(MACHINE, backup(1)).isPresent()).isEqualTo(!complete);
        if (!complete) {
            Manifest manifest =
                    repository.partial(MACHINE, backup(1)).orElseThrow().complete(copied(DISK), ProgressListener.NONE);
            assertThat(repository.completed(MACHINE, backup(1))).contains(manifest);
        }
        assertThat(repository.partial(MACHINE, backup(1))).isEmpty();
        assertThat(fixture.damages(1)).isEmpty();
        fixture.restore(1, fixture.outside("to"), RestoreFormat.RAW);
        byte[] content = fixture.content(fixture.outside("to/vda.raw"), RestoreFormat.RAW);
        assertThat(new int[] {content[511], content[512], content[1023], content[1024]})
                .containsExactly(1, 2, 2, 1);
    }

    @Test
    void complete_again_after_the_rename_gives_the_same_manifest() throws Exception {
        PartialBackup begun = fixture.begin(0, full(DISK));
        Manifest first = begun.complete(copied(DISK), ProgressListener.NONE);
        assertThat(begun.complete(copied(DISK), ProgressListener.NONE)).isEqualTo(first);
    }

    @Test
    void an_unfinished_backup_is_no_backup() throws Exception {
        fixture.begin(0, full(DISK));
        assertThat(fixture.repository().completed(MACHINE, backup(0))).isEmpty();
        assertThat(fixture.verify(0)).isInstanceOf(Outcome.Refused.class);
        assertThat(fixture.repositories().partialBackups(MACHINE)).containsExactly("default/" + backup(0));
        fixture.repositories().discardPartial(MACHINE, "default/" + backup(0));
        assertThat(fixture.repositories().partialBackups(MACHINE)).isEmpty();
        assertThat(fixture.partialDirectory(0)).doesNotExist();
    }

    @Test
    void begin_that_was_cut_off_is_not_adopted_and_the_next_begin_removes_it() throws Exception {
        fixture.begin(0, full(DISK));
        Files.delete(fixture.partialDirectory(0).resolve("plan.json"));
        Files.writeString(fixture.partialDirectory(0).resolve("rubbish"), "x");
        assertThat(fixture.repository().partial(MACHINE, backup(0))).isEmpty();
        fixture.begin(0, full(DISK));
        assertThat(fixture.partialDirectory(0).toFile().list()).containsExactlyInAnyOrder("plan.json", "vda.qcow2");
    }

    @Test
    void a_target_that_is_still_open_for_writing_is_not_completed() throws Exception {
        PartialBackup begun = fixture.begin(0, full(DISK));
        Path plain = Files.createSymbolicLink(fixture.outside("plain"), begun.target(DISK));
        try (StorageDaemon daemon =
                StorageDaemon.start(List.of(DiskImage.qcow2Blockdev("node", plain)), List.of("node"))) {
            assertThat(daemon).isNotNull();
            RepositoryException refusal = refusal(() -> begun.complete(copied(DISK), ProgressListener.NONE));
            assertThat(refusal.detail()).contains("lock");
        }
        begun.complete(copied(DISK), ProgressListener.NONE);
    }

    @Test
    void a_target_that_became_another_image_is_not_completed() throws Exception {
        fixture.store(0, "write -P 1 0 65536");
        PartialBackup resized = fixture.begin(1, incremental(DISK, 0));
        RequiredProgram.QEMU_IMG.run("resize", "-q", resized.target(DISK).toString(), "2M");
        assertThat(refusal(() -> resized.complete(copied(DISK), ProgressListener.NONE))
                        .detail())
                .contains("virtual size");
        PartialBackup rebased = fixture.begin(1, incremental(DISK, 0));
        RequiredProgram.QEMU_IMG.run(
                "rebase", "-u", "-b", "", rebased.target(DISK).toString());
        assertThat(refusal(() -> rebased.complete(copied(DISK), ProgressListener.NONE))
                        .detail())
                .contains("backing file");
        assertThat(fixture.repository().completed(MACHINE, backup(1))).isEmpty();
    }

    @Test
    void a_parent_that_went_away_meanwhile_stops_the_completion() throws Exception {
        fixture.store(0, "write -P 1 0 65536");
        PartialBackup begun = fixture.begin(1, incremental(DISK, 0));
        Files.delete(fixture.file(0));
        RepositoryException refusal = refusal(() -> begun.complete(copied(DISK), ProgressListener.NONE));
        assertThat(refusal.code()).isEqualTo(FailureCode.BASE_BACKUP_MISSING);
        assertThat(refusal.disk()).contains(DISK);
    }

    @Test
    void a_symlink_in_a_targets_place_is_not_completed() throws Exception {
        PartialBackup begun = fixture.begin(0, full(DISK));
        Path aside = Files.move(begun.target(DISK), fixture.outside("aside"));
        Files.createSymbolicLink(begun.target(DISK), aside);
        assertThat(refusal(() -> begun.complete(copied(DISK), ProgressListener.NONE))
                        .detail())
                .contains("symbolic link");
    }

    @Test
    void different_backups_complete_at_the_same_time() throws Exception {
        int count = 6;
        List<Callable<Manifest>> tasks = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            int own = number;
            tasks.add(() -> {
                PartialBackup begun = fixture.begin(own, full(DISK));
                RepositoryFixture.qemuIo(begun.target(DISK), "write -P " + (own + 1) + " 0 65536");
                return begun.complete(copied(DISK), ProgressListener.NONE);
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            for (Future<Manifest> done : threads.invokeAll(tasks)) {
                assertThat(done.get().disks()).hasSize(1);
            }
        }
        for (int number = 0; number < count; number++) {
            assertThat(fixture.verify(number)).isInstanceOf(Outcome.Done.class);
            assertThat(fixture.damages(number)).isEmpty();
        }
    }

    @Test
    void an_interrupt_stops_the_reading_and_the_backup_can_still_be_completed() throws Exception {
        PartialBackup begun = fixture.begin(0, full(DISK));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> begun.complete(copied(DISK), ProgressListener.NONE))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        begun.complete(copied(DISK), ProgressListener.NONE);
    }

    @Test
    void sabotaged_a_complete_that_lies_would_be_seen() throws Exception {
        fixture.store(0, "write -P 1 0 65536");
        // What a rename before the read-back would leave: a manifest of a file that lacks its last write.
        try (RandomAccessFile file = new RandomAccessFile(fixture.file(0).toFile(), "rw")) {
            file.seek(file.length() - 512);
            file.write(new byte[512]);
        }
        assertThat(fixture.damages(0)).hasSize(1);
    }

    private static RepositoryException refusal(ThrowingCallable call) {
        RepositoryException refusal = catchThrowableOfType(RepositoryException.class, call);
        assertThat(refusal).isNotNull();
        return refusal;
    }
}
