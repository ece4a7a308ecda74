package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Several files are read at once, and no reading outlives the call. */
class SideBySideTest {

    @Test
    void results_keep_the_order_of_the_readings_whichever_ends_first() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        List<SideBySide.Reading<String>> readings = new ArrayList<>();
        readings.add(() -> {
            if (Runtime.getRuntime().availableProcessors() > 1) {
                second.await();
            }
            return "first";
        });
        readings.add(() -> {
            second.countDown();
            return "second";
        });
        for (int number = 3; number <= 20; number++) {
            String name = "number " + number;
            readings.add(() -> name);
        }
        // when
        List<String> results = SideBySide.all(readings);
        // then
        assertThat(results)
                .hasSize(20)
                .startsWith("first", "second", "number 3")
                .endsWith("number 20");
    }

    @Test
    void what_the_reading_finds_is_told_rather_than_the_work_that_fails_of_it() {
        CountDownLatch failed = new CountDownLatch(1);
        assertThatThrownBy(() -> SideBySide.whileWorking(
                        () -> {
                            failed.await();
                            throw new IOException("rotten");
                        },
                        () -> {
                            failed.countDown();
                            throw new IOException("cannot make sense of it");
                        }))
                .hasMessage("rotten");
        assertThatThrownBy(() -> SideBySide.whileWorking(() -> "sound", () -> {
                    throw new IOException("no room");
                }))
                .hasMessage("no room");
    }

    @Test
    void work_has_ended_when_the_reading_has_failed() {
        AtomicInteger working = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        assertThatThrownBy(() -> SideBySide.whileWorking(
                        () -> {
                            begun.await();
                            throw new IOException("rotten");
                        },
                        () -> {
                            begun.countDown();
                            endless(working).read();
                        }))
                .hasMessage("rotten");
        assertThat(working).hasValue(0);
    }

    @Test
    void a_failure_stops_the_others_and_is_what_the_caller_sees() {
        AtomicInteger reading = new AtomicInteger();
        CountDownLatch other = new CountDownLatch(1);
        assertThatThrownBy(() -> SideBySide.all(List.of(
                        () -> {
                            if (Runtime.getRuntime().availableProcessors() > 1) {
                                other.await();
                            }
                            throw new IOException("the disk is gone");
                        },
                        () -> {
                            other.countDown();
                            return endless(reading).read();
                        })))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is gone");
        assertThat(reading).hasValue(0);
    }

    @Test
    void an_interrupted_caller_leaves_no_reading_behind() throws InterruptedException {
        AtomicInteger reading = new AtomicInteger();
        AtomicReference<Object> outcome = new AtomicReference<>("none");
        CountDownLatch begun = new CountDownLatch(1);
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                outcome.set(SideBySide.all(List.of(
                        () -> {
                            begun.countDown();
                            return endless(reading).read();
                        },
                        endless(reading))));
            } catch (IOException | RepositoryException | InterruptedException failure) {
                outcome.set(failure);
            }
        });
        begun.await();
        // when
        caller.interrupt();
        caller.join();
        // then
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        assertThat(reading).hasValue(0);
    }

    @Test
    void nothing_to_read_is_nothing_read() throws Exception {
        assertThat(SideBySide.all(List.<SideBySide.Reading<String>>of())).isEmpty();
    }

    @Test
    void a_bug_is_not_dressed_as_a_fault_of_the_disk() {
        assertThatThrownBy(() -> SideBySide.all(List.of(() -> "fine", () -> {
                    throw new IllegalStateException("bug");
                })))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("bug");
    }

    /** Goes on until it is interrupted; counted while it does. */
    private static SideBySide.Reading<String> endless(AtomicInteger reading) {
        return () -> {
            reading.incrementAndGet();
            try {
                new CountDownLatch(1).await();
                return "never";
            } finally {
                reading.decrementAndGet();
            }
        };
    }
}
