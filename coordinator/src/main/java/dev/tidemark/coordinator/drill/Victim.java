package dev.tidemark.coordinator.drill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a drill kills. */
enum Victim {
    COORDINATOR,
    GATEWAY,
    QEMU,
    POSTGRESQL;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static String words(Set<Victim> victims) {
        return victims.stream().map(Victim::word).collect(Collectors.joining("+"));
    }

    static Optional<Set<Victim>> parsed(String words) {
        Set<Victim> victims = EnumSet.noneOf(Victim.class);
        for (String word : words.split("\\+", -1)) {
            Optional<Victim> named = Arrays.stream(values())
                    .filter(one -> one.word().equals(word))
                    .findFirst();
            if (named.isEmpty()) {
                return Optional.empty();
            }
            victims.add(named.get());
        }
        return Optional.of(victims);
    }

    /** Every subset with somebody in it: the single ones first. */
    static List<Set<Victim>> subsets() {
        List<Set<Victim>> subsets = new ArrayList<>(List.of(EnumSet.noneOf(Victim.class)));
        for (Victim victim : values()) {
            for (Set<Victim> without : List.copyOf(subsets)) {
                Set<Victim> with = EnumSet.of(victim);
                with.addAll(without);
                subsets.add(with);
            }
        }
        subsets.removeIf(Set::isEmpty);
        subsets.sort(Comparator.comparingInt(Set::size));
        return List.copyOf(subsets);
    }
}
