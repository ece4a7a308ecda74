package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/** The launcher in a place of its own, with a program for the JVM that writes down how it was called. */
final class LauncherRun {
    /** Serves until it is told to stop, and keeps what it was told to keep when it ends. */
    private static final String JAVA = """
            #!/usr/bin/env bash
            printf '%s\\n' "$*" >>"$CALLS"
            { printf '%s %s\\n' "${LC_ALL:-${LC_CTYPE:-${LANG:-none}}}" "$*" >>"$CALLS.languages"; } 2>/dev/null
            kept='' home=''
            while [ $# -gt 0 ]; do
                case $1 in
                    -XX:AOTCacheOutput=*) kept=${1#*=} ;;
                    --home) home=$2 ;;
                esac
                case $1 in serve | vm | checkpoint) verb=$1 ;; esac
                shift
            done
            keep() {
                if [ -n "$kept" ]; then printf half >"$kept"; fi
                if [ -n "$kept" ] && [ "${FAILS:-}" = yes ]; then exit 1; fi
                if [ -n "$kept" ]; then printf whole >"$kept"; fi
            }
            if [ "${verb:-}" = serve ]; then
                mkdir -p "$home"
                trap 'keep; exit 143' TERM
                printf '{}' >"$home/server.json"
                while :; do sleep 0.05; done
            fi
            keep
            """;

    /** How it ended, and what it said. */
    record Ended(int code, String said) {}

    final Path root;

    private final Path directory;
    private final Path calls;
    private final Path temporary;

    /** @param root where the launcher is to lie */
    LauncherRun(Path directory, String root) throws IOException {
        this.directory = directory;
        this.root = Files.createDirectory(directory.resolve(root));
        calls = Files.createFile(directory.resolve("calls"));
        temporary = Files.createDirectory(directory.resolve("temporary"));
        Files.copy(Path.of("..", "tidemark"), this.root.resolve("tidemark"));
    }

    Path jdk(String version) throws IOException {
        Path home = directory.resolve("jdk-" + version);
        if (!Files.exists(home)) {
            Path programs = Files.createDirectories(home.resolve("bin"));
            Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
            for (String program : List.of("java", "javac")) {
                Files.writeString(programs.resolve(program), JAVA);
                Files.setPosixFilePermissions(programs.resolve(program), PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        return home;
    }

    String succeeded(Path jdk, Map<String, String> environment, String... words) {
        Ended ended = ended(List.of(), jdk, environment, words);
        assertThat(ended.code()).as(ended.said()).isZero();
        return ended.said();
    }

    /** @param before what starts the launcher, such as another user */
    Ended ended(List<String> before, Path jdk, Map<String, String> environment, String... words) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("bash", root.resolve("tidemark").toString()));
        command.addAll(List.of(words));
        Path said = directory.resolve("said");
        ProcessBuilder launch =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        launch.environment()
                .keySet()
                .removeIf(name -> name.startsWith("TIDEMARK_")
                        || List.of("HOME", "XDG_CACHE_HOME", "CACHE_DIRECTORY").contains(name));
        launch.environment().put("JAVA_HOME", jdk.toString());
        launch.environment().put("CALLS", calls.toString());
        launch.environment().put("TMPDIR", temporary.toString());
        launch.environment().put("TIDEMARK_INSTALL", "no");
        launch.environment().putAll(environment);
        try {
            Process process = launch.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), Files.readString(said));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopping);
        }
    }

    List<String> calls() {
        try {
            return Files.readAllLines(calls, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Each call with the language that it was made in before it. */
    List<String> callsInLanguages() throws IOException {
        return Files.readAllLines(calls.resolveSibling("calls.languages"), StandardCharsets.UTF_8);
    }

    long trainings() {
        return calls().stream()
                .filter(call -> call.contains("-XX:AOTCacheOutput="))
                .count();
    }

    boolean leftNothing() {
        return entries(temporary).isEmpty();
    }

    /** Who calls, and what they leave, may be another user. */
    void openToAll() throws IOException {
        for (Path each : List.of(directory, temporary, calls)) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
    }

    static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }

    static List<String> caches(Path library) {
        return entries(library).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.contains(".aot") && !name.startsWith("."))
                .sorted()
                .toList();
    }

    static boolean isWhole(Path cache) {
        try {
            return Files.exists(cache) && Files.readString(cache).equals("whole");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static List<Path> entries(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
