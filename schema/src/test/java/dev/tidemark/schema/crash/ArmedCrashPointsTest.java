package dev.tidemark.schema.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArmedCrashPointsTest {
    private static final Duration TIME_MAX = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    @Test
    void without_the_property_nothing_is_armed() {
        assertThat(ArmedCrashPoints.ofThisProcess()).isSameAs(CrashHook.NONE);
    }

    @Test
    void every_passage_is_told_and_none_is_held_without_orders() throws Exception {
        // given
        ArmedCrashPoints points = new ArmedCrashPoints(directory);
        // when
        points.at(CrashPoint.AFTER_COMMIT);
        points.at(CrashPoint.RENAMED);
        // then
        String own = ArmedCrashPoints.PASSED_PREFIX + ProcessHandle.current().pid();
        assertThat(Files.readAllLines(directory.resolve(own))).containsExactly("AFTER_COMMIT", "RENAMED");
        assertThat(directory.resolve(ArmedCrashPoints.REACHED_FILE)).doesNotExist();
    }

    @Test
    void the_passage_that_was_ordered_stands_still_until_it_is_released() throws Exception {
        // given: it was passed before the orders came, which does not count
        ArmedCrashPoints points = new ArmedCrashPoints(directory);
        points.at(CrashPoint.RENAMED);
        Files.writeString(directory.resolve(ArmedCrashPoints.HOLD_FILE), "RENAMED 2 token");
        // when
        Thread passing = Thread.ofPlatform().daemon().start(() -> {
            points.at(CrashPoint.RENAMED);
            points.at(CrashPoint.AFTER_COMMIT);
            points.at(CrashPoint.RENAMED);
        });
        // then
        long end = System.nanoTime() + TIME_MAX.toNanos();
        while (!Files.exists(directory.resolve(ArmedCrashPoints.REACHED_FILE))) {
            assertThat(System.nanoTime()).as("never reached").isLessThan(end);
            Thread.onSpinWait();
        }
        assertThat(passing.join(Duration.ofMillis(50))).isFalse();
        Files.createFile(directory.resolve(ArmedCrashPoints.RELEASE_FILE));
        assertThat(passing.join(TIME_MAX)).isTrue();
    }
}
