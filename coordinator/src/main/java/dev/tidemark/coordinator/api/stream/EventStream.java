package dev.tidemark.coordinator.api.stream;

import dev.tidemark.coordinator.ledger.Position;
import dev.tidemark.coordinator.ledger.Tide;
import dev.tidemark.coordinator.view.LoggedEvent;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * One reader's stream, written by the thread of its request. What the reader has not taken is in the log and nowhere else: it costs no
 * memory here, and a write that makes no progress ends with the connection.
 */
public final class EventStream implements AutoCloseable {
    private static final int PAGE_LENGTH = 128;
    private static final long HEARTBEAT_NANOSECONDS = Duration.ofSeconds(5).toNanos();
    private static final long PROGRESS_NANOSECONDS = Duration.ofSeconds(1).toNanos();

    /** How long a stream outlives the token that it was opened with. */
    private static final long ALLOWED_NANOSECONDS = Duration.ofSeconds(1).toNanos();

    /** Between two looks into the log: many small commits are read in one go. */
    private static final long REST_MILLISECONDS = 25;

    private final Tide tide;
    private final Queries queries;
    private final ProgressBoard board;
    private final Wish wish;
    private final BooleanSupplier allowed;
    private final Runnable left;
    private final Map<OperationId, ProgressBoard.Told> told = new HashMap<>();

    /** All that the reader wants of what lies up to here was written. */
    private Position reached;

    /** What the reader knows of that. */
    private Position known = Position.START;

    private long askedAt = System.nanoTime();
    private long writtenAt = System.nanoTime();
    private long progressAt = System.nanoTime() - PROGRESS_NANOSECONDS;

    EventStream(
            Tide tide,
            Queries queries,
            ProgressBoard board,
            Position from,
            Wish wish,
            BooleanSupplier allowed,
            Runnable left) {
        this.tide = tide;
        this.queries = queries;
        this.board = board;
        this.reached = from;
        this.wish = wish;
        this.allowed = allowed;
        this.left = left;
    }

    /** Writes until the reader has gone, which is an IOException, or the coordinator stops. */
    public void writeTo(OutputStream out) throws IOException, InterruptedException {
        // At once: a reader that loses the connection before the first event has to know where it was.
        write(out, "retry: 1000\nid: " + reached + "\n\n");
        known = reached;
        while (!tide.ended()) {
            long settled = tide.awaitBeyond(reached.index(), untilSomethingIsDue());
            if (tide.ended()) {
                return;
            }
            if (!isStillAllowed()) {
                return;
            }
            boolean behind = settled > reached.index() && writeEvents(out, settled);
            writeProgress(out);
            writeHeartbeat(out);
            if (!behind) {
                Thread.sleep(REST_MILLISECONDS);
            }
        }
    }

    /** A token that was revoked ends what was opened with it. */
    private boolean isStillAllowed() {
        if (System.nanoTime() - askedAt < ALLOWED_NANOSECONDS) {
            return true;
        }
        askedAt = System.nanoTime();
        return allowed.getAsBoolean();
    }

    /** Whether there may be more. */
    private boolean writeEvents(OutputStream out, long settled) throws IOException {
        List<LoggedEvent> page = queries.log(reached.index(), settled, wish.events(), PAGE_LENGTH);
        for (LoggedEvent event : page) {
            Position position = Position.of(event.index(), event.eventId());
            append(
                    out,
                    "id: " + position + "\nevent: " + event.type() + "\ndata: "
                            + Json.MAPPER.writeValueAsString(wish.told(event)) + "\n\n");
            reached = position;
            known = position;
        }
        if (page.size() < PAGE_LENGTH && reached.index() < settled) {
            // What lies between is not for this reader.
            long upTo = settled;
            reached =
                    queries.eventAt(upTo).map(event -> Position.of(upTo, event)).orElse(reached);
        }
        if (!page.isEmpty()) {
            flush(out);
        }
        return page.size() == PAGE_LENGTH;
    }

    private void writeProgress(OutputStream out) throws IOException {
        if (!wish.progress() || System.nanoTime() - progressAt < PROGRESS_NANOSECONDS) {
            return;
        }
        progressAt = System.nanoTime();
        Map<OperationId, ProgressBoard.Told> now = new HashMap<>();
        boolean something = false;
        for (ProgressBoard.Entry entry : board.entries()) {
            if (wish.concerns(entry.step(), entry.told().vm())) {
                now.put(entry.step().operation(), entry.told());
                if (!entry.told().equals(told.get(entry.step().operation()))) {
                    append(out, "event: progress\ndata: " + Json.MAPPER.writeValueAsString(entry.told()) + "\n\n");
                    something = true;
                }
            }
        }
        told.clear();
        told.putAll(now);
        if (something) {
            flush(out);
        }
    }

    /** Shows both sides whether the other is there; and a reader of little where it is, so that it need not search again. */
    private void writeHeartbeat(OutputStream out) throws IOException {
        if (System.nanoTime() - writtenAt >= HEARTBEAT_NANOSECONDS) {
            write(out, known.equals(reached) ? ": still here\n\n" : ": still here\nid: " + reached + "\n\n");
            known = reached;
        }
    }

    private Duration untilSomethingIsDue() {
        long now = System.nanoTime();
        long heartbeat = writtenAt + HEARTBEAT_NANOSECONDS - now;
        long due = Math.min(heartbeat, askedAt + ALLOWED_NANOSECONDS - now);
        due = wish.progress() ? Math.min(due, progressAt + PROGRESS_NANOSECONDS - now) : due;
        return Duration.ofNanos(Math.max(0, due));
    }

    private void write(OutputStream out, String text) throws IOException {
        append(out, text);
        flush(out);
    }

    private static void append(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void flush(OutputStream out) throws IOException {
        out.flush();
        writtenAt = System.nanoTime();
    }

    @Override
    public void close() {
        left.run();
    }
}
