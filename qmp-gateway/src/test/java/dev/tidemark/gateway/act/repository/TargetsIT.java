package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.REPOSITORY;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.SIZE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.id.TargetPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server over TCP, and what a gateway may write to that was told nothing. */
@SuppressWarnings("NullAway.Init")
class TargetsIT {
    private static final DiskName OTHER_DISK = new DiskName("vdb");
    private static final RepositoryName SECOND = new RepositoryName("second");
    private static final Map<DiskName, DiskFacts> FACTS =
            Map.of(DISK, RepositoryFixture.facts(DISK, SIZE), OTHER_DISK, RepositoryFixture.facts(OTHER_DISK, SIZE));

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
        server = serve(store, address(), "-b", "127.0.0.1", "-p", Integer.toString(port));
    }

    private static Process serve(Path file, TargetAddress address, String... where) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(RequiredProgram.QEMU_NBD.path(), "-t", "-e", "4", "-x", "disk", "-f", "raw"));
        command.addAll(List.of(where));
        command.add(file.toString());
        Process server = new ProcessBuilder(command).start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> answers(address));
        return server;
    }

    private static boolean answers(TargetAddress address) {
        try {
            RequiredProgram.NBDINFO.run("--size", address.value());
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

    private RestoreOperation restoration(long number) {
        return restoration(number, address());
    }

    private static RestoreOperation restoration(long number, TargetAddress to) {
        return new RestoreOperation(
                new OperationId(RepositoryFixture.ulid(5000 + number)),
                backup(number),
                REPOSITORY,
                List.of(DISK),
                "",
                RestoreFormat.RAW,
                List.of(),
                List.of(new DiskTarget(DISK, to)));
    }

    private Outcome restored(AllowedTargets allowed, long number) throws InterruptedException {
        Repositories repositories =
                new Repositories(Map.of(REPOSITORY, fixture.root()), Map.of(), CrashHook.NONE, allowed);
        return new RepositoryWorker(repositories).run(restoration(number), MACHINE, ProgressListener.NONE);
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
    void a_device_that_somebody_has_for_himself_is_refused_and_while_it_is_written_nobody_else_gets_it()
            throws Exception {
        Path medium = Files.write(fixture.outside("medium"), new byte[2 << 20]);
        String device =
                RequiredProgram.LOSETUP.run("-f", "--show", medium.toString()).strip();
        try {
            Path path = Path.of(device);
            List<Boolean> ours = new ArrayList<>();
            CrashHook look = point -> {
                try (Descriptor free = Descriptor.ofDevice(path).orElse(null)) {
                    ours.add(free == null);
                } catch (IOException fault) {
                    throw new UncheckedIOException(fault);
                }
            };
            AllowedTargets allowed = new AllowedTargets(List.of(new TargetPrefix("/dev")));
            RepositoryWorker worker =
                    new RepositoryWorker(new Repositories(Map.of(REPOSITORY, fixture.root()), Map.of(), look, allowed));
            RestoreOperation operation = restoration(2, new TargetAddress(device));
            try (Descriptor claimed = Descriptor.ofDevice(path).orElseThrow()) {
                assertThat(claimed.path()).isNotEqualTo(path);
                assertThat(worker.run(operation, MACHINE, ProgressListener.NONE))
                        .isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                            assertThat(refused.code()).isEqualTo(FailureCode.TARGET_IN_USE);
                            assertThat(refused.detail()).contains("for himself");
                        });
            }
            ours.clear();
            assertThat(worker.run(operation, MACHINE, ProgressListener.NONE)).isInstanceOf(Outcome.Done.class);
            assertThat(ours).startsWith(false).endsWith(true, true);
            byte[] disk = fixture.content(fixture.file(2), RestoreFormat.QCOW2);
            assertThat(Arrays.copyOf(Files.readAllBytes(path), disk.length)).isEqualTo(disk);
            // What has its name by now is not what was looked at.
            Target looked = allowed.resolved(new TargetAddress(device));
            Target other = new Target(looked.address(), looked.options(), "device 0:0", List.of(), Optional.of(path));
            assertThatThrownBy(other::hold).hasMessageContaining("another device");
        } finally {
            RequiredProgram.LOSETUP.run("-d", device);
        }
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
        allowed.claim(one, "first", DISK);
        allowed.claim(one, "first", DISK);
        allowed.claim(other, "second", DISK);
        assertThatThrownBy(() -> allowed.claim(same, "second", DISK)).hasMessageContaining("another operation");
        assertThatThrownBy(() -> allowed.claim(same, "first", OTHER_DISK))
                .hasMessageContaining("disk " + DISK + " of the same operation");
        allowed.release("first");
        allowed.claim(same, "second", OTHER_DISK);
    }

    private AllowedTargets all() {
        return new AllowedTargets(List.of(
                new TargetPrefix("nbd://127.0.0.1:" + port),
                new TargetPrefix("nbd+unix:" + fixture.outside("x").getParent())));
    }

    private static TargetAddress at(Path socket) {
        return new TargetAddress("nbd+unix:///disk?socket=" + socket);
    }

    private static PushBackupOperation copy(long number, RepositoryName repository, DiskTarget... targets) {
        PushBackupOperation plain = RepositoryFixture.operation(number);
        return new PushBackupOperation(
                plain.id(),
                plain.backup(),
                repository,
                Optional.empty(),
                Arrays.stream(targets)
                        .map(target -> new DiskBackup(
                                RepositoryFixture.full(target.disk()),
                                true,
                                Optional.empty(),
                                List.of(),
                                Optional.of(target.address())))
                        .toList(),
                OptionalLong.empty(),
                Optional.empty(),
                plain.requestedAt(),
                false,
                false);
    }

    @Test
    void two_disks_of_one_operation_never_go_to_one_place() throws Exception {
        Path socket = Files.createFile(fixture.outside("socket"));
        Path alias = Files.createSymbolicLink(fixture.outside("alias"), socket);
        DiskTarget[] targets = {new DiskTarget(DISK, at(socket)), new DiskTarget(OTHER_DISK, at(alias))};
        AllowedTargets allowed = all();
        Repositories repositories =
                new Repositories(Map.of(REPOSITORY, fixture.root()), Map.of(), CrashHook.NONE, allowed);
        Repository repository = repositories.named(REPOSITORY);
        assertThatThrownBy(() -> repository.begin(MACHINE, RepositoryFixture.NAME, copy(7, REPOSITORY, targets), FACTS))
                .hasMessageContaining("disk " + DISK + " of the same operation");
        assertThat(fixture.partialDirectory(7)).doesNotExist();
        // and of a restore
        PartialBackup two = repository.begin(
                MACHINE,
                RepositoryFixture.NAME,
                RepositoryFixture.operation(8, RepositoryFixture.full(DISK), RepositoryFixture.full(OTHER_DISK)),
                FACTS);
        two.complete(RepositoryFixture.copied(DISK, OTHER_DISK), ProgressListener.NONE);
        RestoreOperation restore = new RestoreOperation(
                new OperationId(RepositoryFixture.ulid(5008)),
                backup(8),
                REPOSITORY,
                List.of(DISK, OTHER_DISK),
                "",
                RestoreFormat.RAW,
                List.of(),
                List.of(targets));
        assertRefused(
                new RepositoryWorker(repositories).run(restore, MACHINE, ProgressListener.NONE),
                FailureCode.TARGET_IN_USE,
                "of the same operation");
    }

    private static void assertRefused(Outcome outcome, FailureCode code, String detail) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.code()).as(refused.detail()).isEqualTo(code);
            assertThat(refused.detail()).contains(detail);
        });
    }

    private Outcome restoredBeside(Path second) throws InterruptedException {
        // A gateway that has just come up: nobody has claimed anything yet.
        Repositories repositories =
                new Repositories(Map.of(REPOSITORY, fixture.root(), SECOND, second), Map.of(), CrashHook.NONE, all());
        return new RepositoryWorker(repositories).run(restoration(2), MACHINE, ProgressListener.NONE);
    }

    @Test
    void what_a_strangers_backup_in_any_repository_wrote_or_writes_is_not_overwritten_and_what_cannot_be_seen_neither()
            throws Exception {
        MachineId strange = new MachineId(RepositoryFixture.ulid(99));
        Path second = Files.createDirectory(fixture.outside("second"));
        Repositories before = new Repositories(Map.of(SECOND, second), Map.of(), CrashHook.NONE, all());
        PartialBackup copy = before.named(SECOND)
                .begin(
                        strange,
                        RepositoryFixture.NAME,
                        copy(7, SECOND, new DiskTarget(DISK, address())),
                        Map.of(DISK, RepositoryFixture.facts(DISK, SIZE)));
        Path manifest =
                second.resolve(strange.value()).resolve(backup(7).value()).resolve("manifest.json");
        byte[] written = Files.readAllBytes(store);
        assertRefused(restoredBeside(second), FailureCode.TARGET_CLAIMED, backup(7) + ".partial lies there");
        copy.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE);
        assertRefused(restoredBeside(second), FailureCode.TARGET_CLAIMED, "of the backup in " + manifest.getParent());
        String sound = Files.readString(manifest);
        DurableFiles.replace(manifest, "{".getBytes(StandardCharsets.UTF_8));
        assertRefused(restoredBeside(second), FailureCode.REPOSITORY_FAILED, manifest.toString());
        DurableFiles.replace(manifest, sound.getBytes(StandardCharsets.UTF_8));
        Path away = fixture.outside("away");
        Files.move(second, away);
        assertRefused(restoredBeside(second), FailureCode.REPOSITORY_FAILED, "repository 'second'");
        assertThat(Files.readAllBytes(store)).isEqualTo(written);
        Files.move(away, second);
        Files.move(manifest.getParent(), fixture.outside("deleted"));
        assertThat(restoredBeside(second)).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void a_link_that_leads_elsewhere_when_the_copy_is_read_back_is_a_failure() throws Exception {
        Path socket = fixture.outside("listening");
        Path link = Files.createSymbolicLink(fixture.outside("link"), socket);
        Path held = Files.copy(store, fixture.outside("held"));
        Process behind = serve(held, at(socket), "-k", socket.toString());
        try {
            Repository repository = new Repositories(
                            Map.of(REPOSITORY, fixture.root()), Map.of(), CrashHook.NONE, all())
                    .named(REPOSITORY);
            PartialBackup partial = repository.begin(
                    MACHINE, RepositoryFixture.NAME, copy(7, REPOSITORY, new DiskTarget(DISK, at(link))), FACTS);
            assertThat(repository.partial(MACHINE, backup(7))).isPresent();
            Path other = fixture.outside("other");
            Files.delete(link);
            Files.createSymbolicLink(link, other);
            Process another = serve(Files.copy(store, fixture.outside("held2")), at(other), "-k", other.toString());
            try {
                assertThatThrownBy(() -> partial.elsewhere(DISK)).hasMessageContaining("when the copy began");
                assertThatThrownBy(() -> partial.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE))
                        .hasMessageContaining("when the copy began")
                        .isInstanceOfSatisfying(
                                RepositoryException.class,
                                failure -> assertThat(failure.code()).isEqualTo(FailureCode.TARGET_FAILED));
                assertThatThrownBy(() -> repository.partial(MACHINE, backup(7)))
                        .hasMessageContaining("when the copy began");
                assertThat(fixture.backupDirectory(7)).doesNotExist();
            } finally {
                another.destroyForcibly().waitFor();
            }
        } finally {
            behind.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_damaged_backup_overwrites_nothing() throws Exception {
        byte[] before = Files.readAllBytes(store);
        // In the lowest layer, at its end, where the guest's data lie.
        Path lowest = fixture.file(0);
        assertThat(lowest.toFile().setWritable(true)).isTrue();
        byte[] rotten = Files.readAllBytes(lowest);
        rotten[rotten.length - 600] ^= 1;
        Files.write(lowest, rotten);
        assertRefused(
                restored(new AllowedTargets(List.of(new TargetPrefix("nbd://127.0.0.1:" + port))), 2),
                FailureCode.BACKUP_DAMAGED,
                "sha256");
        assertThat(Files.readAllBytes(store)).isEqualTo(before);
    }
}
