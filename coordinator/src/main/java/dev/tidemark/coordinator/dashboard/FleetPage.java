package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.coordinator.view.RestorePointView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The first screen: what is wrong, what runs, and every machine, trouble first. */
public record FleetPage(
        Frame frame,
        Wanted wanted,
        Counts counts,
        List<MachineHealth> rows,
        List<OperationView> running,
        int runningCount,
        int matching,
        int pages) {
    static final int ROWS_MAX = 50;
    private static final int RUNNING_MAX = 12;

    /** The machine that waits longest for a restore point comes first among those that are equally bad. */
    private static final Comparator<MachineHealth> TROUBLE_FIRST = Comparator.comparing(MachineHealth::level)
            .thenComparingInt(health ->
                    health.troubles().stream().findFirst().map(Enum::ordinal).orElse(Integer.MAX_VALUE))
            .thenComparingInt(health -> -health.troubles().size())
            .thenComparing(health ->
                    health.newest().map(RestorePointView.Point::takenAt).orElse(Instant.MIN))
            .thenComparing(health -> health.machine().name());

    /** What the reader asked to see; {@code page} counts from 1. */
    public record Wanted(String name, Optional<Trouble> trouble, Optional<String> host, int page) {
        static final Wanted ALL = new Wanted("", Optional.empty(), Optional.empty(), 1);

        boolean includes(MachineHealth health) {
            return health.machine().name().toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT))
                    && trouble.map(health.troubles()::contains).orElse(true)
                    && host.map(health.machine().host()::equals).orElse(true);
        }

        /** The same, another page of it. */
        public Wanted at(int other) {
            return new Wanted(name, trouble, host, other);
        }

        /** The same names, with another trouble. */
        public Wanted with(Trouble other) {
            return new Wanted(name, Optional.of(other), host, 1);
        }

        public String address() {
            List<String> parts = new ArrayList<>();
            if (page > 1) {
                parts.add("page=" + page);
            }
            if (!name.isEmpty()) {
                parts.add("name=" + Addresses.encoded(name));
            }
            trouble.ifPresent(one -> parts.add("trouble=" + one.name()));
            host.ifPresent(one -> parts.add("host=" + Addresses.encoded(one)));
            return parts.isEmpty() ? "/ui" : "/ui?" + String.join("&", parts);
        }
    }

    /** Of all machines that the reader reaches. */
    public record Counts(
            int machines, int verified, int unverified, int without, int older, Map<Trouble, Integer> troubles) {
        static Counts of(List<MachineHealth> all, Instant now) {
            int verified = 0;
            int unverified = 0;
            int without = 0;
            int older = 0;
            Map<Trouble, Integer> troubles = new EnumMap<>(Trouble.class);
            for (MachineHealth health : all) {
                Optional<RestorePointView.Point> newest = health.newest().filter(point -> !point.damaged());
                if (newest.isEmpty()) {
                    without++;
                } else {
                    if (newest.get().verifiedAt() == null) {
                        unverified++;
                    } else {
                        verified++;
                    }
                    if (newest.get().takenAt().isBefore(now.minus(Duration.ofDays(1)))) {
                        older++;
                    }
                }
                health.troubles().forEach(trouble -> troubles.merge(trouble, 1, Integer::sum));
            }
            return new Counts(all.size(), verified, unverified, without, older, troubles);
        }
    }

    public FleetPage {
        rows = List.copyOf(rows);
        running = List.copyOf(running);
    }

    /** Sorts, filters and cuts out the page that is wanted. */
    static FleetPage of(Frame frame, Wanted wanted, List<MachineHealth> all, List<OperationView> underWay) {
        List<MachineHealth> matching = new ArrayList<>();
        for (MachineHealth health : all) {
            if (wanted.includes(health)) {
                matching.add(health);
            }
        }
        matching.sort(TROUBLE_FIRST);
        int pages = Math.max(1, Math.ceilDiv(matching.size(), ROWS_MAX));
        int first = (Math.min(wanted.page(), pages) - 1) * ROWS_MAX;
        return new FleetPage(
                frame,
                wanted.at(Math.min(wanted.page(), pages)),
                Counts.of(all, frame.now()),
                matching.subList(first, Math.min(first + ROWS_MAX, matching.size())),
                underWay.subList(0, Math.min(RUNNING_MAX, underWay.size())),
                underWay.size(),
                matching.size(),
                pages);
    }
}
