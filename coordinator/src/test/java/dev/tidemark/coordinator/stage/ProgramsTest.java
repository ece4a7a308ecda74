package dev.tidemark.coordinator.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets a signal: whoever was started here, and nobody else. */
class ProgramsTest {
    private static final List<String> WAIT = List.of("sleep", "60");

    @TempDir
    private Path directory;

    @Test
    void what_is_told_to_stand_still_does_when_that_returns_and_goes_on_when_it_may() throws IOException {
        try (Programs programs = new Programs(directory)) {
            long id = programs.start("waits", WAIT).pid();
            programs.pause(id);
            assertThat(state(id)).isEqualTo("T");
            programs.resume(id);
            assertThat(state(id)).isNotEqualTo("T");
        }
    }

    @Test
    void what_was_not_started_here_gets_no_signal() throws IOException {
        Process stranger = new ProcessBuilder(WAIT).start();
        try (Programs programs = new Programs(directory)) {
            assertThatThrownBy(() -> programs.pause(stranger.pid()))
                    .isInstanceOf(StageFailure.class)
                    .hasMessageContaining("none that was started here");
            assertThatThrownBy(() -> programs.resume(stranger.pid())).isInstanceOf(StageFailure.class);
            assertThat(state(stranger.pid())).isNotEqualTo("T");
        } finally {
            stranger.destroyForcibly();
        }
    }

    private static String state(long id) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(id), "status")).stream()
                .filter(line -> line.startsWith("State:"))
                .map(line -> line.split("\\s+", -1)[1])
                .findFirst()
                .orElseThrow();
    }
}
