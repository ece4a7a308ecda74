package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.stage.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a client does with one machine, and the book it keeps: each backup with what the disks held at its moment. */
final class Client {
    static final Duration TIME_MAX = Duration.ofSeconds(60);

    private final Path restores;
    private final Api api;
    private final Bystander machine;
    private final String vm = Site.freshName();
    private final List<Made> made = new ArrayList<>();
    private int restored;

    Client(Api api, Bystander machine, Path restores) {
        this.api = api;
        this.machine = machine;
        this.restores = restores;
    }

    /** Registered and seen. */
    static Client of(Site site, Bystander machine) {
        Client client = new Client(site.api(), machine, site.fresh("restores"));
        client.register();
        return client;
    }

    /** A completed backup and the truth it has to hold. */
    record Made(JsonNode backup, Map<String, byte[]> truth) {
        String id() {
            return backup.path("id").asString("");
        }

        JsonNode disk(String name) {
            for (JsonNode disk : backup.path("disks")) {
                if (disk.path("disk").asString("").equals(name)) {
                    return disk;
                }
            }
            throw new AssertionError("backup without disk " + name + ": " + backup);
        }

        String kind(String disk) {
            String kind = disk(disk).path("kind").asString("");
            String cause = disk(disk).path("cause").asString("");
            return cause.isEmpty() ? kind : kind + " " + cause;
        }
    }

    String vm() {
        return vm;
    }

    String path(String rest) {
        return "/v1/vms/" + vm + rest;
    }

    void register() {
        register(machine.socket());
    }

    void register(Path socket) {
        api.done(api.start("/v1/vms", Map.of("name", vm, "qmp", socket.toString())));
    }

    JsonNode checkpoint(String name) {
        JsonNode done = api.done(api.start(path("/checkpoints"), Map.of("name", name)));
        return api.get(path("/checkpoints/" + done.path("target").asString("")));
    }

    static String bitmap(JsonNode checkpoint) {
        return "tm-" + checkpoint.path("id").asString("");
    }

    void delete(String checkpoint) {
        api.done(api.delete(path("/checkpoints/" + checkpoint)));
    }

    Made backUp() {
        return backUp(Map.of());
    }

    /** At a quiet moment. */
    Made backUp(Map<String, ?> more) {
        Map<String, byte[]> truth = machine.contents();
        return completed(startBackup(more), truth);
    }

    JsonNode startBackup(Map<String, ?> more) {
        Map<String, Object> body = new LinkedHashMap<>(Map.of("repo", "default"));
        body.putAll(more);
        return api.start(path("/backups"), body);
    }

    Made completed(JsonNode operation, Map<String, byte[]> truth) {
        JsonNode done = api.done(operation);
        JsonNode backup = backup(done);
        assertThat(backup.path("state").asString("")).isEqualTo("COMPLETED");
        Made one = new Made(backup, truth);
        made.add(one);
        return one;
    }

    /** Null if the evidence for an incremental did not hold: then it must have failed, and with that code. */
    @Nullable
    Made completedOrFullRequired(JsonNode operation, Map<String, byte[]> truth) {
        JsonNode ended = api.ended(operation);
        if (ended.path("state").asString("").equals("DONE")) {
            return completed(operation, truth);
        }
        assertThat(ended.path("code").asString("")).as("%s", ended).isEqualTo("FULL_REQUIRED");
        return null;
    }

    JsonNode backup(JsonNode operation) {
        return api.get("/v1/backups/" + operation.path("target").asString(""));
    }

    List<Made> made() {
        return List.copyOf(made);
    }

    /** The backup is no longer what it was, on purpose. */
    void forget(Made one) {
        made.remove(one);
    }

    JsonNode chain() {
        return api.get(path("/chain"));
    }

    JsonNode chain(String disk) {
        for (JsonNode one : chain().path("disks")) {
            if (one.path("disk").asString("").equals(disk)) {
                return one;
            }
        }
        throw new AssertionError("no chain of " + disk);
    }

    List<JsonNode> events(String type) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode event : api.get(path("/events?limit=1000")).path("events")) {
            if (event.path("type").asString("").startsWith(type + ".")) {
                found.add(event);
            }
        }
        return found;
    }

    /** The ids of the machine's operations, newest last. */
    List<String> operations() {
        return api.get(path("/operations"))
                .path("operations")
                .valueStream()
                .map(operation -> operation.path("id").asString(""))
                .toList();
    }

    /** Each drift that was recorded, as its kind and what was done about it. */
    List<String> drift() {
        return events("drift-found").stream()
                .map(event -> event.path("data"))
                .map(data -> data.path("kind").asString("") + " "
                        + data.path("action").asString(""))
                .toList();
    }

    /** Each break that was recorded, as its disk and cause. */
    List<String> breaks() {
        return events("chain-broken").stream()
                .map(event -> event.path("data"))
                .map(data -> data.path("disk").asString("") + " "
                        + data.path("cause").asString(""))
                .toList();
    }

    /** Has QEMU looked at until nothing more follows. */
    JsonNode reconcile() {
        Awaitility.await()
                .atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> reconciliation().path("converged").asBoolean(false));
        return reconciliation();
    }

    JsonNode reconciliation() {
        Api.Answer answer = api.post(path("/reconciliation"), Map.of());
        // A machine that has just come up may not be connected yet: that is an answer too, and not an error of the
        // test.
        assertThat(answer.status()).as("%s", answer.body()).isIn(200, 503);
        return answer.body();
    }

    /** Waits until the gateway sees this state of the machine. */
    void awaitSeen(String state) {
        Awaitility.await()
                .atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> api.get(path("")).path("state").asString("").equals(state));
    }

    /** Every backup that was completed, restored through the interface and compared with its truth. */
    void assertEveryBackupRestoresIdentically() {
        for (Made one : made) {
            for (String disk : differing(one, Map.of("backup", one.id()))) {
                throw new AssertionError("THE WORST BUG: " + vm + " backup " + one.id() + " disk " + disk
                        + " was restored differently; " + one.backup());
            }
        }
    }

    /** The disks whose restore is not the truth. */
    List<String> differing(Made one, Map<String, ?> which) {
        Map<String, byte[]> held = restore(which);
        assertThat(held).hasSize(one.backup().path("disks").size());
        List<String> differing = new ArrayList<>();
        held.forEach((disk, bytes) -> {
            if (!Arrays.equals(bytes, one.truth().get(disk))) {
                differing.add(disk);
            }
        });
        return differing;
    }

    Map<String, byte[]> restore(Map<String, ?> which) {
        Path to = restores.resolve("r" + ++restored);
        Map<String, Object> body = new LinkedHashMap<>(which);
        body.put("to", to.toString());
        body.put("format", "RAW");
        createDirectory(restores);
        JsonNode done = api.done(api.start(path("/restores"), body));
        Map<String, byte[]> held = new LinkedHashMap<>();
        for (JsonNode disk : done.path("result").path("disks")) {
            held.put(
                    disk.path("disk").asString(""),
                    Machine.bytes(Path.of(disk.path("file").asString(""))));
        }
        Stage.delete(to);
        return held;
    }

    /** Nothing of ours is left in QEMU but the bitmaps that the chain lists, the newest of which alone records. */
    void assertClean(Path repository) {
        reconcile();
        Awaitility.await()
                .atMost(TIME_MAX)
                .untilAsserted(() -> assertThat(machine.leftovers().stream()
                                .filter(thing -> !isQuarantined(thing.substring(thing.indexOf(' ') + 1))))
                        .isEmpty());
        assertThat(partials(repository)).isEmpty();
        for (JsonNode disk : chain().path("disks")) {
            List<String> expected = new ArrayList<>();
            List<String> recording = new ArrayList<>();
            for (JsonNode bitmap : disk.path("bitmaps")) {
                expected.add(bitmap.path("name").asString(""));
                if (bitmap.path("recording").asBoolean(false)) {
                    recording.add(bitmap.path("name").asString(""));
                }
            }
            String name = disk.path("disk").asString("");
            assertThat(machine.bitmaps(name).keySet().stream()
                            .filter(bitmap -> bitmap.startsWith("tm-"))
                            .filter(bitmap -> !isQuarantined(bitmap)))
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(machine.recording(name).stream().filter(bitmap -> !isQuarantined(bitmap)))
                    .containsExactlyElementsOf(recording);
        }
    }

    private boolean isQuarantined(String bitmap) {
        return events("drift-found").stream()
                .map(event -> event.path("data"))
                .anyMatch(data -> data.path("subject").asString("").equals(bitmap)
                        && data.path("action").asString("").equals("QUARANTINED"));
    }

    private List<Path> partials(Path repository) {
        Path own = repository.resolve(api.get(path("")).path("id").asString(""));
        if (!Files.exists(own)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(own)) {
            return entries.filter(entry -> entry.toString().endsWith(".partial"))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void createDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
