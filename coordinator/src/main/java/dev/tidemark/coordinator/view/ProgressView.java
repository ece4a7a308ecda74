package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far something is; never from the log. {@code bytesPerSecond} is that of the last half minute or so, and {@code secondsLeft} what
 * follows from it for this phase; both are there once they are known. What stands still for longer than it may says since when, and what it awaits.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ProgressView(
        String phase,
        long bytesDone,
        long bytesTotal,
        @Nullable Long bytesPerSecond,
        @Nullable Long secondsLeft,
        @Nullable Instant stalledSince,
        @Nullable String awaits) {
    /** Seen going at that pace. */
    public static ProgressView at(String phase, long bytesDone, long bytesTotal, @Nullable Long bytesPerSecond) {
        Long left = bytesPerSecond == null || bytesPerSecond < 1
                ? null
                : Math.ceilDiv(Math.max(0, bytesTotal - bytesDone), bytesPerSecond);
        return new ProgressView(phase, bytesDone, bytesTotal, bytesPerSecond, left, null, null);
    }

    /** Seen standing still: how long that will last cannot be told from how it went before. */
    public static ProgressView stalled(
            String phase, long bytesDone, long bytesTotal, Instant stalledSince, String awaits) {
        return new ProgressView(phase, bytesDone, bytesTotal, null, null, stalledSince, awaits);
    }
}
