package dev.tidemark.coordinator.drill;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a scenario went, for whoever wants to follow it later.
 *
 * @param history all that the machine had gone through, this scenario last: what it takes to see it again
 * @param killed when; empty if it did not come to that
 * @param held what was judged and holds
 * @param broken what does not hold
 */
record Course(List<String> history, Optional<Instant> killed, Set<Invariant> held, Optional<Invariant> broken) {
    Course {
        history = List.copyOf(history);
        EnumSet<Invariant> kept = EnumSet.noneOf(Invariant.class);
        kept.addAll(held);
        // What was judged twice and does not hold the second time does not hold.
        broken.ifPresent(kept::remove);
        held = Collections.unmodifiableSet(kept);
    }

    Course brokenBy(Optional<Invariant> invariant) {
        return new Course(history, killed, held, invariant);
    }
}
