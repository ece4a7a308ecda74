package dev.tidemark.coordinator.api.stream;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.ledger.CommitWatch;
import dev.tidemark.coordinator.ledger.Horizon;
import dev.tidemark.coordinator.ledger.Position;
import dev.tidemark.coordinator.ledger.Tide;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.view.Queries;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** All open streams: how many there may be, and their common end. */
public final class EventStreams implements AutoCloseable {
    /** For one caller. */
    public static final int STREAMS_MAX = 16;

    private static final int ALL_STREAMS_MAX = 128;

    /** Of these, for administrators alone: however many others read, whoever has to end that can look. */
    private static final int RESERVED = STREAMS_MAX;

    private final Tide tide;
    private final Queries queries;
    private final ProgressBoard board;
    private final Map<String, Integer> open = new HashMap<>();

    public EventStreams(DataSource database, Queries queries, Engine engine) {
        this.tide = new Tide(new Horizon(database), () -> new CommitWatch(database));
        this.queries = queries;
        this.board = new ProgressBoard(engine, queries);
    }

    /**
     * Opens a stream.
     *
     * @param from the last event that the reader has seen; null for what comes from now on
     * @param allowed whether the caller may go on to read
     */
    public EventStream open(Identity reader, @Nullable Position from, Wish wish, BooleanSupplier allowed)
            throws InterruptedException {
        String caller = reader.name();
        admit(caller, reader.role() == Role.ADMIN ? ALL_STREAMS_MAX : ALL_STREAMS_MAX - RESERVED);
        boolean joined = false;
        boolean opened = false;
        try {
            OptionalLong newest = tide.join();
            joined = true;
            if (newest.isEmpty()) {
                throw new Refusal(Problem.of(
                                503,
                                "LOG_BUSY",
                                "somebody has been writing to the log for long without an end",
                                "Ask again; look for transactions that hang in the database.")
                        .withHeader("Retry-After", "1"));
            }
            Position begin = from == null ? at(newest.getAsLong()) : checked(from);
            EventStream stream = new EventStream(tide, queries, board, begin, wish, allowed, () -> leave(caller));
            opened = true;
            return stream;
        } finally {
            if (!opened) {
                if (joined) {
                    leave(caller);
                } else {
                    dismiss(caller);
                }
            }
        }
    }

    /** How many are open. */
    public synchronized int count() {
        return open.values().stream().mapToInt(Integer::intValue).sum();
    }

    private Position at(long index) {
        return index == 0
                ? Position.START
                : queries.eventAt(index)
                        .map(event -> Position.of(index, event))
                        .orElseThrow(() -> new IllegalStateException("there is no event " + index));
    }

    private Position checked(Position from) {
        if (from.index() == 0
                || queries.eventAt(from.index())
                        .map(event -> Position.of(from.index(), event))
                        .filter(from::equals)
                        .isPresent()) {
            return from;
        }
        throw new Refusal(Problem.of(
                400,
                "UNKNOWN_POSITION",
                "this log has no event at the position " + from + ": it is of another log, or of one that was put back",
                "Read what you have missed with from=start, or begin anew without a position."));
    }

    private synchronized void admit(String caller, int most) {
        int own = open.getOrDefault(caller, 0);
        if (own >= STREAMS_MAX || count() >= most) {
            throw new Refusal(Problem.of(
                            429,
                            "TOO_MANY_STREAMS",
                            own >= STREAMS_MAX
                                    ? "this caller has " + own + " streams of events open"
                                    : "there are " + count() + " streams of events open",
                            "Close one of them; one stream without a filter tells of every vm.")
                    .withHeader("Retry-After", "10"));
        }
        open.put(caller, own + 1);
    }

    private void leave(String caller) {
        dismiss(caller);
        tide.leave();
    }

    private synchronized void dismiss(String caller) {
        open.computeIfPresent(caller, (name, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    /** Ends every stream. */
    @Override
    public void close() {
        tide.close();
    }
}
