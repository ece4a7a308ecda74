package dev.tidemark.coordinator.ledger;

import java.util.List;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commits, and finds out what happened when the answer to that is lost. */
record CommitOutcome(CommitInquiry inquiry) {
    private static final Logger LOG = LoggerFactory.getLogger(CommitOutcome.class);

    /** Whether it was committed cannot be found out at the moment. */
    static final class Unknown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unknown(UnitConnections.CommitFailed cause) {
            super(cause);
        }
    }

    /**
     * Returns when it is committed; throws what says that it is not, or {@link Unknown}.
     *
     * @param stored filled while the unit of work is committed, with what it appends: all of that is there, or nothing
     */
    <E> void of(UnitOfWork<?> unit, List<StoredEvent<E>> stored) {
        try {
            unit.commit();
        } catch (UnitConnections.CommitFailed failure) {
            if (stored.isEmpty() || SqlStates.saysRolledBack(failure)) {
                throw failure;
            }
            StoredEvent<E> first = stored.getFirst();
            LOG.warn(
                    "The answer to a commit was lost; looking for event {} of {}",
                    first.eventId(),
                    first.aggregateId(),
                    failure);
            switch (inquiry.fateOf(first.eventId(), failure.serverProcess())) {
                case COMMITTED -> LOG.info("Event {} of {} was committed", first.eventId(), first.aggregateId());
                case ROLLED_BACK -> throw failure;
                case UNKNOWN -> throw new Unknown(failure);
            }
        }
    }
}
