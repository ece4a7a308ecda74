package dev.tidemark.gateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary directory short enough for the 107 bytes that a socket's path may have. */
public final class ShortDirectory implements AutoCloseable {

    private final Path path;

    private ShortDirectory(Path path) {
        this.path = path;
    }

    /** Makes one below /tmp, whatever java.io.tmpdir says. */
    public static ShortDirectory create() {
        try {
            return new ShortDirectory(
                    Files.createTempDirectory(Path.of("/tmp"), "tm").toRealPath());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public Path path() {
        return path;
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() {
        try (Stream<Path> tree = Files.walk(path)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path entry : deepestFirst) {
                Files.deleteIfExists(entry);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
