package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.REPOSITORY;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.SIZE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.id.TargetPrefix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server over TCP, and what a gateway may write to that was told nothing. */
@SuppressWarnings("NullAway.Init")
class TargetsIT {
    private RepositoryFixture fixture;
    private Path store;
    private int port;
    private Process server;

    @BeforeEach
    void chainAndServer() throws Exception {
        fixture = new RepositoryFixture();
        fixture.storeChain();
        store = fixture.outside("store");
        byte[] former = new byte[(int) SIZE + 4_096];
        Arrays.fill(former, (byte) 0x99);
        Files.write(store, former);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        server = new ProcessBuilder(
                        RequiredProgram.QEMU_NBD.path(),
                        "-t",
                        "-e",
                        "4",
                        "-b",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-x",
                        "disk",
                        "-f",
                        "raw",
                        store.toString())
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(this::answers);
    }

    private boolean answers() {
        try {
            RequiredProgram.NBDINFO.run("--size", address().value());
            return true;
        } catch (AssertionError notYet) {
            return false;
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        server.destroyForcibly().waitFor();
        fixture.close();
    }

    private TargetAddress address() {
        return new TargetAddress("nbd://127.0.0.1:" + port + "/disk");
    }

    private Outcome restored(AllowedTargets allowed, long number) throws InterruptedException {
        RestoreOperation operation = new RestoreOperation(
                new OperationId(RepositoryFixture.ulid(5000 + number)),
                backup(number),
                REPOSITORY,
                List.of(DISK),
                "",
                RestoreFormat.RAW,
                List.of(),
                List.of(new DiskTarget(DISK, address())));
        Repositories repositories =
                new Repositories(Map.of(REPOSITORY, fixture.root()), Map.of(), CrashHook.NONE, allowed);
        return new RepositoryWorker(repositories).run(operation, MACHINE, ProgressListener.NONE);
    }

    @Test
    void what_a_server_over_tcp_holds_is_the_disk_and_its_digest_that_of_the_disks_bytes() throws Exception {
        AllowedTargets allowed = new AllowedTargets(List.of(new TargetPrefix("nbd://127.0.0.1:" + port)));
        for (long number : new long[] {2, 0}) {
            assertThat(restored(allowed, number)).isInstanceOf(Outcome.Done.class);
            byte[] held = Files.readAllBytes(store);
            byte[] disk = fixture.content(fixture.file(number), RestoreFormat.QCOW2);
            assertThat(Arrays.copyOf(held, disk.length)).isEqualTo(disk);
            assertThat(held[disk.length]).isEqualTo((byte) 0x99);
            FileDigest digest = TargetDigest.of(allowed.resolved(address()), SIZE, bytes -> {});
            assertThat(digest.length()).isEqualTo(SIZE);
            assertThat(digest.sha256())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(disk)));
        }
        assertThatThrownBy(() -> TargetDigest.of(allowed.resolved(address()), SIZE * 2, bytes -> {}))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("ended after");
    }

    @Test
    void a_gateway_that_was_told_nothing_or_something_else_writes_nowhere() throws Exception {
        byte[] before = Files.readAllBytes(store);
        for (AllowedTargets allowed : List.of(
                AllowedTargets.none(),
                new AllowedTargets(List.of(
                        new TargetPrefix("/dev"),
                        new TargetPrefix("nbd+unix:/run"),
                        new TargetPrefix("nbd://127.0.0.1:" + port + "/other"))))) {
            assertThat(restored(allowed, 2)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.TARGET_REFUSED);
                assertThat(refused.detail()).contains("--allow-target");
            });
        }
        assertThat(Files.readAllBytes(store)).isEqualTo(before);
    }

    @Test
    void one_place_is_written_by_one_operation_whatever_it_is_called() throws IOException, RepositoryException {
        Path socket = Files.createFile(fixture.outside("socket"));
        Path alias = Files.createSymbolicLink(fixture.outside("alias"), socket);
        AllowedTargets allowed = new AllowedTargets(
                List.of(new TargetPrefix("nbd+unix:" + fixture.outside("x").getParent())));
        Target one = allowed.resolved(new TargetAddress("nbd+unix:///disk?socket=" + socket));
        Target same = allowed.resolved(new TargetAddress("nbd+unix:///disk?socket=" + alias));
        Target other = allowed.resolved(new TargetAddress("nbd+unix:///other?socket=" + socket));
        allowed.claim(one, "first");
        allowed.claim(one, "first");
        allowed.claim(other, "second");
        assertThatThrownBy(() -> allowed.claim(same, "second")).hasMessageContaining("another operation");
        allowed.release("first");
        allowed.claim(same, "second");
    }
}
