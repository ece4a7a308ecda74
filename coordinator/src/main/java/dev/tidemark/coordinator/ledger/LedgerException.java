package dev.tidemark.coordinator.ledger;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Why a command has no answer, sorted by what the caller can do about it. */
public abstract sealed class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private LedgerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Nothing was appended. The same command may be sent again once the cause is gone. */
    public static final class Unavailable extends LedgerException {
        private static final long serialVersionUID = 1L;
        private final Cause reason;

        Unavailable(Cause reason, @Nullable Throwable cause) {
            super(reason.text, cause);
            this.reason = reason;
        }

        public Cause reason() {
            return reason;
        }
    }

    /** What stands in the way. */
    public enum Cause {
        DATABASE_DOWN("the database cannot be reached"),
        CONNECTIONS_EXHAUSTED("all database connections are in use"),
        DISK_FULL("the database has no room left"),
        READ_ONLY("the database is read-only"),
        RIGHT_MISSING("the database refuses it: a right is missing that the migrations give"),
        TIMED_OUT("the database did not answer in time"),
        LOG_BUSY("somebody has been appending to the log for long without an end"),
        MACHINE_BUSY("another command on this machine did not end in time");

        private final String text;

        Cause(String text) {
            this.text = text;
        }
    }

    /** Others were faster each time. Nothing was appended. */
    public static final class ConflictExhausted extends LedgerException {
        private static final long serialVersionUID = 1L;

        ConflictExhausted(String aggregateId, int attempts, Throwable cause) {
            super("the command on " + aggregateId + " lost against others " + attempts + " times", cause);
        }
    }

    /** The commit was sent, its answer was lost, and the database could not be asked since. Look before repeating. */
    public static final class OutcomeUnknown extends LedgerException {
        private static final long serialVersionUID = 1L;
        private final String eventId;

        OutcomeUnknown(String aggregateId, String eventId, Throwable cause) {
            super("whether event " + eventId + " of " + aggregateId + " was committed is not known", cause);
            this.eventId = eventId;
        }

        /** In the log if and only if the command took effect. */
        public String eventId() {
            return eventId;
        }
    }

    /** The log holds something that this version cannot read. Going on would mean to forget it. */
    public static final class Corrupt extends LedgerException {
        private static final long serialVersionUID = 1L;
        private final long globalIndex;
        private final String type;

        Corrupt(long globalIndex, String type, @Nullable Throwable cause) {
            super("the event at index " + globalIndex + " of type '" + type + "' cannot be read", cause);
            this.globalIndex = globalIndex;
            this.type = type;
        }

        public long globalIndex() {
            return globalIndex;
        }

        public String type() {
            return type;
        }
    }

    /** An event of a machine is not in the log, and later ones are. Going on would mean to guess what it said. */
    public static final class Incomplete extends LedgerException {
        private static final long serialVersionUID = 1L;
        private final String aggregateId;
        private final long missing;

        private Incomplete(String aggregateId, long missing, long found) {
            super(
                    "event " + missing + " of machine " + aggregateId
                            + " is missing from the log, which goes on with event " + found
                            + " of it: nothing is concluded over a hole, see 'tidemark audit verify'",
                    null);
            this.aggregateId = aggregateId;
            this.missing = missing;
        }

        /** Throws unless it is the event that is next. */
        static void require(String aggregateId, long next, long found) {
            if (found != next) {
                throw new Incomplete(aggregateId, next, found);
            }
        }

        public String aggregateId() {
            return aggregateId;
        }

        /** The sequence number of the first one that is missing. */
        public long missing() {
            return missing;
        }
    }

    /** A read model could not be updated, so the event was taken back. A defect of ours. */
    public static final class ProjectionFailed extends LedgerException {
        private static final long serialVersionUID = 1L;

        ProjectionFailed(List<? extends StoredEvent<?>> events, Throwable cause) {
            super(
                    events.stream()
                            .map(event -> event.type() + " of " + event.aggregateId())
                            .collect(Collectors.joining(", ", "no read model takes ", "")),
                    cause);
        }
    }

    /** The database refused for a reason that is no outage and no conflict. Nothing was appended. A defect of ours. */
    public static final class Failed extends LedgerException {
        private static final long serialVersionUID = 1L;

        Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
