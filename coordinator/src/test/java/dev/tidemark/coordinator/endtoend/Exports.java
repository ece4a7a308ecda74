package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** A client of exported restore points, and a bystander who looks for what they leave on the host. */
final class Exports {
    private static final Duration TIME_MAX = Duration.ofSeconds(60);

    private final Api api;
    private final Path home;
    private Path sockets = Path.of("/nonexistent");

    Exports(Api api, Path home) {
        this.api = api;
        this.home = home;
    }

    /** Waits until it can be read. */
    JsonNode opened(String backup, Map<String, ?> body) {
        JsonNode done = api.done(api.start("/v1/backups/" + backup + "/exports", body));
        JsonNode export = now(done);
        assertThat(export.path("state").asString("")).as("%s", export).isEqualTo("READY");
        assertThat(export.path("backup").asString("")).isEqualTo(backup);
        return export;
    }

    /** An export has the id of the operation that asked for it. */
    JsonNode now(JsonNode export) {
        return api.get("/v1/exports/" + id(export));
    }

    JsonNode ending(JsonNode export) {
        return api.start("/v1/exports/" + id(export) + "/end", Map.of());
    }

    void end(JsonNode export) {
        api.done(ending(export));
        assertThat(now(export).path("state").asString("")).isEqualTo("ENDED");
        assertNothingIsLeft(export);
    }

    void awaitFailed(JsonNode export, String code) {
        Awaitility.await()
                .atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> now(export).path("state").asString("").equals("FAILED"));
        assertThat(now(export).path("code").asString("")).isEqualTo(code);
        assertNothingIsLeft(export);
    }

    /** For an end of which the interface does not tell when it has been carried out. */
    void awaitNothingIsLeft(JsonNode export) {
        Awaitility.await()
                .atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> left(id(export)).isEmpty());
    }

    /** It is said to be open over a restart, and takes a moment to be. */
    void awaitReadable(JsonNode export) {
        Awaitility.await()
                .atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> RequiredProgram.NBDINFO.run("--size", uri(export)));
    }

    static String id(JsonNode export) {
        return export.path("id").asString("");
    }

    static String uri(JsonNode export) {
        return export.path("disks").path(0).path("uri").asString("");
    }

    static Path socket(JsonNode export) {
        String uri = uri(export);
        return Path.of(uri.substring(uri.indexOf("?socket=") + "?socket=".length()));
    }

    void assertNothingIsLeft(JsonNode export) {
        assertThat(left(id(export))).isEmpty();
        assertThat(now(export).path("disks").valueStream().map(disk -> disk.path("uri")))
                .allMatch(JsonNode::isNull);
    }

    /** Processes, sockets and files on this host that have the export's id in their names or command lines. */
    List<String> left(String export) {
        List<String> left = new ArrayList<>();
        processes(export).forEach(process -> left.add("process " + process));
        for (Path place : List.of(home, sockets)) {
            try (Stream<Path> files = Files.walk(place)) {
                files.filter(file -> String.valueOf(file.getFileName()).contains(export))
                        .forEach(file -> left.add(file.toString()));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            } catch (UncheckedIOException vanished) {
                // PostgreSQL makes and removes files there all the time.
                assertThat(vanished).hasRootCauseInstanceOf(java.nio.file.NoSuchFileException.class);
                return left(export);
            }
        }
        return left;
    }

    List<Long> processes(String export) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(process -> commandLine(process).contains(export))
                .toList();
    }

    private static String commandLine(long process) {
        try {
            return new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(process), "cmdline")), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }

    /** Where sockets have to be looked for. */
    Exports lookingIn(JsonNode export) {
        sockets = Objects.requireNonNull(socket(export).getParent());
        return this;
    }

    /** Of every file of a repository, by its name. */
    static Map<String, String> digests(Path repository) {
        Map<String, String> digests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(repository)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digests.put(
                        repository.relativize(file).toString(),
                        HexFormat.of().formatHex(digest.digest(Machine.bytes(file))));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
        return digests;
    }
}
