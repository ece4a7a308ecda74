package dev.tidemark.coordinator.view;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a registered machine could be brought back from, and how the last try to back it up went. A restore point is a completed push
 * backup that lies in a repository and holds every disk that the machine was seen with last.
 *
 * @param newest empty if there is no restore point
 * @param verified the newest restore point that was read to its end and found whole since; empty if there is none
 * @param lastTry the newest backup that was asked for, whatever became of it
 */
public record RestorePointView(
        String vm,
        String name,
        Instant registeredAt,
        @Nullable Point newest,
        @Nullable Point verified,
        @Nullable Try lastTry) {
    /** One restore point; {@code takenAt} is surely not before its own moment. */
    public record Point(
            String backup,
            String repository,
            Instant takenAt,
            @Nullable Instant verifiedAt,
            boolean damaged) {}

    /** One backup that was asked for. */
    public record Try(String backup, String state, @Nullable String code, Instant requestedAt) {}
}
