package dev.tidemark.coordinator.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A night's window is worked out once, from the clock as it is then; what passes of it is measured by what cannot be set. */
class SchedulerClockTest {
    private static final Path PROGRAM = Path.of("..", "docs", "scheduler");
    private static final Pattern CLOCK =
            Pattern.compile("(Instant|ZonedDateTime|LocalDateTime|LocalTime|LocalDate|OffsetDateTime)\\.now\\(|"
                    + "currentTimeMillis|\\bClock\\b|new Date\\(");

    private static List<String> clocks(String name, String source) {
        List<String> found = new ArrayList<>();
        source.lines()
                .filter(line -> CLOCK.matcher(line).find())
                .forEach(line -> found.add(name + ": " + line.strip()));
        return found;
    }

    @Test
    void it_asks_the_clock_once() throws IOException {
        List<String> asked = new ArrayList<>();
        try (Stream<Path> files = Files.list(PROGRAM)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                asked.addAll(clocks(file.getFileName().toString(), Files.readString(file)));
            }
        }
        assertThat(asked).containsExactly("Time.java: private static final Instant BEGUN = Instant.now();");
        assertThat(clocks("Twin.java", "  return !Instant.now().isBefore(end);\n"))
                .hasSize(1);
    }
}
