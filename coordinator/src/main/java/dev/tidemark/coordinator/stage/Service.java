package dev.tidemark.coordinator.stage;

import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.client.Discovery;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code tidemark serve} as a process of its own, so that it can be killed, and its HTTP interface. */
public final class Service {
    private static final long START_MILLISECONDS_MAX = 180_000;
    private static final int OPERATION_SECONDS_MAX = 60;
    private static final long BYTES_PER_KIBIBYTE = 1024;

    private final String name;
    private final Path home;
    private final Programs programs;
    private final Coordinator client;
    private List<String> arguments = List.of();
    private String port = "0";
    private boolean portKept;
    private List<String> virtualMachineOptions = List.of();
    private @Nullable Process process;

    Service(Path home, Programs programs) {
        this("coordinator", home, programs);
    }

    Service(String name, Path home, Programs programs) {
        this.name = name;
        this.home = home;
        this.programs = programs;
        this.client = new Coordinator(new Discovery(home, null, null));
    }

    /**
     * Has {@code serve} started with these arguments besides home and port, from the next start on. It then comes back on the
     * port that it had, where gateways look for it.
     */
    public void serveWith(List<String> serveArguments) {
        arguments = List.copyOf(serveArguments);
        portKept = true;
    }

    /** Has its JVM started with these options, from the next start on; for drills, which arm crash points. */
    public void runWith(List<String> options) {
        virtualMachineOptions = List.copyOf(options);
    }

    /** Has its JVM started as the launcher does, from the next start on; whether that is with a start-up cache. */
    public boolean runAsLaunched() {
        runWith(TidemarkProgram.launched());
        return TidemarkProgram.serverCache().isPresent();
    }

    public Path home() {
        return home;
    }

    /** Starts it and waits until it answers; gives the milliseconds that took. */
    public long start() {
        long begin = System.nanoTime();
        launch();
        awaitReady();
        return elapsed(begin);
    }

    /** Starts it, and waits for nothing. */
    public void launch() {
        try {
            Files.deleteIfExists(home.resolve(Discovery.SERVER_FILE));
        } catch (IOException failure) {
            throw new StageFailure("cannot clear " + home, failure);
        }
        List<String> serve = new ArrayList<>(List.of("serve", "--home", home.toString(), "--port", port));
        serve.addAll(arguments);
        Path temporary = Objects.requireNonNull(home.toAbsolutePath().getParent());
        process = programs.start(name, new TidemarkProgram(temporary, virtualMachineOptions).command(serve));
    }

    /** Waits until it answers, after {@link #launch}. */
    public void awaitReady() {
        long begin = System.nanoTime();
        Process launched = Objects.requireNonNull(process);
        while (!isReady()) {
            if (!launched.isAlive()) {
                throw new StageFailure(
                        "the coordinator ended with " + launched.exitValue() + ": " + programs.tail(name));
            }
            if (elapsed(begin) > START_MILLISECONDS_MAX) {
                throw new StageFailure("the coordinator does not answer after " + START_MILLISECONDS_MAX + " ms");
            }
            Pause.milliseconds(20);
        }
        if (portKept) {
            port = Integer.toString(address().getPort());
        }
    }

    /** Where it listens, as it says itself. */
    public URI address() {
        // Kept from the last start: a coordinator that was killed comes back on the same port.
        return portKept && !port.equals("0")
                ? URI.create("http://127.0.0.1:" + port)
                : new Discovery(home, null, null).find().url();
    }

    public long processId() {
        return process == null ? -1 : process.pid();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** SIGSTOP: it stands still, and knows nothing of it. */
    public void pause() {
        programs.pause(processId());
    }

    /** SIGCONT. */
    public void resume() {
        programs.resume(processId());
    }

    public void kill() {
        if (process != null) {
            programs.kill(process);
        }
    }

    /** Ends it in order, however long that takes; gives its exit code, and 0 if it was never started. */
    public int stop() {
        return process == null ? 0 : programs.stopPatiently(process);
    }

    public JsonNode get(String... path) {
        return client.get(RequestPath.v1(path));
    }

    /** All of a list, whose pages are asked for one after the other. */
    public JsonNode list(String member, String... path) {
        return client.list(RequestPath.v1(path), member);
    }

    /** Milliseconds that this program takes as a command of its own, from its start to its end; it has to end well. */
    public long command(String... words) {
        Path temporary = Objects.requireNonNull(home.toAbsolutePath().getParent());
        List<String> command = new TidemarkProgram(temporary, List.of()).command(List.of(words));
        long begin = System.nanoTime();
        programs.run("command", command);
        return elapsed(begin);
    }

    /** The same with the start-up cache that the launcher keeps beside the program; empty if there is none. */
    public OptionalLong cachedCommand(String... words) {
        Path temporary = Objects.requireNonNull(home.toAbsolutePath().getParent());
        Optional<Path> cache = TidemarkProgram.commandCache();
        if (cache.isEmpty()) {
            return OptionalLong.empty();
        }
        List<String> command = new TidemarkProgram(temporary, List.of("-XX:AOTCache=" + cache.get(), "-Xlog:disable"))
                .command(List.of(words));
        long begin = System.nanoTime();
        programs.run("command", command);
        return OptionalLong.of(elapsed(begin));
    }

    /** Bytes of memory that it holds at this moment, as Linux counts them. */
    public long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(processId()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KIBIBYTE)
                    .findFirst()
                    .orElseThrow(() -> new StageFailure("the coordinator has ended"));
        } catch (IOException failure) {
            throw new StageFailure("the coordinator's memory cannot be read: " + failure.getMessage(), failure);
        }
    }

    /** Asks for something and waits for its end. */
    public JsonNode done(Map<String, Object> body, String... path) {
        return ended(started(body, path));
    }

    /** Asks for something; gives the operation. */
    public JsonNode started(Map<String, Object> body, String... path) {
        return client.post(
                RequestPath.v1(path), Json.MAPPER.valueToTree(body), Duration.ofSeconds(OPERATION_SECONDS_MAX));
    }

    /** Has something removed; gives the operation. */
    public JsonNode deleted(String... path) {
        return client.delete(RequestPath.v1(path));
    }

    /** Forgets a machine, whatever bitmaps its images hold. */
    public JsonNode forgotten(String machine) {
        return ended(client.delete(RequestPath.v1("vms", machine).with("keepBitmaps", "true")));
    }

    /** Waits for an operation's end; it has to be a good one. */
    public JsonNode ended(JsonNode operation) {
        return ended(operation, Duration.ofSeconds(OPERATION_SECONDS_MAX));
    }

    /** As {@link #ended(JsonNode)}, for what may take longer. */
    public JsonNode ended(JsonNode operation, Duration patience) {
        JsonNode now = await(operation, patience, "DONE", "FAILED");
        if (!now.path("state").asString("").equals("DONE")) {
            throw new StageFailure("operation " + now.path("kind").asString("") + " failed: "
                    + now.path("code").asString("") + " " + now.path("error").asString(""));
        }
        return now;
    }

    /** Waits until an operation is in one of these states. */
    public JsonNode await(JsonNode operation, String... states) {
        return await(operation, Duration.ofSeconds(OPERATION_SECONDS_MAX), states);
    }

    private JsonNode await(JsonNode operation, Duration patience, String... states) {
        String id = operation.path("id").asString("");
        // The long poll only ends with the operation; any other state has to be caught while it lasts.
        boolean endOnly = Set.of(states).equals(Set.of("DONE", "FAILED"));
        long begin = System.nanoTime();
        while (true) {
            JsonNode now = client.get(
                    RequestPath.v1("operations", id).with("wait", endOnly ? "5" : "0"), Duration.ofSeconds(5));
            String state = now.path("state").asString("");
            if (List.of(states).contains(state)) {
                return now;
            }
            if (elapsed(begin) > patience.toMillis()) {
                throw new StageFailure(
                        "operation " + id + " is still " + state + " after " + patience.toSeconds() + " s");
            }
            Pause.milliseconds(5);
        }
    }

    /** A coordinator that was killed leaves its database server behind; the next start would stop it, so we must at the end. */
    void stopOrphanedDatabase() {
        if (process == null || !Files.exists(home)) {
            return;
        }
        for (Path file : pidFiles()) {
            programs.stopServerOf(file);
        }
    }

    /** That server makes and removes files there all the time: what vanishes under the look is no reason to leave it running. */
    private List<Path> pidFiles() {
        while (true) {
            try (Stream<Path> files = Files.walk(home)) {
                return files.filter(file -> file.endsWith("postmaster.pid")).toList();
            } catch (UncheckedIOException failure) {
                if (!(failure.getCause() instanceof NoSuchFileException)) {
                    throw new StageFailure("cannot look for a database server in " + home, failure);
                }
            } catch (IOException failure) {
                throw new StageFailure("cannot look for a database server in " + home, failure);
            }
        }
    }

    /** Whether it answers by now. */
    public boolean isReady() {
        if (!Files.exists(home.resolve(Discovery.SERVER_FILE))) {
            return false;
        }
        try {
            get("server");
            return true;
        } catch (Failure notYet) {
            // Not ready, for whatever reason: the caller bounds the wait and looks at the process.
            return false;
        }
    }

    public static long elapsed(long beginNanoseconds) {
        return (System.nanoTime() - beginNanoseconds) / 1_000_000;
    }
}
