package dev.tidemark.coordinator.api.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The judge of a reader: exactly the committed events, none twice, those of each machine in their order. */
final class StreamFaults {
    private StreamFaults() {}

    static List<String> of(List<WritersAtOnce.Place> seen, List<WritersAtOnce.Place> committed) {
        List<String> faults = new ArrayList<>();
        Map<String, Long> newest = new HashMap<>();
        Set<WritersAtOnce.Place> known = new HashSet<>();
        for (WritersAtOnce.Place place : seen) {
            if (!known.add(place)) {
                faults.add("twice: " + place);
            }
            long before = newest.getOrDefault(place.machine(), 0L);
            if (place.version() < before) {
                faults.add("out of order: " + place + " after " + before);
            }
            newest.put(place.machine(), place.version());
        }
        Set<WritersAtOnce.Place> wanted = new HashSet<>(committed);
        for (WritersAtOnce.Place place : committed) {
            if (!known.contains(place)) {
                faults.add("lost: " + place);
            }
        }
        for (WritersAtOnce.Place place : known) {
            if (!wanted.contains(place)) {
                faults.add("never committed: " + place);
            }
        }
        return faults;
    }
}
