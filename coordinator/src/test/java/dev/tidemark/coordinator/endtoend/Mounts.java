package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** File systems that are small on purpose. */
final class Mounts {
    private Mounts() {}

    static void tmpfs(Path place, String options) {
        run("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString());
    }

    /** The same for the length of a block: what goes wrong inside is not hidden by a release that fails because of it. */
    static Mounted mounted(Path place, String options) {
        tmpfs(place, options);
        return new Mounted(place);
    }

    record Mounted(Path place) implements AutoCloseable {
        @Override
        public void close() {
            release(place);
        }
    }

    /** Once nobody has it in use any more: a backup that has just ended may still have its target open. */
    static void release(Path place) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> run("umount", place.toString()));
    }

    /** Until there is no room for one byte more. */
    static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] bytes = new byte[4096];
            while (true) {
                out.write(bytes);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private static void run(String... command) {
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            assertThat(code).as("%s", List.of(command)).isZero();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
