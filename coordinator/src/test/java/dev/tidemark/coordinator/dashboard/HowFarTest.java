package dev.tidemark.coordinator.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.JobSight;
import dev.tidemark.coordinator.view.ProgressView;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Stall;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What pages say of a job of which nothing was heard for a while. */
class HowFarTest {
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final OperationId OPERATION = new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FAW");

    @Test
    void what_was_told_just_now_is_shown_with_the_time_that_is_left() {
        ProgressView shown = shown(Duration.ofSeconds(2), Optional.empty());
        assertThat(shown.phase()).isEqualTo("copy");
        assertThat(shown.secondsLeft()).isEqualTo(9);
    }

    @Test
    void what_was_told_while_ago_says_when_and_promises_no_end() {
        ProgressView shown = shown(Duration.ofSeconds(100), Optional.empty());
        assertThat(shown.phase()).isEqualTo("copy, told 100 s ago");
        assertThat(shown.bytesDone()).isEqualTo(100);
        assertThat(shown.secondsLeft()).isNull();
        assertThat(shown.bytesPerSecond()).isNull();
    }

    @Test
    void what_stands_still_says_since_when_it_does() {
        ProgressView shown = shown(Duration.ofSeconds(100), Optional.of(new Stall(Samples.NOW, "the target")));
        assertThat(shown.phase()).isEqualTo("copy");
        assertThat(shown.stalledSince()).isEqualTo(Samples.NOW);
    }

    private static ProgressView shown(Duration age, Optional<Stall> stall) {
        return HowFar.of(new JobSight(
                        Optional.of(new Progress(MACHINE, OPERATION, "copy", 100, 1000, stall)),
                        OptionalLong.of(100),
                        Optional.of(age),
                        Optional.empty()))
                .orElseThrow();
    }
}
