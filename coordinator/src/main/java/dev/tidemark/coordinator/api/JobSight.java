package dev.tidemark.coordinator.api;

import dev.tidemark.coordinator.view.ProgressView;
import dev.tidemark.schema.contract.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an operation that has not ended, besides what the log says: how far it is and how fast, if its gateway has told, or
 * why it has not begun.
 *
 * @param toldAgo when its gateway told that last: it tells again when something has moved
 */
public record JobSight(
        Optional<Progress> progress,
        OptionalLong bytesPerSecond,
        Optional<Duration> toldAgo,
        Optional<String> waitsFor) {
    /** Nobody has told anything. */
    public static final JobSight NONE =
            new JobSight(Optional.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty());

    /** As it is shown. */
    public Optional<ProgressView> shown() {
        @Nullable Long rate = bytesPerSecond.isPresent() ? (Long) bytesPerSecond.getAsLong() : null;
        return progress.map((Progress step) -> step.stall()
                .map(stall -> ProgressView.stalled(
                        step.phase(), step.bytesDone(), step.bytesTotal(), stall.since(), stall.awaited()))
                .orElseGet(() -> ProgressView.at(step.phase(), step.bytesDone(), step.bytesTotal(), rate)));
    }
}
