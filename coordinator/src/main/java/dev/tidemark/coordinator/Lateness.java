package dev.tidemark.coordinator;

import dev.tidemark.schema.contract.Countdown;
import dev.tidemark.schema.id.BackupId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Whose time is over, by the monotonic clock as soon as this process knows of a backup: the time of day may be set meanwhile. */
final class Lateness {
    private final Supplier<Instant> now;
    private final LongSupplier nanoTime;
    private Map<BackupId, Countdown> running = Map.of();

    Lateness(Supplier<Instant> now, LongSupplier nanoTime) {
        this.now = now;
        this.nanoTime = nanoTime;
    }

    /** One turn, which has to ask for every backup that has a deadline: whichever it does not ask for is forgotten. */
    <T> T among(Function<BiPredicate<BackupId, Instant>, T> turn) {
        Map<BackupId, Countdown> asked = new HashMap<>();
        T answer = turn.apply((backup, until) -> {
            Countdown known = running.get(backup);
            Countdown countdown = known == null ? new Countdown() : known;
            asked.put(backup, countdown);
            return !countdown.left(until, now.get(), nanoTime.getAsLong()).isPositive();
        });
        running = asked;
        return answer;
    }
}
