package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.Ulid;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A turn that fails is not the last: no deadline would ever hold again. */
class DeadlinesTest {
    private static final Duration INTERVAL = Duration.ofMillis(1);

    private final BlockingQueue<AbortBackup> ended = new LinkedBlockingQueue<>();

    private static AbortBackup late(int number) {
        String id = Ulid.encode(number, new byte[Ulid.RANDOMNESS_BYTES]);
        return new AbortBackup(new MachineId(id), new OperationId(id), new BackupId(id), true, Instant.EPOCH);
    }

    private AbortBackup next() throws InterruptedException {
        return ended.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void when_nobody_can_tell_what_is_late_it_is_asked_again() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        try (Deadlines _ = Deadlines.start(
                () -> {
                    if (turns.incrementAndGet() < 4) {
                        throw new IllegalStateException("the database is away");
                    }
                    return List.of(late(1));
                },
                (backup, caller) -> ended.add(backup),
                INTERVAL)) {
            assertThat(next()).isEqualTo(late(1));
        }
    }

    @Test
    void one_that_cannot_be_told_to_end_keeps_no_other_from_it_and_is_told_again() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        try (Deadlines _ = Deadlines.start(
                () -> List.of(late(1), late(2), late(3)),
                (backup, caller) -> {
                    if (backup.equals(late(1)) && tries.incrementAndGet() == 1) {
                        throw new IllegalStateException("the database is away");
                    }
                    if (backup.equals(late(2))) {
                        throw new Rejected(
                                Rejected.Kind.CONFLICT, "NOT_RUNNING", "it has ended", "nothing", Optional.empty());
                    }
                    ended.add(backup);
                },
                INTERVAL)) {
            assertThat(next()).isEqualTo(late(3));
            assertThat(next()).isEqualTo(late(1));
            assertThat(next()).isEqualTo(late(3));
        }
    }
}
