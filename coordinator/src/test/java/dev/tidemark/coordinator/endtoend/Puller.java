package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.json.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** A client of pull backups that knows nothing but what the interface tells, and reads with the tools that people use. */
final class Puller {
    private static final AtomicInteger FILES = new AtomicInteger();

    private final Api api;
    private final Path directory;

    Puller(Api api, Path directory) {
        this.api = api;
        this.directory = directory;
    }

    /** Waits until it can be read. */
    JsonNode ready(JsonNode operation) {
        JsonNode done = api.done(operation);
        JsonNode backup = api.get("/v1/backups/" + done.path("target").asString(""));
        assertThat(backup.path("state").asString("")).as("%s", backup).isEqualTo("READY");
        assertThat(backup.path("mode").asString("")).isEqualTo("PULL");
        return backup;
    }

    /** Every disk, by nbdcopy. */
    Map<String, byte[]> copied(JsonNode backup) {
        Map<String, byte[]> read = new LinkedHashMap<>();
        for (JsonNode disk : backup.path("disks")) {
            Path raw = fresh();
            RequiredProgram.NBDCOPY.run(disk.path("uri").asString(""), raw.toString());
            read.put(disk.path("disk").asString(""), Machine.bytes(raw));
        }
        return read;
    }

    /** Every disk, by qemu-img convert. */
    Map<String, byte[]> converted(JsonNode backup) {
        Map<String, byte[]> read = new LinkedHashMap<>();
        for (JsonNode disk : backup.path("disks")) {
            Path raw = fresh();
            RequiredProgram.QEMU_IMG.run(
                    "convert", "-f", "raw", "-O", "raw", disk.path("uri").asString(""), raw.toString());
            read.put(disk.path("disk").asString(""), Machine.bytes(raw));
        }
        return read;
    }

    /** What changed, as nbdinfo maps it, upon what was read before; the whole disk where nothing is mapped. */
    Map<String, byte[]> applied(JsonNode backup, Map<String, byte[]> before) {
        Map<String, byte[]> all = copied(backup);
        Map<String, byte[]> applied = new LinkedHashMap<>();
        for (JsonNode disk : backup.path("disks")) {
            String name = disk.path("disk").asString("");
            String context = disk.path("dirtyContext").asString("");
            byte[] now = all.getOrDefault(name, new byte[0]);
            if (context.isEmpty()) {
                applied.put(name, now);
                continue;
            }
            byte[] copy = before.getOrDefault(name, new byte[0]).clone();
            long mapped = 0;
            JsonNode map = Json.MAPPER.readTree(RequiredProgram.NBDINFO.run(
                    "--json", "--map=" + context, disk.path("uri").asString("")));
            for (JsonNode extent : map) {
                int offset = extent.path("offset").asInt(0);
                int length = extent.path("length").asInt(0);
                mapped += length;
                if (extent.path("type").asInt(0) != 0) {
                    System.arraycopy(now, offset, copy, offset, length);
                }
            }
            assertThat(mapped).isEqualTo(now.length);
            applied.put(name, copy);
        }
        return applied;
    }

    JsonNode act(JsonNode backup, String verb) {
        return api.start("/v1/backups/" + backup.path("id").asString("") + "/" + verb, Map.of());
    }

    JsonNode now(JsonNode backup) {
        return api.get("/v1/backups/" + backup.path("id").asString(""));
    }

    private Path fresh() {
        return directory.resolve("pulled-" + FILES.incrementAndGet());
    }
}
