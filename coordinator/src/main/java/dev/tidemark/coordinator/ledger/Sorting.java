package dev.tidemark.coordinator.ledger;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import org.axonframework.common.lock.LockAcquisitionFailedException;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.modelling.command.AggregateStreamCreationException;
import org.axonframework.modelling.command.ConcurrencyException;
import org.axonframework.serialization.SerializationException;

/** Sorts what went wrong, once, where it leaves the ledger. */
final class Sorting {
    private Sorting() {}

    /** Another transaction was faster: worth another try on the newer state. */
    static boolean isConflict(Throwable failure) {
        return SqlStates.first(
                                failure,
                                cause -> cause instanceof ConcurrencyException
                                        || cause instanceof AggregateStreamCreationException)
                        .isPresent()
                || SqlStates.isCollision(failure);
    }

    static boolean isUnreadable(Throwable failure) {
        return SqlStates.first(
                        failure,
                        cause -> cause instanceof SerializationException || cause instanceof MachineShell.FoldFailed)
                .isPresent();
    }

    /** Nothing was appended: our own errors and those of the pure core pass as they are, the database's get a meaning. */
    static RuntimeException ofCommand(RuntimeException failure) {
        if (failure instanceof LedgerException) {
            return failure;
        }
        if (SqlStates.first(failure, LockAcquisitionFailedException.class::isInstance)
                .isPresent()) {
            return new LedgerException.Unavailable(LedgerException.Cause.MACHINE_BUSY, failure);
        }
        boolean ofTheDatabase = failure instanceof EventStoreException
                || SqlStates.first(failure, SQLException.class::isInstance).isPresent();
        return ofTheDatabase ? ofReading(failure) : failure;
    }

    /** The pool's own error, without one of the driver behind it: there were connections, and all were taken. */
    static Optional<LedgerException.Cause> ofPool(Exception failure) {
        return SqlStates.first(failure, SQLTransientConnectionException.class::isInstance)
                .map(exhausted -> LedgerException.Cause.CONNECTIONS_EXHAUSTED);
    }

    static LedgerException ofReading(Exception failure) {
        Optional<LedgerException.Cause> outage = SqlStates.outage(failure);
        if (outage.isPresent()) {
            return new LedgerException.Unavailable(outage.get(), failure);
        }
        Optional<LedgerException.Cause> ofPool = ofPool(failure);
        if (ofPool.isPresent()) {
            return new LedgerException.Unavailable(ofPool.get(), failure);
        }
        if (SqlStates.isForbidden(failure)) {
            return new LedgerException.Unavailable(LedgerException.Cause.RIGHT_MISSING, failure);
        }
        if (SqlStates.isWithoutState(failure)) {
            // The pool's word for a connection that broke under our hands; the server always gives a code.
            return new LedgerException.Unavailable(LedgerException.Cause.DATABASE_DOWN, failure);
        }
        return new LedgerException.Failed("the database refused: " + failure.getMessage(), failure);
    }
}
