package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.stage.Stage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/**
 * Restores a backup and compares it, byte for byte, with what the disks held at its moment: through the coordinator, or by
 * qemu-img from the repository alone.
 */
final class Judge {
    private static final AtomicLong NUMBER = new AtomicLong();

    private final Scene scene;
    private final QemuUnderTest qemu;

    Judge(Scene scene, QemuUnderTest qemu) {
        this.scene = scene;
        this.qemu = qemu;
    }

    /** False if it could not be restored now; what is wrong becomes a finding. */
    boolean judged(Client client, Made made, boolean byCoordinator)
            throws Refused, Wire.Silent, Client.Broken, InterruptedException, IOException {
        Path target = scene.stage().resolve("restores").resolve("r" + NUMBER.incrementAndGet());
        Files.createDirectories(target.getParent());
        try {
            if (!byCoordinator) {
                Files.createDirectory(target);
                compare(client, made, plainly(client, made, target), target, "qemu-img");
                return true;
            }
            JsonNode ended = client.ended(
                    client.start("restores", Map.of("backup", made.id(), "to", target.toString(), "format", "RAW")));
            if (!Client.isDone(ended)) {
                return refusedRestore(client, made, ended, target);
            }
            Map<String, Path> files = new LinkedHashMap<>();
            for (JsonNode disk : ended.path("result").path("disks")) {
                files.put(
                        disk.path("disk").asString(""),
                        Path.of(disk.path("file").asString("")));
            }
            compare(client, made, files, target, "coordinator");
            return true;
        } finally {
            Stage.delete(target);
        }
    }

    private boolean refusedRestore(Client client, Made made, JsonNode ended, Path target) {
        if (ended.path("code").asString("").equals("BACKUP_DAMAGED")) {
            wrong(client, made, "the restore says: " + ended.path("error").asString(""), target);
            return true;
        }
        return false;
    }

    private Map<String, Path> plainly(Client client, Made made, Path target) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (JsonNode disk : made.backup().path("disks")) {
            String name = disk.path("disk").asString("");
            Path layer =
                    scene.repository().resolve(client.vmId()).resolve(made.id()).resolve(name + ".qcow2");
            Path raw = target.resolve(name + ".raw");
            scene.programs()
                    .run(
                            "judge",
                            List.of(
                                    "qemu-img",
                                    "convert",
                                    "-q",
                                    "-f",
                                    "qcow2",
                                    "-O",
                                    "raw",
                                    layer.toString(),
                                    raw.toString()));
            files.put(name, raw);
        }
        return files;
    }

    private void compare(Client client, Made made, Map<String, Path> files, Path target, String how)
            throws IOException {
        Map<String, Content> restored = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            if (scene.options().sabotage() == SoakOptions.Sabotage.RESTORED_BYTE_CHANGED) {
                flipByte(file.getValue());
            }
            restored.put(file.getKey(), Content.ofRaw(file.getValue()));
        }
        scene.tally().count("restored by " + how);
        scene.tally().add("disks compared", restored.size());
        if (restored.size() != made.backup().path("disks").size()) {
            wrong(client, made, "restored by " + how + ": only " + restored.keySet(), target);
        } else if (!made.reference().fits(restored)) {
            wrong(client, made, "restored by " + how + ": " + made.reference().differences(restored), target);
        }
    }

    private void wrong(Client client, Made made, String detail, Path target) {
        String subject = client.vm() + "-" + made.id();
        scene.findings().add(Findings.Kind.WRONG, subject, detail + "; " + made.backup(), directory -> {
            Findings.json(directory.resolve("reference.json"), made.reference().moments());
            if (Files.exists(target)) {
                Findings.copy(target, directory.resolve("restored"));
            }
            Findings.copy(scene.repository().resolve(client.vmId()), directory.resolve("repository"));
            Findings.json(directory.resolve("events.json"), client.events());
            Findings.copy(qemu.directory(), directory.resolve("machine"));
        });
    }

    private static void flipByte(Path file) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.seek(opened.length() / 2);
            int before = opened.read();
            opened.seek(opened.length() / 2);
            opened.write(before ^ 1);
        }
    }
}
