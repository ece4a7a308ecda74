package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.Gateway;
import dev.tidemark.gateway.GatewaySettings;
import dev.tidemark.gateway.GatewaySettings.Patience;
import dev.tidemark.gateway.act.repository.KeyRing;
import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpLimits;
import dev.tidemark.gateway.qmp.QmpSession;
import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.gateway.testkit.StorageDaemon;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.TargetPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** A storage daemon with disks {@code d0}, {@code d1}, …, a repository, a gateway and a coordinator made by hand. */
final class Rig implements AutoCloseable {
    static final long DISK_BYTES = 16L << 20;
    static final Duration TIME_MAX = Duration.ofSeconds(90);
    private static final HostName HOST = new HostName("here");

    final ShortDirectory files = ShortDirectory.create();
    final MachineId machine = new MachineId(Operations.ulid());
    final StorageDaemon daemon;
    final FakeCoordinator coordinator;
    final List<DiskName> disks = new ArrayList<>();
    final Path repository = files.resolve("repository");
    volatile CrashHook crash = CrashHook.NONE;
    private final HeldLooks looks = new HeldLooks();
    private Optional<Path> key = Optional.empty();
    private List<TargetPrefix> targets = List.of();
    private Waits waits = new Waits(Duration.ofSeconds(30), Duration.ofSeconds(30));
    private Gateway gateway;

    Rig(int diskCount) {
        this(Collections.nCopies(diskCount, DISK_BYTES));
    }

    /** Disks of these sizes in bytes. */
    Rig(List<Long> sizes) {
        List<String> blockdevs = new ArrayList<>();
        List<String> exports = new ArrayList<>();
        for (int index = 0; index < sizes.size(); index++) {
            String name = "d" + index;
            disks.add(new DiskName(name));
            exports.add(name);
            blockdevs.add(DiskImage.qcow2Blockdev(
                    name, DiskImage.createQcow2(files.resolve(name + ".qcow2"), sizes.get(index))));
        }
        daemon = StorageDaemon.start(blockdevs, exports);
        coordinator = new FakeCoordinator(machine, HOST, daemon.socket().toString());
        try {
            Files.createDirectories(repository);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        gateway = startGateway();
    }

    GatewaySettings settings() {
        return new GatewaySettings(
                HOST,
                Map.of(Operations.REPOSITORY, repository),
                key.map(file -> Map.of(Operations.REPOSITORY, new KeyRing(List.of(file))))
                        .orElseGet(Map::of),
                files.resolve("locks"),
                new GatewaySettings.Serving(Optional.empty(), files.resolve("scratch")),
                new GatewaySettings.Bounds(
                        QmpLimits.defaults().withTimeouts(waits.greeting(), waits.greeting()),
                        PeerUsers.usual(),
                        targets,
                        List.of()),
                new Patience(waits.answer(), waits.answer(), Duration.ofSeconds(2), Patience.USUAL.stall()));
    }

    /** How long QEMU is waited for: longer than a busy machine keeps one from its processor. */
    private record Waits(Duration greeting, Duration answer) {}

    /** As a gateway that does not wait long for a QEMU that stands still. */
    void restartImpatiently() {
        waits = new Waits(Duration.ofSeconds(2), Duration.ofSeconds(5));
        restartGateway();
    }

    /** What is written from now on is encrypted with the key in this file. */
    void encrypt(Path file) {
        key = Optional.of(file);
        restartGateway();
    }

    /** From now on it may be written to what lies there. */
    void allow(TargetPrefix prefix) {
        targets = List.of(prefix);
        restartGateway();
    }

    private Gateway startGateway() {
        return startGateway(settings());
    }

    private Gateway startGateway(GatewaySettings settings) {
        return Gateway.start(settings, coordinator, point -> {
            looks.at(point);
            crash.at(point);
        });
    }

    void stopGateway() {
        gateway.close();
    }

    void restartGateway() {
        gateway.close();
        gateway = startGateway();
    }

    /** With so much patience for a job that stands still. */
    void restartGateway(Duration stallLimit) {
        gateway.close();
        gateway = startGateway(settings().with(settings().patience().stalling(stallLimit)));
    }

    /** Does what takes several commands to QEMU, of which the gateway would rightly act on less than all. */
    void betweenLooks(Runnable changes) {
        looks.hold();
        try {
            changes.run();
        } finally {
            looks.letGo();
        }
    }

    DiskName disk(int index) {
        return disks.get(index);
    }

    void write(int disk, int pattern, long offset, long length) {
        daemon.write("d" + disk, pattern, offset, length);
    }

    Outcome run(Operation operation) {
        coordinator.ask(operation);
        return outcome(operation.id());
    }

    Outcome outcome(OperationId operation) {
        await().atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> coordinator
                        .outcome(operation)
                        .filter(outcome -> !(outcome instanceof Outcome.Unknown))
                        .isPresent());
        return coordinator.outcome(operation).orElseThrow();
    }

    /** Waits until the whole machine was seen to be so. */
    Sight.Observed awaitSeen(Predicate<Sight.Observed> predicate) {
        await().atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> coordinator.lastObserved().filter(predicate).isPresent());
        return coordinator.lastObserved().orElseThrow();
    }

    Sight.Observed awaitDisks() {
        return awaitSeen(observed -> observed.disks().size() == disks.size());
    }

    CheckpointOperation checkpointOperation() {
        List<NewBitmap> parts =
                disks.stream().map(disk -> new NewBitmap(disk, newest(disk))).toList();
        return new CheckpointOperation(Operations.operation(), Operations.bitmap(), parts);
    }

    BitmapName checkpoint() {
        CheckpointOperation operation = checkpointOperation();
        assertThat(run(operation)).isEqualTo(new Outcome.Done(new Outcome.Evidence.Seen()));
        return operation.bitmap();
    }

    Optional<BitmapName> newest(DiskName disk) {
        List<DesiredBitmap> chain = coordinator.chain(disk);
        return chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast().name());
    }

    Outcome.Evidence.Stored stored(PushBackupOperation operation) {
        Outcome outcome = run(operation);
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return (Outcome.Evidence.Stored) ((Outcome.Done) outcome).evidence();
    }

    /** Another speed is wanted of the backup that is pending. */
    void limit(OptionalLong bytesPerSecondMax) {
        coordinator.change(desired -> FakeCoordinator.with(
                desired,
                desired.disks(),
                desired.operation()
                        .map(pending -> pending instanceof PushBackupOperation backup
                                ? Operations.limited(backup, bytesPerSecondMax)
                                : pending),
                desired.repositoryOperations()));
    }

    /** As QEMU tells it to a bystander. */
    List<Long> speeds() {
        try (RawMonitor bystander = bystander()) {
            return bystander
                    .execute("{\"execute\":\"query-block-jobs\"}")
                    .valueStream()
                    .map(job -> job.path("speed").asLong(-1))
                    .toList();
        }
    }

    Path backupFile(BackupId backup, int disk) {
        return repository.resolve(machine.value()).resolve(backup.value()).resolve("d" + disk + ".qcow2");
    }

    /** What a backup holds, as qemu-img alone restores it. */
    byte[] restored(BackupId backup, int disk) {
        Path raw = files.resolve("restored-" + backup + "-" + disk);
        RequiredProgram.QEMU_IMG.run(
                "convert", "-O", "raw", backupFile(backup, disk).toString(), raw.toString());
        return read(raw);
    }

    /** What the guest sees of a disk now. */
    byte[] content(int disk) {
        Path raw = files.resolve("content-" + disk);
        RequiredProgram.QEMU_IMG.run(
                "convert",
                "-O",
                "raw",
                "-f",
                "raw",
                "nbd+unix:///d" + disk + "?socket=" + daemon.nbdSocket(),
                raw.toString());
        return read(raw);
    }

    void assertNothingOfOursButBitmaps() {
        await().atMost(TIME_MAX).untilAsserted(() -> {
            Sight.Observed observed = coordinator.lastObserved().orElseThrow();
            assertThat(observed.jobs()).isEmpty();
            assertThat(observed.nodes()).isEmpty();
            assertThat(observed.exports()).isEmpty();
            assertThat(observed.secretNames()).isEmpty();
            assertThat(observed.partialBackups()).isEmpty();
            assertThat(partialDirectories()).isEmpty();
            // What was reported last may have been seen before it was put away, or before it was there.
            for (int disk = 0; disk < disks.size(); disk++) {
                assertThat(SecondOpinion.bitmaps(this, disk).keySet())
                        .noneMatch(name -> name.startsWith(BitmapName.TEMPORARY_PREFIX));
            }
        });
    }

    List<Path> partialDirectories() {
        Path directory = repository.resolve(machine.value());
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.filter(entry -> entry.toString().endsWith(".partial"))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Whether another gateway of the host could own the monitor now. */
    boolean isMonitorFree() {
        try (QmpSession session =
                QmpSession.open(daemon.socket(), settings().lockDirectory(), QmpLimits.defaults(), event -> {})) {
            return session.isOpen();
        } catch (QmpException taken) {
            return false;
        }
    }

    RawMonitor bystander() {
        return RawMonitor.connect(daemon.bystanderSocket());
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static boolean same(byte[] one, byte[] other) {
        return Arrays.equals(one, other);
    }

    @Override
    public void close() {
        gateway.close();
        daemon.close();
        files.close();
    }
}
