package dev.tidemark.coordinator.ledger;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL's error codes mean to us. Looks through causes and through the errors of a batch. */
final class SqlStates {
    private static final int DEPTH_MAX = 100;
    static final String FAILED_TRANSACTION = "25P02";
    private static final String DUPLICATE_KEY = "23505";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** A statement, a lock, an idle transaction, a long transaction. */
    private static final Set<String> TIMEOUTS = Set.of("57014", "55P03", "25P03", "25P04");

    private SqlStates() {}

    static boolean isDuplicateKey(Throwable failure) {
        return find(failure, DUPLICATE_KEY::equals).isPresent();
    }

    /** Two transactions got into each other's way; one of them may simply begin again. */
    static boolean isCollision(Throwable failure) {
        return find(failure, state -> state.equals("40001") || state.equals("40P01"))
                .isPresent();
    }

    /** Why a server cannot be used at the moment, if that is what the failure says. */
    static Optional<LedgerException.Cause> outage(Throwable failure) {
        if (find(failure, state -> state.startsWith("08") || state.startsWith("57P") || state.equals("58030"))
                .isPresent()) {
            return Optional.of(LedgerException.Cause.DATABASE_DOWN);
        }
        if (find(failure, state -> state.equals("53100")).isPresent()) {
            return Optional.of(LedgerException.Cause.DISK_FULL);
        }
        if (find(failure, state -> state.equals("53300")).isPresent()) {
            return Optional.of(LedgerException.Cause.CONNECTIONS_EXHAUSTED);
        }
        if (find(failure, state -> state.equals("25006")).isPresent()) {
            return Optional.of(LedgerException.Cause.READ_ONLY);
        }
        if (find(failure, TIMEOUTS::contains).isPresent()) {
            return Optional.of(LedgerException.Cause.TIMED_OUT);
        }
        return first(failure, IOException.class::isInstance).map(lost -> LedgerException.Cause.DATABASE_DOWN);
    }

    /** The server itself said that it rolled back: constraint, collision, or a transaction that had failed before. */
    static boolean saysRolledBack(Throwable failure) {
        return find(
                        failure,
                        state -> state.startsWith("23") || state.startsWith("40") || state.equals(FAILED_TRANSACTION))
                .isPresent();
    }

    /** The role has no right to it; whoever sees to the database can give it back. */
    static boolean isForbidden(Throwable failure) {
        return find(failure, INSUFFICIENT_PRIVILEGE::equals).isPresent();
    }

    static boolean isWithoutState(Throwable failure) {
        return first(failure, cause -> cause instanceof SQLException sql && sql.getSQLState() == null)
                .isPresent();
    }

    static Optional<Throwable> first(Throwable failure, Predicate<Throwable> wanted) {
        Deque<Throwable> open = new ArrayDeque<>();
        open.add(failure);
        for (int seen = 0; seen < DEPTH_MAX && !open.isEmpty(); seen++) {
            Throwable current = open.removeFirst();
            if (wanted.test(current)) {
                return Optional.of(current);
            }
            addIfPresent(open, current.getCause());
            if (current instanceof SQLException sql) {
                addIfPresent(open, sql.getNextException());
            }
        }
        return Optional.empty();
    }

    private static Optional<Throwable> find(Throwable failure, Predicate<String> wanted) {
        return first(
                failure,
                candidate -> candidate instanceof SQLException sql
                        && sql.getSQLState() != null
                        && wanted.test(sql.getSQLState()));
    }

    private static void addIfPresent(Deque<Throwable> open, @Nullable Throwable next) {
        if (next != null) {
            open.addLast(next);
        }
    }
}
