package dev.tidemark.coordinator.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Who looks for keys that are shown has to find one that is. */
class KeyWatchTest {
    private static final String SHOWN = "a/key/that/everybody/can/see/a/key/that/everybody/can/see";

    @Test
    void a_key_on_a_command_line_or_in_an_environment_is_seen() throws IOException {
        for (boolean isArgument : new boolean[] {true, false}) {
            ProcessBuilder showing = isArgument
                    ? new ProcessBuilder("sh", "-c", "sleep 60; true", SHOWN)
                    : new ProcessBuilder("sh", "-c", "sleep 60; true");
            if (!isArgument) {
                showing.environment().put("KEY", SHOWN);
            }
            Process process = showing.start();
            try (KeyWatch watch = new KeyWatch(SHOWN)) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> watch.seen().stream()
                                .anyMatch(seen -> seen.startsWith("/proc/" + process.pid() + "/")));
                assertThat(watch.seen()).allMatch(seen -> seen.contains(SHOWN));
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }
}
