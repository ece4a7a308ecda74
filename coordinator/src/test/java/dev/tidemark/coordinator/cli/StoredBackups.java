package dev.tidemark.coordinator.cli;

import dev.tidemark.gateway.act.repository.Manifest;
import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A repository as a coordinator that is no more has left it: a full backup of a machine's disk and an incremental one on it. */
final class StoredBackups {
    static final String FULL = "01K1ZB0000000000000000BK01";
    static final String INCREMENTAL = "01K1ZB0000000000000000BK02";
    private static final MachineId MACHINE = new MachineId("01K1ZV0000000000000000VM01");
    private static final int SIZE = 1 << 20;

    private final Path repository;

    StoredBackups(Path repository) {
        this.repository = repository;
    }

    Path repository() {
        return repository;
    }

    void full() throws Exception {
        store(repository, MACHINE, FULL, Optional.empty(), "write -P 1 0 128k");
    }

    void incremental() throws Exception {
        store(repository, MACHINE, INCREMENTAL, Optional.of(FULL), "write -P 2 64k 64k");
    }

    Path file(String backup) {
        return file(repository, MACHINE, backup);
    }

    static Path file(Path repository, MachineId machine, String backup) {
        return repository.resolve(machine.value()).resolve(backup).resolve("vda.qcow2");
    }

    /** What a restore has to give: what qemu-img reads from the file and those below it. */
    Path truth(String backup) {
        Path raw = repository.resolveSibling(backup + ".truth");
        RequiredProgram.QEMU_IMG.run(
                "convert", "-f", "qcow2", "-O", "raw", file(backup).toString(), raw.toString());
        return raw;
    }

    /** A disk {@code vda} of one mebibyte; {@code writes} are qemu-io's. */
    static void store(Path repository, MachineId machine, String backup, Optional<String> parent, String... writes)
            throws Exception {
        Files.createDirectories(repository.resolve(machine.value()).resolve(backup));
        Path file = file(repository, machine, backup);
        if (parent.isPresent()) {
            String below = "../" + parent.get() + "/vda.qcow2";
            RequiredProgram.QEMU_IMG.run(
                    "create", "-q", "-f", "qcow2", "-b", below, "-F", "qcow2", file.toString(), "" + SIZE);
        } else {
            RequiredProgram.QEMU_IMG.run("create", "-q", "-f", "qcow2", file.toString(), "" + SIZE);
        }
        for (String write : writes) {
            RequiredProgram.QEMU_IO.run("-f", "qcow2", "-c", write, file.toString());
        }
        byte[] content = Files.readAllBytes(file);
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        StoredDisk disk = new StoredDisk(
                new DiskName("vda"),
                parent.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                parent.map(CheckpointId::new),
                parent.map(BackupId::new),
                parent.isPresent() ? Optional.empty() : Optional.of(FullCause.REQUESTED),
                "",
                "vda.qcow2",
                SIZE,
                content.length,
                0,
                digest);
        Manifest manifest = new Manifest(
                Manifest.FORMAT_VERSION,
                new BackupId(backup),
                machine,
                new MachineName("web"),
                new OperationId(backup),
                Instant.parse("2026-07-01T12:00:00Z"),
                Optional.of(Instant.parse("2026-07-01T12:05:00Z")),
                Optional.of(new BackupCheckpoint(new CheckpointId(backup), new CheckpointName("cp-" + backup))),
                new QemuFacts("7.2.22", OptionalLong.empty(), OptionalLong.empty()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(disk));
        Files.writeString(file.resolveSibling("manifest.json"), Json.MAPPER.writeValueAsString(manifest));
    }
}
