package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.RecordedFile;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.Ulid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A repository in a temporary directory, and backups in it that are written by qemu-io in QEMU's place. */
final class RepositoryFixture implements AutoCloseable {
    static final RepositoryName REPOSITORY = new RepositoryName("default");
    static final MachineId MACHINE = new MachineId(ulid(1));
    static final MachineName NAME = new MachineName("web");
    static final DiskName DISK = new DiskName("vda");
    static final long SIZE = 1024 * 1024 + 512;

    private final ShortDirectory directory = ShortDirectory.create();
    private final Path root;

    RepositoryFixture() throws IOException {
        // Characters that mean something to QEMU where they are not quoted.
        root = Files.createDirectory(directory.resolve("re,po:json%20"));
    }

    static String ulid(long number) {
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        for (int index = 0; index < 8; index++) {
            randomness[9 - index] = (byte) (number >>> (8 * index));
        }
        return Ulid.encode(1_700_000_000_000L, randomness);
    }

    static BackupId backup(long number) {
        return new BackupId(ulid(1000 + number));
    }

    static CheckpointId checkpoint(long number) {
        return new CheckpointId(ulid(2000 + number));
    }

    Path root() {
        return root;
    }

    Path outside(String name) {
        return directory.resolve(name);
    }

    Path backupDirectory(long number) {
        return root.resolve(MACHINE.value()).resolve(backup(number).value());
    }

    Path partialDirectory(long number) {
        return root.resolve(MACHINE.value()).resolve(backup(number) + ".partial");
    }

    Path file(long number) {
        return backupDirectory(number).resolve("vda.qcow2");
    }

    Repositories repositories() {
        return new Repositories(Map.of(REPOSITORY, root));
    }

    Repositories repositories(CrashHook hook) {
        return new Repositories(Map.of(REPOSITORY, root), hook);
    }

    Repository repository() throws RepositoryException {
        return repositories().named(REPOSITORY);
    }

    /** A repository whose {@code qemu-img} is a script of this line. */
    Repository repositoryWith(String script) throws IOException, RepositoryException {
        return repositoriesWith(script).named(REPOSITORY);
    }

    Repositories repositoriesWith(String script) throws IOException {
        Path program = outside("qemu-img");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new Repositories(Map.of(REPOSITORY, root), CrashHook.NONE, new QemuImage(program.toString()));
    }

    static DiskPlan full(DiskName disk) {
        return new DiskPlan(
                disk,
                BackupKind.FULL,
                Optional.empty(),
                Optional.empty(),
                Optional.of(FullCause.REQUESTED),
                "asked for");
    }

    static DiskPlan incremental(DiskName disk, long parent) {
        return new DiskPlan(
                disk,
                BackupKind.INCREMENTAL,
                Optional.of(checkpoint(parent)),
                Optional.of(backup(parent)),
                Optional.empty(),
                "");
    }

    /** Backup {@code number}, with checkpoint {@code number}. */
    static PushBackupOperation operation(long number, DiskPlan... plans) {
        return operation(number, Optional.empty(), plans);
    }

    static PushBackupOperation operation(long number, Optional<Compression> compression, DiskPlan... plans) {
        return new PushBackupOperation(
                new OperationId(ulid(3000 + number)),
                backup(number),
                REPOSITORY,
                Optional.of(new BackupCheckpoint(checkpoint(number), new CheckpointName("cp" + number))),
                Arrays.stream(plans)
                        .map(plan -> new DiskBackup(plan, true, Optional.empty(), List.of()))
                        .toList(),
                OptionalLong.empty(),
                compression,
                Instant.ofEpochSecond(1_700_000_000 + number),
                false,
                false);
    }

    static DiskFacts facts(DiskName disk, long size) {
        return new DiskFacts(disk, "node-" + disk, "qcow2", size, "/images/" + disk + ".qcow2", 0, true);
    }

    static BackupFacts copied(DiskName... disks) {
        Map<DiskName, Long> bytes = new HashMap<>();
        for (DiskName disk : disks) {
            bytes.put(disk, 65536L);
        }
        return new BackupFacts(new QemuFacts("7.2.22", OptionalLong.of(42), OptionalLong.empty()), bytes);
    }

    PartialBackup begin(long number, DiskPlan plan) throws RepositoryException, InterruptedException {
        return repository().begin(MACHINE, NAME, operation(number, plan), Map.of(DISK, facts(DISK, SIZE)));
    }

    /** A completed backup of the one disk: number 0 is full, the others stand on the one before. */
    Manifest store(long number, String... writes) throws RepositoryException, InterruptedException {
        PartialBackup partial = begin(number, number == 0 ? full(DISK) : incremental(DISK, number - 1));
        qemuIo(partial.target(DISK), writes);
        return partial.complete(copied(DISK), ProgressListener.NONE);
    }

    /** Three backups, each with something of its own. */
    void storeChain() throws RepositoryException, InterruptedException {
        store(0, "write -P 1 0 " + SIZE);
        store(1, "write -P 2 65536 65536");
        store(2, "write -P 3 131072 512");
    }

    Outcome verify(long number) throws InterruptedException {
        return new RepositoryWorker(repositories())
                .run(
                        new VerifyOperation(new OperationId(ulid(4000 + number)), backup(number), REPOSITORY),
                        MACHINE,
                        ProgressListener.NONE);
    }

    /** Whoever can write the file can write the manifest. */
    void adoptDigest(long number) throws IOException, InterruptedException {
        Manifest manifest = ManifestFile.read(backupDirectory(number), MACHINE, backup(number));
        FileDigest digest = FileDigest.of(file(number), bytes -> {});
        Manifest.StoredDisk old = manifest.disks().getFirst();
        Path file = backupDirectory(number).resolve("manifest.json");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace(old.sha256(), digest.sha256())
                        .replace("\"fileSize\" : " + old.fileSize(), "\"fileSize\" : " + digest.length()));
    }

    /** As the log has the files of these backups, which are the topmost one and those below it. */
    List<RecordedFile> recorded(Manifest... manifests) {
        return Arrays.stream(manifests)
                .flatMap(manifest -> manifest.completedDisks().stream()
                        .map(disk -> new RecordedFile(
                                manifest.backup(), disk.disk(), disk.parent(), disk.fileSize(), disk.sha256())))
                .toList();
    }

    static VerifyOperation verification(long number, boolean deep, List<RecordedFile> recorded) {
        return new VerifyOperation(new OperationId(ulid(4000 + number)), backup(number), REPOSITORY, deep, recorded);
    }

    List<DamagedDisk> damages(long number) throws InterruptedException {
        return verify(number) instanceof Outcome.Done(Outcome.Evidence.Damaged damaged) ? damaged.disks() : List.of();
    }

    static RestoreOperation restoration(long number, Path to, RestoreFormat format) {
        return new RestoreOperation(
                new OperationId(ulid(5000 + number)), backup(number), REPOSITORY, List.of(), to.toString(), format);
    }

    Outcome restore(long number, Path to, RestoreFormat format) throws InterruptedException {
        return run(restoration(number, to, format));
    }

    Outcome run(RestoreOperation operation) throws InterruptedException {
        return new RepositoryWorker(repositories()).run(operation, MACHINE, ProgressListener.NONE);
    }

    /** Runs qemu-io commands; each must say that it wrote what it was told to. */
    static void qemuIo(Path image, String... commands) {
        for (String command : commands) {
            String printed = RequiredProgram.QEMU_IO.run("-c", command, "--image-opts", options(image));
            String bytes = command.substring(command.lastIndexOf(' ') + 1);
            if (!printed.contains("wrote " + bytes + "/" + bytes + " bytes")) {
                throw new AssertionError(command + ": " + printed);
            }
        }
    }

    /** The guest's view of an image, whatever its format: as raw bytes. */
    byte[] content(Path image, RestoreFormat format) throws IOException {
        if (format == RestoreFormat.RAW) {
            return Files.readAllBytes(image);
        }
        Path raw = Files.createTempFile(directory.path(), "content", ".raw");
        RequiredProgram.QEMU_IMG.run("convert", "--image-opts", "-O", "raw", options(image), raw.toString());
        return Files.readAllBytes(raw);
    }

    static String options(Path image) {
        return "driver=qcow2,file.driver=file,file.filename=" + image.toString().replace(",", ",,");
    }

    @Override
    public void close() {
        directory.close();
    }
}
