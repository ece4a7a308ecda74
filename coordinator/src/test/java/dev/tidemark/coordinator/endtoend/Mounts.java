package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** File systems that are small on purpose. */
final class Mounts {
    private Mounts() {}

    static void tmpfs(Path place, String options) {
        run("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString());
    }

    static void release(Path place) {
        run("umount", place.toString());
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
