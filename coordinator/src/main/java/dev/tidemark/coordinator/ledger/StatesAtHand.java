package dev.tidemark.coordinator.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.messaging.MetaData;

/**
 * Decides on states that are at hand, without a question. What is appended then is appended behind the very event that the state ends with,
 * or not at all. Whatever would append nothing is not answered here: only a state that was compared with the log may say so.
 */
final class StatesAtHand<S, C, E, R> {
    private final RecentStates<S> recent;
    private final ShellFactory<S, C, E, R> factory;
    private final EventStorage<S> storage;
    private final Gathering<Proposal, List<StoredEvent<E>>> appends;

    StatesAtHand(
            RecentStates<S> recent,
            ShellFactory<S, C, E, R> factory,
            EventStorage<S> storage,
            Gathering<Proposal, List<StoredEvent<E>>> appends) {
        this.recent = recent;
        this.factory = factory;
        this.storage = storage;
        this.appends = appends;
    }

    /** A machine as it is behind events that are not yet appended. */
    record Ahead<S, C, E, R>(MachineShell<S, C, E, R> shell, Proposal proposal) {}

    /** What a command would append; empty if the log has to be asked first. */
    Optional<Ahead<S, C, E, R>> decide(
            String aggregateId, C command, Map<String, String> metadata, LongPredicate expected) {
        Optional<RecentStates.Remembered<S>> known = recent.of(aggregateId).filter(RecentStates.Remembered::alone);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        RecentStates.Remembered<S> end = known.get();
        if (!expected.test(end.sequence() + 1)) {
            return Optional.empty();
        }
        MachineShell<S, C, E, R> shell = factory.remembered(aggregateId, end);
        return shell.decide(command) instanceof Decision.Accepted<E, R>(List<E> events) && !events.isEmpty()
                ? Optional.of(ahead(shell, end, events, MetaData.from(metadata)))
                : Optional.empty();
    }

    private Ahead<S, C, E, R> ahead(
            MachineShell<S, C, E, R> shell, RecentStates.Remembered<S> end, List<E> events, MetaData metadata) {
        List<DomainEventMessage<?>> messages = new ArrayList<>();
        long sequence = end.sequence();
        for (E event : events) {
            shell.on(event);
            DomainEventMessage<E> message = new GenericDomainEventMessage<>(
                    MachineShell.TYPE, shell.aggregateId(), ++sequence, event, metadata);
            // Here, where each thread does its own: who appends for all should not have to.
            storage.serialize(message);
            messages.add(message);
        }
        return new Ahead<>(
                shell, new Proposal(shell.aggregateId(), new UnitNotes.End(end.sequence(), end.eventId()), messages));
    }

    /** Returns what is committed. */
    List<StoredEvent<E>> append(Proposal proposal) {
        return appends.join(proposal);
    }
}
