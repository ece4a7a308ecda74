package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the launcher makes so that the next start is quicker, in a checkout of its own that is built already. Where it does not matter
 * what the JVM makes of it, a program stands in for the JVM that writes down how it was called.
 */
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class LauncherCacheIT {
    @TempDir
    private Path directory;

    private LauncherRun launcher;

    @BeforeEach
    void checkOut() throws IOException {
        launcher = new LauncherRun(directory, "checkout");
        Files.createFile(launcher.root.resolve("mvnw"));
        Files.createFile(launcher.root.resolve("pom.xml"));
        Files.createDirectory(launcher.root.resolve(".mvn"));
        for (String module : List.of("schema", "qmp-gateway", "coordinator")) {
            Files.createDirectories(launcher.root.resolve(module).resolve("src/main"));
            Files.createFile(launcher.root.resolve(module).resolve("pom.xml"));
        }
        built("app-1");
    }

    /** As a build leaves it. */
    private Path built(String name) throws IOException {
        Path library = Files.createDirectories(launcher.root.resolve("target").resolve(name));
        Files.createFile(library.resolve("coordinator-1.jar"));
        Files.createFile(library.resolve(".stamp"));
        Path app = launcher.root.resolve("target").resolve("app");
        Files.deleteIfExists(app);
        Files.createSymbolicLink(app, Path.of(name));
        return library;
    }

    @Test
    void a_command_is_started_without_a_cache_once_and_with_it_from_then_on() throws IOException {
        Path cache = launcher.root.resolve("target/app-1/cli.aot");
        launcher.succeeded(launcher.jdk("25.0.1"), Map.of(), "vm", "list");
        LauncherRun.soon().until(() -> LauncherRun.isWhole(cache));
        launcher.succeeded(launcher.jdk("25.0.1"), Map.of(), "vm", "list");

        assertThat(launcher.calls().stream().filter(call -> call.endsWith(" vm list")))
                .satisfiesExactly(
                        first -> assertThat(first).doesNotContain("AOTCache"),
                        next -> assertThat(next).contains("-XX:AOTCache=").contains("/app-1/cli.aot "));
        assertThat(launcher.trainings()).isEqualTo(1);
    }

    /** Java takes what it is given for ASCII in these, and another letter for a question mark. */
    @Test
    void letters_beyond_ascii_reach_java_also_where_no_language_is_set() throws IOException {
        Map<String, String> told =
                Map.of("C", "C.UTF-8", "POSIX", "C.UTF-8", "", "C.UTF-8", "de_DE.ISO-8859-1", "de_DE.ISO-8859-1");
        for (Map.Entry<String, String> language : told.entrySet()) {
            String name = "vm" + language.getKey();
            launcher.succeeded(
                    launcher.jdk("25.0.1"),
                    Map.of("LC_ALL", language.getKey(), "LC_CTYPE", "", "LANG", ""),
                    "vm",
                    "show",
                    name);
            assertThat(launcher.callsInLanguages())
                    .anyMatch(call -> call.startsWith(language.getValue() + " ") && call.endsWith(" vm show " + name));
        }
    }

    @Test
    void a_server_s_cache_is_made_by_one_that_takes_machines_up_and_nothing_of_that_stays() throws IOException {
        Path library = launcher.root.resolve("target/app-1");
        launcher.succeeded(launcher.jdk("25.0.1"), Map.of(), "drill", "list", "--no-gateway");
        LauncherRun.soon().until(() -> LauncherRun.isWhole(library.resolve("server.aot")));
        LauncherRun.soon().until(() -> launcher.leftNothing());
        launcher.succeeded(launcher.jdk("25.0.1"), Map.of(), "drill", "list", "--no-gateway");

        assertThat(LauncherRun.caches(library)).containsExactly("server.aot");
        assertThat(launcher.calls().getLast()).contains("/app-1/server.aot ");
        assertThat(launcher.calls().stream().filter(call -> call.contains(" vm add ")))
                .hasSize(2);
        assertThat(launcher.calls().stream().filter(call -> call.contains(" serve ")))
                .hasSize(2);
    }

    @Test
    void a_training_that_fails_leaves_nothing_and_harms_nothing() throws IOException {
        Path library = launcher.root.resolve("target/app-1");
        Map<String, String> failing = Map.of("FAILS", "yes");
        launcher.succeeded(launcher.jdk("25.0.1"), failing, "vm", "list");
        launcher.succeeded(launcher.jdk("25.0.1"), failing, "drill", "list", "--no-gateway");
        LauncherRun.soon().until(() -> launcher.trainings() == 2);
        LauncherRun.soon().until(() -> LauncherRun.caches(library).isEmpty() && launcher.leftNothing());

        launcher.succeeded(launcher.jdk("25.0.1"), failing, "vm", "list");
        assertThat(launcher.calls().getLast()).doesNotContain("AOTCache");
        assertThat(launcher.trainings()).as("not again and again").isEqualTo(2);
    }

    @Test
    void another_build_and_another_jdk_get_caches_of_their_own() throws IOException {
        Path first = launcher.root.resolve("target/app-1/cli.aot");
        launcher.succeeded(launcher.jdk("25.0.1"), Map.of(), "vm", "list");
        LauncherRun.soon().until(() -> LauncherRun.isWhole(first));

        Path second = built("app-2").resolve("cli.aot");
        launcher.succeeded(launcher.jdk("25.0.1"), Map.of(), "vm", "list");
        assertThat(launcher.calls()).noneMatch(call -> call.contains("/app-1/cli.aot "));
        LauncherRun.soon().until(() -> LauncherRun.isWhole(second));

        launcher.succeeded(launcher.jdk("25.0.2"), Map.of(), "vm", "list");
        LauncherRun.soon().until(() -> launcher.trainings() == 3 && LauncherRun.isWhole(second));
        assertThat(launcher.calls().stream().filter(call -> call.contains("-XX:AOTCache=")))
                .as("the newer JDK is given none of the older one")
                .isEmpty();
        LauncherRun.soon().until(() -> {
            launcher.succeeded(launcher.jdk("25.0.2"), Map.of(), "vm", "list");
            return launcher.calls().getLast().contains("/app-2/cli.aot ");
        });
        assertThat(launcher.trainings()).isEqualTo(3);
    }

    @Test
    void a_cache_that_is_none_is_passed_over_without_a_word() throws IOException {
        Path library = launcher.root.resolve("target/app-1");
        Files.delete(library.resolve("coordinator-1.jar"));
        try (Stream<Path> jars = Files.list(Path.of("target", "lib"))) {
            for (Path jar : jars.toList()) {
                Files.createSymbolicLink(library.resolve(jar.getFileName()), jar.toAbsolutePath());
            }
        }
        Path jdk = Path.of(System.getProperty("java.home"));
        Files.createDirectory(library.resolve(".cli.aot"));
        String without = launcher.succeeded(jdk, Map.of(), "--version");
        Files.writeString(library.resolve("cli.aot"), "no cache");
        Files.copy(jdk.resolve("release"), library.resolve(".cli.aot").resolve("release"));

        assertThat(launcher.succeeded(jdk, Map.of(), "--version"))
                .isEqualTo(without)
                .isNotBlank();
        assertThat(library.resolve("cli.aot")).hasContent("no cache");
    }
}
