package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        // A unit of work appends to one machine only.
        CrashHook own = crash.of(((DomainEventMessage<?>) messages.getFirst()).getAggregateIdentifier());
        own.at(CrashPoint.AFTER_APPEND);
        try {
            Connection connection = connections.getConnection();
            for (StoredEvent<E> event : stored(messages)) {
                project(event, connection);
                appended().add(event);
            }
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
        own.at(CrashPoint.BEFORE_COMMIT);
    }

    /** What the current unit of work has appended so far. */
    List<StoredEvent<E>> appended() {
        return CurrentUnitOfWork.get().root().getOrComputeResource(APPENDED, key -> new ArrayList<>());
    }

    private void project(StoredEvent<E> event, Connection connection) {
        for (Projection<E> projection : settings.projections()) {
            try {
                projection.apply(event, connection);
            } catch (SQLException failure) {
                throw SqlStates.outage(failure).isPresent() || SqlStates.isCollision(failure)
                        ? new IllegalStateException(failure)
                        : new LedgerException.ProjectionFailed(event, failure);
            } catch (RuntimeException failure) {
                throw new LedgerException.ProjectionFailed(event, failure);
            }
        }
    }

    private List<StoredEvent<E>> stored(List<? extends EventMessage<?>> messages) {
        Map<String, Long> indexes = AppendedPlaces.ofUnit();
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
