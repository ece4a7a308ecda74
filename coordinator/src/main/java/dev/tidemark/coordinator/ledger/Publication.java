package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;

/**
 * Takes freshly appended events to the read models, in the transaction that appended them. Axon calls it directly: what
 * it throws takes the append back. (A handler behind an event processor would have its errors logged and skipped.)
 */
final class Publication<E> implements Consumer<List<? extends EventMessage<?>>> {
    private static final String APPENDED = Publication.class.getName() + ".appended";

    private final UnitConnections connections;
    private final LedgerSettings<?, ?, E, ?> settings;
    private final CrashHook crash;

    Publication(UnitConnections connections, LedgerSettings<?, ?, E, ?> settings, CrashHook crash) {
        this.crash = crash;
        this.connections = connections;
        this.settings = settings;
    }

    @Override
    public void accept(List<? extends EventMessage<?>> messages) {
        if (messages.isEmpty()) {
            return;
        }
        Set<String> machines = new LinkedHashSet<>();
        messages.forEach(message -> machines.add(((DomainEventMessage<?>) message).getAggregateIdentifier()));
        crash.at(CrashPoint.AFTER_APPEND, machines);
        List<StoredEvent<E>> events = stored(messages);
        try {
            project(events, connections.getConnection());
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
        appended().addAll(events);
        crash.at(CrashPoint.BEFORE_COMMIT, machines);
    }

    /** What the current unit of work has appended so far. */
    List<StoredEvent<E>> appended() {
        return CurrentUnitOfWork.get().root().getOrComputeResource(APPENDED, key -> new ArrayList<>());
    }

    private void project(List<StoredEvent<E>> events, Connection connection) {
        for (Projection<E> projection : settings.projections()) {
            try {
                projection.applyAll(events, connection);
            } catch (SQLException failure) {
                throw SqlStates.outage(failure).isPresent() || SqlStates.isCollision(failure)
                        ? new IllegalStateException(failure)
                        : new LedgerException.ProjectionFailed(events, failure);
            } catch (RuntimeException failure) {
                throw new LedgerException.ProjectionFailed(events, failure);
            }
        }
    }

    private List<StoredEvent<E>> stored(List<? extends EventMessage<?>> messages) {
        Map<String, Long> indexes = UnitNotes.ofUnit().places();
        List<StoredEvent<E>> events = new ArrayList<>();
        for (EventMessage<?> message : messages) {
            DomainEventMessage<?> event = (DomainEventMessage<?>) message;
            Map<String, String> metadata = new HashMap<>();
            event.getMetaData().forEach((key, value) -> metadata.put(key, String.valueOf(value)));
            Long globalIndex = indexes.get(event.getIdentifier());
            if (globalIndex == null) {
                throw new IllegalStateException("an event that was just appended is not there: " + event);
            }
            events.add(new StoredEvent<>(
                    globalIndex,
                    event.getAggregateIdentifier(),
                    event.getSequenceNumber(),
                    event.getIdentifier(),
                    event.getTimestamp().truncatedTo(ChronoUnit.MILLIS),
                    settings.types().nameOf(event.getPayloadType()),
                    settings.eventType().cast(event.getPayload()),
                    metadata));
        }
        return events;
    }
}
