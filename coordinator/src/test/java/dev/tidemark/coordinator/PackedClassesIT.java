package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a command loads is new enough for the JVM's start-up cache, which takes no class that is verified in the way of before Java 6. */
class PackedClassesIT {
    /** What the launcher runs; packed before such tests begin. */
    private static final Path LIBRARY = Path.of("target", "lib");

    private static final int CACHED_FROM = 50;
    private static final int MAGIC = 0xCAFEBABE;

    /** Packages of which every command uses some classes. */
    private static final List<String> OF_EVERY_COMMAND =
            List.of("picocli/", "tools/jackson/", "com/fasterxml/jackson/", "dev/tidemark/");

    private static List<String> tooOld(Path jar) {
        List<String> found = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().toList()) {
                if (OF_EVERY_COMMAND.stream().anyMatch(entry.getName()::startsWith)
                        && entry.getName().endsWith(".class")) {
                    int version = version(file, entry);
                    if (version < CACHED_FROM) {
                        found.add(entry.getName() + " is of version " + version);
                    }
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return found;
    }

    private static int version(JarFile file, JarEntry entry) throws IOException {
        try (DataInputStream in = new DataInputStream(file.getInputStream(entry))) {
            assertThat(in.readInt()).isEqualTo(MAGIC);
            in.readUnsignedShort();
            return in.readUnsignedShort();
        }
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(LIBRARY)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void the_start_up_cache_can_take_every_class_of_a_command() throws IOException {
        assertThat(jars())
                .isNotEmpty()
                .allSatisfy(jar -> assertThat(tooOld(jar)).isEmpty());
    }

    @Test
    void the_class_that_reads_the_command_line_is_there_once() throws IOException {
        assertThat(jars().stream().filter(PackedClassesIT::holdsPicocli))
                .singleElement()
                .satisfies(jar -> assertThat(String.valueOf(jar.getFileName())).startsWith("picocli-"));
    }

    @Test
    void picocli_as_it_is_published_would_be_found_too_old() throws Exception {
        // The tests run with the published jar.
        Path published = Path.of(picocli.CommandLine.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assertThat(tooOld(published)).contains("picocli/CommandLine.class is of version 49");
    }

    private static boolean holdsPicocli(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getEntry("picocli/CommandLine.class") != null;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
