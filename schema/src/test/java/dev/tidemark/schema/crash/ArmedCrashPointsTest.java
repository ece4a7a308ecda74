package dev.tidemark.schema.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
        assertThat(reached("token")).doesNotExist();
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
        awaitReached("token");
        assertThat(passing.join(Duration.ofMillis(50))).isFalse();
        release("token");
        assertThat(passing.join(TIME_MAX)).isTrue();
    }

    @Test
    void each_machine_stands_still_at_its_own_passage_and_keeps_no_other_one() throws Exception {
        // given
        ArmedCrashPoints points = new ArmedCrashPoints(directory);
        order(ArmedCrashPoints.HOLD_PREFIX + "a", "RENAMED 1 for-a");
        order(ArmedCrashPoints.HOLD_PREFIX + "b", "RENAMED 2 for-b");
        // when
        Thread a = Thread.ofPlatform().daemon().start(() -> points.of("a").at(CrashPoint.RENAMED));
        awaitReached("for-a");
        // then: what others pass is not counted for it, and it passes while the other one stands still
        points.of("b").at(CrashPoint.RENAMED);
        points.of("c").at(CrashPoint.RENAMED);
        assertThat(reached("for-b")).doesNotExist();
        Thread b = Thread.ofPlatform().daemon().start(() -> points.of("b").at(CrashPoint.RENAMED));
        awaitReached("for-b");
        release("for-b");
        assertThat(b.join(TIME_MAX)).isTrue();
        assertThat(a.join(Duration.ofMillis(50))).isFalse();
        release("for-a");
        assertThat(a.join(TIME_MAX)).isTrue();
    }

    @Test
    void a_step_for_several_machines_stands_still_for_each_that_was_ordered_to() throws Exception {
        // given
        ArmedCrashPoints points = new ArmedCrashPoints(directory);
        order(ArmedCrashPoints.HOLD_PREFIX + "a", "AFTER_WAKE 1 for-a");
        order(ArmedCrashPoints.HOLD_PREFIX + "b", "AFTER_WAKE 1 for-b");
        // when
        Thread wake =
                Thread.ofPlatform().daemon().start(() -> points.at(CrashPoint.AFTER_WAKE, List.of("a", "b", "c")));
        // then
        awaitReached("for-a");
        awaitReached("for-b");
        release("for-a");
        assertThat(wake.join(Duration.ofMillis(50))).isFalse();
        release("for-b");
        assertThat(wake.join(TIME_MAX)).isTrue();
    }

    @Test
    void orders_for_a_machine_that_is_not_known_yet_become_those_of_the_first_without_any() throws Exception {
        // given
        ArmedCrashPoints points = new ArmedCrashPoints(directory);
        order(ArmedCrashPoints.HOLD_PREFIX + "known", "none");
        order(ArmedCrashPoints.NEXT_FILE, "AFTER_COMMIT 1 for-new");
        // when
        points.of("known").at(CrashPoint.AFTER_COMMIT);
        points.of("new").at(CrashPoint.BEFORE_APPEND);
        points.of("newer").at(CrashPoint.AFTER_COMMIT);
        assertThat(reached("for-new")).doesNotExist();
        Thread passing =
                Thread.ofPlatform().daemon().start(() -> points.of("new").at(CrashPoint.AFTER_COMMIT));
        // then
        awaitReached("for-new");
        release("for-new");
        assertThat(passing.join(TIME_MAX)).isTrue();
    }

    private void order(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }

    private Path reached(String token) {
        return directory.resolve(ArmedCrashPoints.REACHED_PREFIX + token);
    }

    private void release(String token) throws IOException {
        Files.createFile(directory.resolve(ArmedCrashPoints.RELEASE_PREFIX + token));
    }

    private void awaitReached(String token) {
        long end = System.nanoTime() + TIME_MAX.toNanos();
        while (!Files.exists(reached(token))) {
            assertThat(System.nanoTime()).as("never reached").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
