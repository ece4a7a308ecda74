package dev.tidemark.gateway.differential;

import java.util.ArrayList;
import java.util.List;

/** Leaves steps out of a sequence as long as the sides still part. */
final class Shrinker {
    private final Comparison comparison;

    Shrinker(Comparison comparison) {
        this.comparison = comparison;
    }

    Comparison.Run shortest(Comparison.Run run) {
        Comparison.Run best = run;
        for (int chunk = Math.max(1, run.steps().size() / 2); chunk >= 1; chunk /= 2) {
            for (int start = 0; start < best.steps().size(); ) {
                List<Step> fewer = new ArrayList<>(best.steps());
                fewer.subList(start, Math.min(fewer.size(), start + chunk)).clear();
                Comparison.Run tried = comparison.replay(fewer);
                if (tried.difference().isPresent()) {
                    best = tried;
                } else {
                    start += chunk;
                }
            }
        }
        return best;
    }
}
