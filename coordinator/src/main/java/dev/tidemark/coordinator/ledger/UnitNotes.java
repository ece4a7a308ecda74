package dev.tidemark.coordinator.ledger;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.jspecify.annotations.Nullable;

/** What the parts of the ledger tell each other about the unit of work that they are in: Axon has no parameter for any of it. */
final class UnitNotes {
    private static final String KEY = UnitNotes.class.getName();

    private final Map<String, End> ends = new HashMap<>();
    private final Map<String, Long> places = new HashMap<>();
    private @Nullable Tail tail;
    private boolean foundOthers;
    private boolean logAlone;

    private UnitNotes() {}

    /** Those of the current unit of work, which begin empty. */
    static UnitNotes ofUnit() {
        return CurrentUnitOfWork.get().root().getOrComputeResource(KEY, key -> new UnitNotes());
    }

    /** The event that a machine's log must end with for anything to be appended to it. */
    record End(long sequence, String eventId) {}

    void appendBehind(String aggregateId, End end) {
        ends.put(aggregateId, end);
    }

    /** Empty where the state was compared with the log before. */
    Optional<End> endOf(String aggregateId) {
        return Optional.ofNullable(ends.get(aggregateId));
    }

    /** Where in the log the appended events came to lie, by their identifiers: the insert itself brings that along. */
    Map<String, Long> places() {
        return places;
    }

    /** Events of a machine from this one on, read already together with what they come after. */
    record Tail(String aggregateId, long firstSequence, List<DomainEventData<?>> events) {}

    void read(Tail read) {
        tail = read;
    }

    /** What the log holds behind the state that was at hand. */
    void behindStateAtHand(List<DomainEventData<?>> events) {
        foundOthers = !events.isEmpty();
    }

    /** Once: who reads the same again wants to know what is there by then. */
    Optional<Tail> takeTail(String aggregateId, long firstSequence) {
        Tail read = tail;
        tail = null;
        return Optional.ofNullable(read)
                .filter(events -> events.aggregateId().equals(aggregateId) && events.firstSequence() == firstSequence);
    }

    /** Whether events of somebody else were found behind the state that was at hand. */
    boolean foundOthers() {
        return foundOthers;
    }

    /** From now on nothing is read but the log and its snapshots, whatever is at hand. */
    void readLogAlone() {
        logAlone = true;
    }

    boolean readsLogAlone() {
        return logAlone;
    }
}
