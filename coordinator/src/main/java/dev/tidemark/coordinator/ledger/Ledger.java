package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.crash.CrashHook;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * The event log of all machines.
 *
 * <p>Invariants: what {@link #execute} acknowledged is on disk; events and read models are committed together or not at
 * all; of two commands decided on the same state, one is decided again.
 *
 * @param <S> the state of one machine, folded from its events
 * @param <C> the sealed type of all commands
 * @param <E> the sealed type of all events
 * @param <R> why a command is rejected
 */
public interface Ledger<S, C, E, R> extends AutoCloseable {

    /**
     * Decides on a command and appends what was decided.
     *
     * @param metadata written beside each event: operation, actor, correlation
     * @throws LedgerException when nothing was appended, or when nobody can tell; the type says which
     */
    default Answer<E, R> execute(C command, Map<String, String> metadata) {
        return execute(command, metadata, version -> true, Condition.NONE);
    }

    /**
     * As {@link #execute(Object, Map)}, if the machine is at an expected version. That is asked of the very state which is decided on:
     * of two commands that expect the same version, one at most is appended.
     */
    default Answer<E, R> execute(C command, Map<String, String> metadata, LongPredicate expected) {
        return execute(command, metadata, expected, Condition.NONE);
    }

    /** As the others, if the condition holds in the transaction that appends; what it throws is thrown, and nothing is appended. */
    Answer<E, R> execute(C command, Map<String, String> metadata, LongPredicate expected, Condition condition);

    /** The decision alone: nothing is appended, nobody is told. */
    Decision<E, R> rehearse(C command);

    /** A machine as the log tells it now; the initial state at version 0 if there are no events. */
    Replayed<S> state(String aggregateId);

    /**
     * Many machines, each as {@link #state(String)} gives it, for much less than as many questions. Meant for some hundred at a time: all of
     * them are in memory.
     */
    Map<String, Replayed<S>> states(Collection<String> aggregateIds);

    /** A machine as the events tell it that were appended up to a moment; read from the first one on, without any snapshot. */
    Replayed<S> state(String aggregateId, Instant at);

    /** Calls the listener after each commit of this ledger, on the thread of the command: hand over, do not work there. */
    Listening onCommitted(Consumer<Committed<E>> listener);

    /**
     * Events behind this global index, in order, up to the newest one before which nothing is still under way: a reader that
     * goes on from the last index it saw misses nothing. Read in pages, without an open transaction.
     */
    Stream<StoredEvent<E>> readAfter(long globalIndex);

    /** Waits for a snapshot that is being written; the data source stays open. */
    @Override
    void close();

    /** What must hold for something to be appended. */
    @FunctionalInterface
    interface Condition {
        /** Nothing has to. */
        Condition NONE = connection -> {};

        /** Runs before anything is decided; must neither commit nor close the connection. What it locks stays locked until the end. */
        void require(Connection connection) throws SQLException;
    }

    /** Ends when closed. */
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    /** A ledger on the application's data source of a migrated database. */
    static <S, C, E, R> Ledger<S, C, E, R> open(DataSource application, LedgerSettings<S, C, E, R> settings) {
        return open(application, settings, CrashHook.NONE);
    }

    /** For drills: {@code crash} is called at every crash point of an append. */
    static <S, C, E, R> Ledger<S, C, E, R> open(
            DataSource application, LedgerSettings<S, C, E, R> settings, CrashHook crash) {
        return open(application, settings, crash, LedgerWatch.NONE);
    }

    /** With somebody who is told how long everything takes. */
    static <S, C, E, R> Ledger<S, C, E, R> open(
            DataSource application, LedgerSettings<S, C, E, R> settings, CrashHook crash, LedgerWatch watch) {
        return new AxonLedger<>(application, settings, crash, watch);
    }
}
