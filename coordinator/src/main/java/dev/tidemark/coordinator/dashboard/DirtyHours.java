package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.DirtyHourView;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much of a disk was marked since its newest checkpoint, hour by hour: it grows while the guest writes, and begins anew with each
 * checkpoint. An hour of which no gateway told anything has no value, which is not the same as none marked.
 */
public record DirtyHours(String disk, List<Hour> hours, long bytesMax) {
    static final Duration SPAN = Duration.ofDays(7);

    /** One hour, by its beginning. */
    public record Hour(Instant at, Optional<Long> bytes) {}

    public DirtyHours {
        hours = List.copyOf(hours);
    }

    static Instant first(Instant now) {
        return now.truncatedTo(ChronoUnit.HOURS).minus(SPAN).plus(Duration.ofHours(1));
    }

    /** Of a height of so many units; what is not nothing is seen. */
    public int height(Hour hour, int units) {
        return hour.bytes()
                .map(bytes ->
                        bytes == 0 ? 1 : (int) Math.max(2, Math.round((double) bytes * units / Math.max(1, bytesMax))))
                .orElse(0);
    }

    /** In words, for those who do not see it. */
    public String summary() {
        long told = hours.stream().filter(hour -> hour.bytes().isPresent()).count();
        return disk + ": told in " + told + " of the last " + hours.size() + " hours, at most " + Words.bytes(bytesMax)
                + " marked";
    }

    /** One for each disk that anything was told of. */
    static List<DirtyHours> of(List<DirtyHourView> told, Instant now) {
        Map<String, Map<Instant, Long>> disks = new LinkedHashMap<>();
        for (DirtyHourView one : told) {
            disks.computeIfAbsent(one.disk(), name -> new HashMap<>()).put(one.hour(), one.bytes());
        }
        return disks.entrySet().stream()
                .map(entry -> of(entry.getKey(), entry.getValue(), now))
                .toList();
    }

    private static DirtyHours of(String disk, Map<Instant, Long> told, Instant now) {
        List<Hour> hours = new ArrayList<>();
        for (Instant at = first(now); !at.isAfter(now); at = at.plus(Duration.ofHours(1))) {
            hours.add(new Hour(at, Optional.ofNullable(told.get(at))));
        }
        return new DirtyHours(
                disk,
                hours,
                told.values().stream().mapToLong(Long::longValue).max().orElse(0));
    }
}
