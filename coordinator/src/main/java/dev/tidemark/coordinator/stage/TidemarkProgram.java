package dev.tidemark.coordinator.stage;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * This very program, run in a JVM of its own so that it can be killed.
 *
 * @param temporary where that JVM may put files; cleared with the stage
 * @param options of that JVM, beyond those that every one gets
 */
record TidemarkProgram(Path temporary, List<String> options) {
    /** Without the tests of a build: nothing that is started needs them. */
    private static final List<String> CLASS_PATH = Arrays.stream(
                    System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.isEmpty() && !entry.endsWith("test-classes"))
            .toList();

    List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current()
                .info()
                .command()
                .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                CLASS_PATH.stream().collect(Collectors.joining(File.pathSeparator)),
                "dev.tidemark.coordinator.cli.TidemarkCommand"));
        command.addAll(arguments);
        return command;
    }

    /** As the launcher starts a server: with the better compiler, and with what it remembers of a server's start, if it does. */
    static List<String> launched() {
        List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=4", "-XX:-UseSerialGC", "-XX:+UseG1GC"));
        serverCache().ifPresent(cache -> options.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:disable")));
        return options;
    }

    static Optional<Path> serverCache() {
        return cache("server.aot");
    }

    /** For commands that only ask. */
    static Optional<Path> commandCache() {
        return cache("cli.aot");
    }

    /** Beside the archives, where the launcher put it; not there if it was not made yet. */
    private static Optional<Path> cache(String name) {
        return isCacheable()
                ? CLASS_PATH.stream()
                        .findFirst()
                        .map(archive -> Path.of(archive).resolveSibling(name))
                        .filter(Files::isReadable)
                : Optional.empty();
    }

    /** Whether the JVM can keep a start-up cache of it: only of archives, not of the folders of a build. */
    static boolean isCacheable() {
        return CLASS_PATH.stream().noneMatch(entry -> Files.isDirectory(Path.of(entry)));
    }
}
