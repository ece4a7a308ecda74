package dev.tidemark.coordinator.stage;

import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A machine that is written to and backed up, by a client that repeats what was not answered, with the same key, at the next coordinator. */
final class LoadedMachine implements AutoCloseable {
    private static final int DISK_BYTES = 4 << 20;
    private static final int PIECE_BYTES = 64 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final String name;
    private final StorageMachine machine;
    private final Stage stage;
    private final List<URI> coordinators;
    private final String secret;
    private final Monitor monitor;
    private final NbdDisk guest;
    private final byte[] content = new byte[DISK_BYTES];
    private final Random random = new Random(7);
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<Taken> taken = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private volatile boolean finishing;
    private int turn;
    private int repeats;

    /** A backup that was acknowledged, and what the disk held at its moment. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    private record Taken(String key, String operation, String backup, byte[] content) {}

    private record Answer(int status, JsonNode body) {}

    private LoadedMachine(Stage stage, String name, List<URI> coordinators, String secret) throws IOException {
        this.name = name;
        this.stage = stage;
        this.coordinators = coordinators;
        this.secret = secret;
        this.machine = new StorageMachine(stage.directory(), name, stage.programs(), List.of("d0"));
        machine.install(DISK_BYTES);
        this.monitor = machine.start();
        Path socket = stage.directory().resolve(name + ".nbd");
        monitor.execute(
                "{\"execute\":\"nbd-server-start\",\"arguments\":{\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\""
                        + socket + "\"}}}}");
        monitor.execute("{\"execute\":\"block-export-add\",\"arguments\":{\"id\":\"guest\",\"type\":\"nbd\","
                + "\"node-name\":\"d0\",\"name\":\"d0\",\"writable\":true}}");
        this.guest = NbdDisk.open(socket, "d0");
    }

    static LoadedMachine start(Stage stage, String name, List<URI> coordinators, String secret) throws IOException {
        return new LoadedMachine(stage, name, coordinators, secret);
    }

    String name() {
        return name;
    }

    int acknowledged() {
        return taken.size();
    }

    String told() {
        return name + ": " + taken.size() + " backups, " + repeats + " repeats";
    }

    /** Once, however often it is asked for. */
    void register() {
        Answer answer = insisted(
                "POST",
                "vms",
                "register-" + name,
                Map.of("name", name, "qmp", machine.qmpSocket().toString(), "host", "host-1"));
        ended(answer.body().path("id").asString(""));
    }

    void finish() {
        finishing = true;
    }

    void work() {
        try {
            while (!finishing) {
                write();
                String key = "backup-" + UUID.randomUUID();
                Answer answer = insisted("POST", "vms/" + name + "/backups", key, Map.of("repo", "default"));
                String operation = answer.body().path("id").asString("");
                JsonNode end = ended(operation);
                taken.add(new Taken(key, operation, end.path("target").asString(operation), content.clone()));
                if (!end.path("state").asString("").equals("DONE")) {
                    findings.add(name + ": " + end);
                }
            }
        } catch (IOException | RuntimeException failure) {
            findings.add(name + ": " + failure);
        }
    }

    private void write() throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        for (int index = 0; index < 3; index++) {
            random.nextBytes(piece);
            int offset = random.nextInt(DISK_BYTES / PIECE_BYTES) * PIECE_BYTES;
            guest.write(offset, piece);
            System.arraycopy(piece, 0, content, offset, PIECE_BYTES);
        }
        guest.flush();
    }

    /** What is wrong with what was acknowledged. */
    List<String> judge() throws IOException {
        Map<String, Long> requested = requested();
        Path raw = stage.directory().resolve(name + ".raw");
        for (int index = 0; index < taken.size(); index++) {
            Taken one = taken.get(index);
            if (requested.getOrDefault(one.operation(), 0L) != 1) {
                findings.add(name + ": operation " + one.operation() + " was asked for "
                        + requested.getOrDefault(one.operation(), 0L) + " times");
            }
            turn++;
            Answer again = insisted("POST", "vms/" + name + "/backups", one.key(), Map.of("repo", "default"));
            if (!again.body().path("id").asString("").equals(one.operation())) {
                findings.add(name + ": key " + one.key() + " gave " + one.operation() + ", then " + again.body());
            }
            Path to = Files.createDirectory(stage.directory().resolve(name + "-restored-" + index));
            Answer restore = insisted(
                    "POST",
                    "vms/" + name + "/restores",
                    "restore-" + one.key(),
                    Map.of("to", to.toString(), "backup", one.backup(), "format", "RAW"));
            JsonNode end = ended(restore.body().path("id").asString(""));
            Files.write(raw, one.content());
            if (!stage.identical(raw, to.resolve("d0.raw"), "RAW")) {
                findings.add(name + ": backup " + one.backup() + " is not what the disk held: " + end);
            }
            Stage.delete(to);
        }
        if (requested.size() != taken.size()) {
            findings.add(name + ": " + requested.size() + " backups were begun, " + taken.size() + " acknowledged");
        }
        return List.copyOf(findings);
    }

    private Map<String, Long> requested() {
        List<String> operations = new ArrayList<>();
        long after = 0;
        while (true) {
            JsonNode page = insisted("GET", "vms/" + name + "/events?limit=1000&after=" + after, null, null)
                    .body()
                    .path("events");
            for (JsonNode event : page) {
                after = Math.max(after, event.path("version").asLong(0));
                if (event.path("type").asString("").startsWith("backup-requested")) {
                    operations.add(event.path("operation").asString(event.toString()));
                }
            }
            if (page.isEmpty()) {
                return operations.stream().collect(Collectors.groupingBy(one -> one, Collectors.counting()));
            }
        }
    }

    private JsonNode ended(String operation) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode now = insisted("GET", "operations/" + operation + "?wait=2", null, null)
                    .body();
            if (List.of("DONE", "FAILED").contains(now.path("state").asString(""))) {
                return now;
            }
            if (System.nanoTime() - end > 0) {
                throw new StageFailure("operation " + operation + " of " + name + " does not end: " + now);
            }
        }
    }

    /** Asks one coordinator after the other until one answers. */
    private Answer insisted(String method, String path, @Nullable String key, @Nullable Object body) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            URI at = coordinators.get(turn % coordinators.size());
            String trouble;
            try {
                Answer answer = ask(at, method, path, key, body);
                boolean busy = answer.status() == 409
                        && answer.body().path("code").asString("").contains("IDEMPOTENCY");
                if (answer.status() < 300) {
                    return answer;
                }
                if (answer.status() != 503 && !busy) {
                    throw new StageFailure(method + " " + path + ": " + answer);
                }
                trouble = answer.toString();
            } catch (IOException silent) {
                trouble = silent.toString();
            }
            turn++;
            repeats++;
            if (System.nanoTime() - end > 0) {
                throw new StageFailure(method + " " + path + " of " + name + " is not answered: " + trouble);
            }
            Pause.milliseconds(50);
        }
    }

    private Answer ask(URI at, String method, String path, @Nullable String key, @Nullable Object body)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(at + "/v1/" + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + secret)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body)));
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        try {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), Json.MAPPER.readTree(response.body()));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new StageFailure("interrupted", stop);
        }
    }

    @Override
    public void close() {
        guest.close();
        client.shutdownNow();
    }
}
