package dev.tidemark.coordinator.stage;

import dev.tidemark.coordinator.stage.Acknowledged.Kind;
import dev.tidemark.coordinator.stage.InsistingClient.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A machine that is written to, and whose checkpoints and backups are made and deleted by a client of several coordinators, one command
 * after the other; every third is given to all of them at once, with one key.
 */
final class LoadedMachine implements AutoCloseable {
    private static final int DISK_BYTES = 2 << 20;
    private static final int PIECE_BYTES = 64 << 10;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String name;
    private final String host;
    private final StorageMachine machine;
    private final Stage stage;
    private final InsistingClient client;
    private final Monitor monitor;
    private final NbdDisk guest;
    private final byte[] content = new byte[DISK_BYTES];
    private final Random random;
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final List<String> checkpoints = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private volatile boolean finishing;
    private String id = "";
    private int toAll;
    private int answeredByAll;

    private LoadedMachine(Stage stage, String name, String host, List<URI> coordinators, String secret, long seed)
            throws IOException {
        this.name = name;
        this.host = host;
        this.stage = stage;
        this.random = new Random(seed);
        this.client = new InsistingClient(coordinators, secret, random);
        this.machine = new StorageMachine(stage.directory(), name, stage.programs(), List.of("d0"));
        machine.trace();
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

    static LoadedMachine start(Stage stage, String name, String host, List<URI> coordinators, String secret, long seed)
            throws IOException {
        return new LoadedMachine(stage, name, host, coordinators, secret, seed);
    }

    String name() {
        return name;
    }

    InsistingClient client() {
        return client;
    }

    int acknowledged() {
        return acknowledged.size();
    }

    /** How many of those that went to all coordinators were answered by all. */
    int answeredByAll() {
        return answeredByAll;
    }

    String told() {
        return name + ": " + acknowledged.size() + " acknowledged "
                + acknowledged.stream().collect(Collectors.groupingBy(Acknowledged::kind, Collectors.counting()))
                + ", answered by each " + client.answered() + ", " + client.repeats() + " repeats, " + toAll
                + " given to all and " + answeredByAll + " answered by all";
    }

    /** Once, however often it is asked for. */
    void register() {
        Answer answer = client.insisted(
                "POST",
                "vms",
                "register-" + name,
                Map.of("name", name, "qmp", machine.qmpSocket().toString(), "host", host));
        id = answer.body().path("vmId").asString("");
        ended(answer.body().path("id").asString(""));
    }

    void finish() {
        finishing = true;
    }

    void work() {
        try {
            while (!finishing) {
                step();
            }
        } catch (IOException | RuntimeException failure) {
            findings.add(name + ": " + failure);
        }
    }

    /** One command of a client that repeats itself without a key, as if the first answer had not come; for the judge to find. */
    void twiceWithoutKey() {
        for (int time = 0; time < 2; time++) {
            Answer answer = client.insisted("POST", "vms/" + name + "/checkpoints", null, Map.of());
            ended(answer.body().path("id").asString(""));
            if (time == 1) {
                acknowledge(Kind.CREATE, "none", answer.body(), "");
            }
        }
    }

    private void step() throws IOException {
        write();
        switch (random.nextInt(5)) {
            case 0, 1 -> backUp();
            case 2 -> create();
            default -> {
                if (checkpoints.isEmpty()) {
                    create();
                } else {
                    delete(checkpoints.remove(random.nextInt(checkpoints.size())));
                }
            }
        }
    }

    private void backUp() {
        String checkpoint = "b-" + acknowledged.size();
        String kind = random.nextInt(8) == 0 ? "FULL" : "AUTO";
        if (command(
                Kind.BACKUP,
                "POST",
                "backups",
                Map.of("repo", "default", "kind", kind, "checkpoint", checkpoint),
                digest(content))) {
            checkpoints.add(checkpoint);
        }
    }

    private void create() {
        String checkpoint = "c-" + acknowledged.size();
        if (command(Kind.CREATE, "POST", "checkpoints", Map.of("name", checkpoint), "")) {
            checkpoints.add(checkpoint);
        }
    }

    private void delete(String checkpoint) {
        command(Kind.DELETE, "DELETE", "checkpoints/" + checkpoint, null, "");
    }

    /** Whether it was done in the end; that it was acknowledged is kept before anything else is asked. */
    private boolean command(Kind kind, String method, String path, @Nullable Object body, String digest) {
        String key = kind + "-" + UUID.randomUUID();
        String whole = "vms/" + name + "/" + path;
        Answer answer = random.nextInt(3) == 0 ? toAll(method, whole, key, body) : null;
        if (answer == null) {
            answer = client.insisted(method, whole, key, body);
        }
        JsonNode operation = answer.body();
        acknowledge(kind, key, operation, digest);
        Answer again = client.insisted(method, whole, key, body);
        if (!again.body().path("id").equals(operation.path("id"))) {
            findings.add(name + ": key " + key + " gave " + operation + ", then " + again.body());
        }
        JsonNode end = ended(operation.path("id").asString(""));
        boolean done = end.path("state").asString("").equals("DONE");
        if (!done) {
            findings.add(name + ": " + end);
        }
        return done;
    }

    private void acknowledge(Kind kind, String key, JsonNode operation, String digest) {
        acknowledged.add(new Acknowledged(
                kind,
                key,
                operation.path("id").asString(""),
                operation.path("target").asString(""),
                digest));
    }

    private @Nullable Answer toAll(String method, String path, String key, @Nullable Object body) {
        toAll++;
        List<Answer> answers = client.atOnce(method, path, key, body);
        List<Answer> taken = answers.stream().filter(Answer::isTaken).toList();
        answers.stream()
                .filter(answer -> !answer.isTaken() && !answer.isForLater())
                .forEach(answer -> findings.add(name + ": " + method + " " + path + ": " + answer));
        if (taken.stream().map(answer -> answer.body().path("id")).distinct().count() > 1) {
            findings.add(name + ": one key began two operations: " + taken);
        }
        if (taken.size() > 1) {
            answeredByAll++;
        }
        return taken.isEmpty() ? null : taken.getFirst();
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

    /** What is wrong with what was acknowledged, and with what was done besides. */
    List<String> judge() throws IOException {
        Path backups = stage.service()
                .home()
                .resolve("repositories")
                .resolve("default")
                .resolve(id);
        List<String> directories = entries(backups);
        List<String> found = new ArrayList<>(findings);
        ExactlyOnce.findings(acknowledged, new Evidence(log(), bitmaps(), commands(), directories))
                .forEach(finding -> found.add(name + ": " + finding));
        for (Acknowledged one : acknowledged) {
            if (one.kind() == Kind.BACKUP && directories.contains(one.target())) {
                if (!digestOf(backups.resolve(one.target()).resolve("d0.qcow2")).equals(one.digest())) {
                    found.add(name + ": backup " + one.target() + " is not what the disk held");
                }
            }
        }
        return found;
    }

    private static List<String> entries(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private List<String> log() {
        return stage.database().log().values().stream()
                .filter(row -> row.split(" ", 3)[1].equals(id))
                .toList();
    }

    private List<String> bitmaps() throws IOException {
        return monitor.execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")
                .valueStream()
                .filter(node -> node.path("node-name").asString("").equals("d0"))
                .flatMap(node -> node.path("dirty-bitmaps").valueStream())
                .map(bitmap -> bitmap.path("name").asString(""))
                .toList();
    }

    private List<String> commands() throws IOException {
        String mark = " req: ";
        try (Stream<String> lines = Files.lines(stage.directory().resolve(name + ".log"), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.startsWith("handle_qmp_command ") && line.contains("\"transaction\""))
                    .map(line -> line.substring(line.indexOf(mark) + mark.length()))
                    .toList();
        }
    }

    private String digestOf(Path image) throws IOException {
        Path raw = stage.directory().resolve(name + ".raw");
        stage.programs().run("convert", List.of("qemu-img", "convert", "-O", "raw", image.toString(), raw.toString()));
        return digest(Files.readAllBytes(raw));
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every JVM has SHA-256", missing);
        }
    }

    private JsonNode ended(String operation) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            JsonNode now = client.insisted("GET", "operations/" + operation + "?wait=2", null, null)
                    .body();
            if (List.of("DONE", "FAILED").contains(now.path("state").asString(""))) {
                return now;
            }
            if (System.nanoTime() - end > 0) {
                throw new StageFailure("operation " + operation + " of " + name + " does not end: " + now);
            }
        }
    }

    @Override
    public void close() {
        guest.close();
        client.close();
    }
}
