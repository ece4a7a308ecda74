package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How far something is; never from the log. {@code bytesPerSecond} is that of the last half minute or so, and {@code secondsLeft} what
 * follows from it for this phase; both are there once they are known.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ProgressView(
        String phase,
        long bytesDone,
        long bytesTotal,
        @Nullable Long bytesPerSecond,
        @Nullable Long secondsLeft) {
    /** Seen going at that pace. */
    public static ProgressView at(String phase, long bytesDone, long bytesTotal, @Nullable Long bytesPerSecond) {
        Long left = bytesPerSecond == null || bytesPerSecond < 1
                ? null
                : Math.ceilDiv(Math.max(0, bytesTotal - bytesDone), bytesPerSecond);
        return new ProgressView(phase, bytesDone, bytesTotal, bytesPerSecond, left);
    }
}
