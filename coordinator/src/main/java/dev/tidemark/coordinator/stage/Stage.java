package dev.tidemark.coordinator.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A temporary directory with a coordinator's home, and all processes that run in it; cleared at the end, also on Ctrl-C. */
public final class Stage implements AutoCloseable {
    private final Path directory;
    private final boolean keep;
    private final Programs programs;
    private final Service service;
    private final DatabaseServer database;
    private final Thread interrupted;
    private final List<Path> besides = new ArrayList<>();
    private boolean cleared;

    private Stage(Path directory, boolean keep) {
        this.directory = directory;
        this.keep = keep;
        this.programs = new Programs(directory);
        this.service = new Service(directory.resolve("home"), programs);
        this.database = new DatabaseServer(directory.resolve("database"));
        this.interrupted = new Thread(this::clear, "clear the stage");
    }

    /** An empty stage. Its path is short, because that of a unix socket has at most 107 bytes. */
    public static Stage open(String prefix, boolean keep) throws IOException {
        // Others may pass through, not look: where there are no user namespaces, the database of root runs as somebody
        // else,
        // and would have to keep its data outside of the stage.
        var passable = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x"));
        Stage stage = new Stage(Files.createTempDirectory(prefix, passable), keep);
        Files.createDirectory(stage.directory.resolve("home"), passable);
        Runtime.getRuntime().addShutdownHook(stage.interrupted);
        return stage;
    }

    public Path directory() {
        return directory;
    }

    /** A new directory for what does not belong to the temporary ones, because of its size or its disk; cleared with the stage. */
    public synchronized Path directoryIn(Path parent) throws IOException {
        if (cleared) {
            throw new StageFailure("the stage is being cleared");
        }
        Path made = Files.createTempDirectory(
                parent,
                "tidemark-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        besides.add(made);
        return made;
    }

    public Programs programs() {
        return programs;
    }

    /** The coordinator; not started yet. */
    public Service service() {
        return service;
    }

    /** Another coordinator, with a home of its own; not started yet. */
    public Service service(String name) {
        try {
            return new Service(name, Files.createDirectories(directory.resolve(name)), programs);
        } catch (IOException failure) {
            throw new StageFailure("cannot make a home for " + name, failure);
        }
    }

    /** A database server of its own, for a coordinator that is to outlive it or the other way round; not started yet. */
    public DatabaseServer database() {
        return database;
    }

    /** A gateway of its own for a host, beside the coordinator of this stage; not started yet. */
    public GatewayProcess gateway(String host) {
        return new GatewayProcess(host, host, service, programs);
    }

    /** Another one for a host that may have one already, with a home of its own; not started yet. */
    public GatewayProcess gateway(String name, String host) {
        return new GatewayProcess(name, host, service, programs);
    }

    /** Whether a JVM can keep what it learned of this program: not of the folders of a build. */
    public static boolean isProgramCacheable() {
        return TidemarkProgram.isCacheable();
    }

    /** Whether a restored disk holds, byte for byte, what a raw file holds. */
    public boolean identical(Path raw, Path restored, String format) {
        int code = programs.exitCode(
                "compare",
                List.of(
                        "qemu-img",
                        "compare",
                        "-q",
                        "-f",
                        "raw",
                        "-F",
                        format.toLowerCase(Locale.ROOT),
                        raw.toString(),
                        restored.toString()));
        if (code > 1) {
            throw new StageFailure("qemu-img compare could not compare " + restored + " (exit code " + code + ")");
        }
        return code == 0;
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(interrupted);
        } catch (IllegalStateException stopping) {
            // The JVM is ending, and the hook does nothing that was not done here: clearing twice is harmless.
            return;
        }
    }

    private synchronized void clear() {
        cleared = true;
        programs.close();
        service.stopOrphanedDatabase();
        database.stop();
        if (!keep) {
            besides.forEach(Stage::delete);
            delete(directory);
        }
    }

    /** Removes a directory and all that is in it. */
    public static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException failure) {
            throw new StageFailure("cannot remove " + tree + ": " + failure.getMessage(), failure);
        }
    }
}
