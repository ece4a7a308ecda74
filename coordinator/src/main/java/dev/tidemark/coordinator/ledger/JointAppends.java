package dev.tidemark.coordinator.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;

/**
 * Appends what several commands propose in one transaction: one insert, one commit, one wait for the disk. The machines go in the order of
 * their ids, in every coordinator, so that two of these transactions never wait for each other in a circle.
 */
final class JointAppends<E> implements Gathering.Work<Proposal, List<StoredEvent<E>>> {
    /** What another try at once would meet again: nobody needs to find that out for themselves. */
    private static final Set<LedgerException.Cause> OUTAGES_OF_ALL = Set.of(
            LedgerException.Cause.DATABASE_DOWN,
            LedgerException.Cause.CONNECTIONS_EXHAUSTED,
            LedgerException.Cause.DISK_FULL,
            LedgerException.Cause.READ_ONLY);

    private final EventStore store;
    private final Publication<E> publication;
    private final CommitOutcome outcome;

    JointAppends(EventStore store, Publication<E> publication, CommitOutcome outcome) {
        this.store = store;
        this.publication = publication;
        this.outcome = outcome;
    }

    /** Whether a failure of the transaction is that of everyone in it. A time-out is not: one machine may have kept the others waiting. */
    static boolean isOfAll(RuntimeException failure) {
        if (failure instanceof CommitOutcome.Unknown) {
            return true;
        }
        Optional<LedgerException.Cause> outage = SqlStates.outage(failure).or(() -> Sorting.ofPool(failure));
        return outage.filter(OUTAGES_OF_ALL::contains).isPresent();
    }

    @Override
    public List<List<StoredEvent<E>>> together(List<Proposal> proposals) {
        List<Proposal> ordered = proposals.stream()
                .sorted(Comparator.comparing(Proposal::aggregateId))
                .toList();
        Map<String, List<StoredEvent<E>>> stored = appended(ordered).stream()
                .collect(Collectors.groupingBy(StoredEvent::aggregateId, HashMap::new, Collectors.toList()));
        return proposals.stream()
                .map(proposal -> stored.getOrDefault(proposal.aggregateId(), List.of()))
                .toList();
    }

    private List<StoredEvent<E>> appended(List<Proposal> proposals) {
        UnitOfWork<?> unit = DefaultUnitOfWork.startAndGet(null);
        try {
            UnitNotes notes = UnitNotes.ofUnit();
            List<DomainEventMessage<?>> events = new ArrayList<>();
            for (Proposal proposal : proposals) {
                notes.appendBehind(proposal.aggregateId(), proposal.behind());
                events.addAll(proposal.events());
            }
            store.publish(events);
            List<StoredEvent<E>> stored = publication.appended();
            outcome.of(unit, stored);
            return stored;
        } catch (RuntimeException failure) {
            if (unit.isActive()) {
                unit.rollback(failure);
            }
            throw failure;
        }
    }
}
