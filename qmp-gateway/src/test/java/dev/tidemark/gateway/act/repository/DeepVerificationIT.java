package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.FailureCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A deep verification restores and compares, says what digests cannot tell, and leaves nothing beside the backups whatever happens. */
class DeepVerificationIT {
    private static final String CONVERT = "if [ \"$1\" = convert ]; then ";

    private RepositoryFixture fixture;

    @BeforeEach
    void chain() throws Exception {
        fixture = new RepositoryFixture();
        fixture.storeChain();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try {
            assertThat(scratches()).isEmpty();
        } finally {
            fixture.close();
        }
    }

    @Test
    void each_restore_point_of_a_sound_chain() throws Exception {
        for (long number = 0; number < 3; number++) {
            assertThat(verify(fixture.repositories(), number)).isInstanceOfSatisfying(Outcome.Done.class, done -> {
                assertThat(done.evidence()).isInstanceOf(Evidence.Verified.class);
                assertThat(((Evidence.Verified) done.evidence()).deep()).isTrue();
            });
        }
    }

    @Test
    void its_progress_counts_the_copy_and_the_comparison() throws Exception {
        List<Long> totals = new ArrayList<>();
        AtomicReference<Long> last = new AtomicReference<>(0L);
        worker(fixture.repositories()).run(deep(2), MACHINE, (phase, done, total) -> {
            if (phase.equals("trial restore")) {
                assertThat(done).isBetween(last.get(), total);
                last.set(done);
                totals.add(total);
            }
        });
        assertThat(totals).isNotEmpty().containsOnly(2 * RepositoryFixture.SIZE);
    }

    @Test
    void sabotaged_a_restore_that_writes_one_other_byte_is_found() throws Exception {
        Repositories sabotaged = fixture.repositoriesWith("qemu-img \"$@\" || exit\n" + CONVERT
                + "for last; do :; done; qemu-io -f qcow2 -c 'write -P 99 700000 1' \"$last\"; fi");
        assertThat(damage(verify(sabotaged, 2))).contains("not what is in it").contains("offset 699904");
    }

    @Test
    void a_compressed_cluster_that_no_longer_unpacks_although_digest_and_metadata_agree() throws Exception {
        // given: a full backup whose file was spoilt before its digest was made
        PartialBackup partial = fixture.repository()
                .begin(
                        MACHINE,
                        RepositoryFixture.NAME,
                        RepositoryFixture.operation(7, Optional.of(Compression.ZSTD), RepositoryFixture.full(DISK)),
                        Map.of(DISK, RepositoryFixture.facts(DISK, RepositoryFixture.SIZE)));
        Path target = partial.target(DISK);
        RequiredProgram.QEMU_IO.run("-c", "write -c -P 5 0 65536", "--image-opts", RepositoryFixture.options(target));
        spoilCompressed(target);
        partial.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE);
        // then: reading the files finds nothing, restoring them does
        assertThat(fixture.damages(7)).isEmpty();
        assertThat(damage(verify(fixture.repositories(), 7))).contains("cannot be restored");
    }

    @Test
    void without_room_nothing_is_begun_and_nothing_said_about_the_backup() throws Exception {
        Repositories full = fixture.repositoriesWith(
                "if [ \"$1\" = measure ]; then echo '{\"required\": 9000000000000000000}'; exit; fi\n"
                        + "if [ \"$1\" = convert ]; then echo never >&2; exit 9; fi\nexec qemu-img \"$@\"");
        assertThat(verify(full, 2)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(FailureCode.REPOSITORY_FAILED);
            assertThat(refused.detail()).contains("9000000000000000000 bytes").contains("are free");
        });
    }

    @Test
    void a_scratch_that_cannot_be_written_says_nothing_about_the_backup() throws Exception {
        Repositories failing =
                fixture.repositoriesWith(CONVERT + "echo no space >&2; exit 1; fi\nexec qemu-img \"$@\"");
        assertThat(verify(failing, 2))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.detail()).contains("no space"));
    }

    @Test
    void a_crash_leaves_a_scratch_that_the_next_reading_of_any_backup_removes() throws Exception {
        Path left = fixture.root().resolve(MACHINE.value()).resolve(RepositoryFixture.ulid(99) + ".trial");
        Files.createDirectory(left);
        Files.writeString(left.resolve("vda.qcow2"), "half");
        assertThat(scratches()).isNotEmpty();
        assertThat(fixture.verify(0)).isInstanceOf(Outcome.Done.class);
        assertThat(left).doesNotExist();
        assertThat(fixture.damages(2)).isEmpty();
    }

    @Test
    void an_abort_after_a_crash_removes_what_it_left() throws Exception {
        Path left = fixture.root().resolve(MACHINE.value()).resolve(deep(2).id() + ".trial");
        Files.createDirectory(left);
        Files.writeString(left.resolve("vda.qcow2"), "half");
        Outcome ended = worker(fixture.repositories()).run(new AbortOperation(deep(2)), MACHINE, ProgressListener.NONE);
        assertThat(((Outcome.Refused) ended).code()).isEqualTo(FailureCode.ABORTED);
    }

    /** Java closes a file under whoever reads it and is interrupted; an abort comes when it comes. */
    @Test
    void an_interrupt_before_the_first_file_is_read_is_no_damage() throws Exception {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> fixture.verify(2)).isInstanceOf(InterruptedException.class);
        } finally {
            // Also where the flag was left: the next test is not meant by it.
            Thread.interrupted();
        }
        assertThat(fixture.damages(2)).isEmpty();
    }

    @Test
    void an_interrupt_ends_the_copy_and_leaves_nothing() throws Exception {
        Path copying = fixture.outside("copying");
        Repositories slow =
                fixture.repositoriesWith(CONVERT + "touch " + copying + "; exec sleep 600; fi\nexec qemu-img \"$@\"");
        CountDownLatch stopped = new CountDownLatch(1);
        Thread working = Thread.ofPlatform().start(() -> {
            try {
                verify(slow, 2);
            } catch (InterruptedException expected) {
                stopped.countDown();
            }
        });
        await().until(() -> Files.exists(copying));
        assertThat(scratches()).isNotEmpty();
        working.interrupt();
        working.join();
        assertThat(stopped.getCount()).isZero();
    }

    private static Outcome verify(Repositories repositories, long number) throws InterruptedException {
        return worker(repositories).run(deep(number), MACHINE, ProgressListener.NONE);
    }

    private static RepositoryWorker worker(Repositories repositories) {
        return new RepositoryWorker(repositories);
    }

    private static VerifyOperation deep(long number) {
        return RepositoryFixture.verification(number, true, List.of());
    }

    private static String damage(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        assertThat(((Outcome.Done) outcome).evidence()).isInstanceOf(Evidence.Damaged.class);
        return ((Evidence.Damaged) ((Outcome.Done) outcome).evidence()).disks().toString();
    }

    /** Everything behind the metadata, which lies in the first clusters. */
    private static void spoilCompressed(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            long data = 5 * 65536L;
            assertThat(open.length()).isGreaterThan(data);
            open.seek(data);
            open.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        }
    }

    private List<Path> scratches() throws IOException {
        try (Stream<Path> entries = Files.walk(fixture.root())) {
            return entries.filter(entry -> entry.toString().contains(".trial")).toList();
        }
    }
}
