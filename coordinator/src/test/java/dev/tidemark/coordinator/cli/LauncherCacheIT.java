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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the launcher makes so that the next start is quicker, in a checkout of its own that is built already. Where it does not matter
 * what the JVM makes of it, a program stands in for the JVM that writes down how it was called.
 */
@Timeout(120)
class LauncherCacheIT {
    /** Serves until it is told to stop, and keeps what it was told to keep when it ends. */
    private static final String JAVA = """
            #!/usr/bin/env bash
            printf '%s\\n' "$*" >>"$CALLS"
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

    @TempDir
    private Path directory;

    private Path root;
    private Path calls;
    private Path temporary;

    @BeforeEach
    void checkOut() throws IOException {
        root = Files.createDirectory(directory.resolve("checkout"));
        calls = Files.createFile(directory.resolve("calls"));
        temporary = Files.createDirectory(directory.resolve("temporary"));
        Files.copy(Path.of("..", "tidemark"), root.resolve("tidemark"));
        Files.createFile(root.resolve("mvnw"));
        Files.createFile(root.resolve("pom.xml"));
        Files.createDirectory(root.resolve(".mvn"));
        for (String module : List.of("schema", "qmp-gateway", "coordinator")) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
        }
        built("app-1");
    }

    /** As a build leaves it. */
    private Path built(String name) throws IOException {
        Path library = Files.createDirectories(root.resolve("target").resolve(name));
        Files.createFile(library.resolve("coordinator-1.jar"));
        Files.createFile(library.resolve(".stamp"));
        Path app = root.resolve("target").resolve("app");
        Files.deleteIfExists(app);
        Files.createSymbolicLink(app, Path.of(name));
        return library;
    }

    private Path jdk(String version) throws IOException {
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

    private String launched(Path jdk, Map<String, String> environment, String... words) {
        List<String> command =
                new ArrayList<>(List.of("bash", root.resolve("tidemark").toString()));
        command.addAll(List.of(words));
        Path said = directory.resolve("said");
        ProcessBuilder launch =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        launch.environment().keySet().removeIf(name -> name.startsWith("TIDEMARK_"));
        launch.environment().put("JAVA_HOME", jdk.toString());
        launch.environment().put("CALLS", calls.toString());
        launch.environment().put("TMPDIR", temporary.toString());
        launch.environment().put("TIDEMARK_INSTALL", "no");
        launch.environment().putAll(environment);
        try {
            Process process = launch.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(said)).isZero();
            return Files.readString(said);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopping);
        }
    }

    private List<String> calls() {
        try {
            return Files.readAllLines(calls, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private long trainings() {
        return calls().stream()
                .filter(call -> call.contains("-XX:AOTCacheOutput="))
                .count();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }

    private static List<String> caches(Path library) {
        try (Stream<Path> files = Files.list(library)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(".aot") && !name.startsWith("."))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isWhole(Path cache) {
        try {
            return Files.exists(cache) && Files.readString(cache).equals("whole");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void a_command_is_started_without_a_cache_once_and_with_it_from_then_on() throws IOException {
        Path cache = root.resolve("target/app-1/cli.aot");
        launched(jdk("25.0.1"), Map.of(), "vm", "list");
        soon().until(() -> isWhole(cache));
        launched(jdk("25.0.1"), Map.of(), "vm", "list");

        assertThat(calls().stream().filter(call -> call.endsWith(" vm list")))
                .satisfiesExactly(
                        first -> assertThat(first).doesNotContain("AOTCache"),
                        next -> assertThat(next).contains("-XX:AOTCache=").contains("/app-1/cli.aot "));
        assertThat(trainings()).isEqualTo(1);
    }

    @Test
    void a_server_s_cache_is_made_by_one_that_takes_machines_up_and_nothing_of_that_stays() throws IOException {
        Path library = root.resolve("target/app-1");
        launched(jdk("25.0.1"), Map.of(), "drill", "list", "--no-gateway");
        soon().until(() -> isWhole(library.resolve("server.aot")));
        soon().until(() -> entries(temporary).isEmpty());
        launched(jdk("25.0.1"), Map.of(), "drill", "list", "--no-gateway");

        assertThat(caches(library)).containsExactly("server.aot");
        assertThat(calls().getLast()).contains("/app-1/server.aot ");
        assertThat(calls().stream().filter(call -> call.contains(" vm add "))).hasSize(2);
        assertThat(calls().stream().filter(call -> call.contains(" serve "))).hasSize(2);
    }

    @Test
    void a_training_that_fails_leaves_nothing_and_harms_nothing() throws IOException {
        Path library = root.resolve("target/app-1");
        Map<String, String> failing = Map.of("FAILS", "yes");
        launched(jdk("25.0.1"), failing, "vm", "list");
        launched(jdk("25.0.1"), failing, "drill", "list", "--no-gateway");
        soon().until(() -> trainings() == 2);
        soon().until(() -> caches(library).isEmpty() && entries(temporary).isEmpty());

        launched(jdk("25.0.1"), failing, "vm", "list");
        assertThat(calls().getLast()).doesNotContain("AOTCache");
        assertThat(trainings()).as("not again and again").isEqualTo(2);
    }

    @Test
    void another_build_and_another_jdk_get_caches_of_their_own() throws IOException {
        Path first = root.resolve("target/app-1/cli.aot");
        launched(jdk("25.0.1"), Map.of(), "vm", "list");
        soon().until(() -> isWhole(first));

        Path second = built("app-2").resolve("cli.aot");
        launched(jdk("25.0.1"), Map.of(), "vm", "list");
        assertThat(calls()).noneMatch(call -> call.contains("/app-1/cli.aot "));
        soon().until(() -> isWhole(second));

        launched(jdk("25.0.2"), Map.of(), "vm", "list");
        soon().until(() -> trainings() == 3 && isWhole(second));
        assertThat(calls().stream().filter(call -> call.contains("-XX:AOTCache=")))
                .as("the newer JDK is given none of the older one")
                .isEmpty();
        soon().until(() -> {
            launched(jdk("25.0.2"), Map.of(), "vm", "list");
            return calls().getLast().contains("/app-2/cli.aot ");
        });
        assertThat(trainings()).isEqualTo(3);
    }

    @Test
    void a_cache_that_is_none_is_passed_over_without_a_word() throws IOException {
        Path library = root.resolve("target/app-1");
        Files.delete(library.resolve("coordinator-1.jar"));
        try (Stream<Path> jars = Files.list(Path.of("target", "lib"))) {
            for (Path jar : jars.toList()) {
                Files.createSymbolicLink(library.resolve(jar.getFileName()), jar.toAbsolutePath());
            }
        }
        Path jdk = Path.of(System.getProperty("java.home"));
        Files.createDirectory(library.resolve(".cli.aot"));
        String without = launched(jdk, Map.of(), "--version");
        Files.writeString(library.resolve("cli.aot"), "no cache");
        Files.copy(jdk.resolve("release"), library.resolve(".cli.aot").resolve("release"));

        assertThat(launched(jdk, Map.of(), "--version")).isEqualTo(without).isNotBlank();
        assertThat(library.resolve("cli.aot")).hasContent("no cache");
    }

    private static List<Path> entries(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
