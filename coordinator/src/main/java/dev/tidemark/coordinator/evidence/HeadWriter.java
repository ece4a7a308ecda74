package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs what was appended, behind the commands and without holding any of them up. At its first turn it reads the whole log
 * again and compares it with the heads that it finds; a log that is not the one that was signed gets no further head.
 */
public final class HeadWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeadWriter.class);
    private static final int RECORDS_PER_HEAD_MAX = 1_000;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);

    private final Records records;
    private final HeadFile file;
    private final HeadKey key;
    private final Clock clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("log-heads").daemon().factory());
    private LogDigest digest = LogDigest.EMPTY;
    private LogDigest signed = LogDigest.EMPTY;
    private long number;
    private String previous = "";
    private boolean caughtUp;
    private boolean refused;
    private boolean failing;

    /** The log as far as it is settled: no record will come before one that was given. */
    @FunctionalInterface
    public interface Records {
        Stream<Place> after(long globalIndex);
    }

    /** A record's place, and its hash as the database holds it. */
    public record Place(long globalIndex, String hash) {}

    HeadWriter(Records records, HeadFile file, HeadKey key, Clock clock) {
        this.records = records;
        this.file = file;
        this.key = key;
        this.clock = clock;
    }

    /** Signs at an interval, and once more when it is closed. */
    public static HeadWriter start(Records records, HeadFile file, HeadKey key, Clock clock, Duration interval) {
        HeadWriter writer = new HeadWriter(records, file, key, clock);
        // It ends with the timer: nobody has to hold on to it.
        ScheduledFuture<?> _ =
                writer.timer.scheduleWithFixedDelay(writer::turn, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
        return writer;
    }

    private void turn() {
        try {
            sign();
            if (failing) {
                LOG.info("the log is signed again");
            }
            failing = false;
        } catch (BadEvidence | IOException | RuntimeException failure) {
            // Told once, not each time; tried each time, because a full disk or a database that is down passes.
            if (!failing) {
                LOG.error("the log is not signed: {}", failure.getMessage(), failure);
            }
            failing = true;
        }
    }

    /** Signs what came since the last time, if anything did. */
    synchronized void sign() throws IOException, BadEvidence {
        if (refused) {
            return;
        }
        if (!caughtUp) {
            catchUp();
        }
        try (Stream<Place> rest = records.after(digest.globalIndex())) {
            for (Iterator<Place> places = rest.iterator(); places.hasNext(); ) {
                Place place = places.next();
                digest = digest.with(place.globalIndex(), place.hash());
                if (digest.records() - signed.records() == RECORDS_PER_HEAD_MAX) {
                    signNow();
                }
            }
        }
        if (digest.records() > signed.records()) {
            signNow();
        }
    }

    private void signNow() throws IOException {
        LogHead head =
                LogHead.signed(number + 1, digest, previous, clock.instant().truncatedTo(ChronoUnit.MILLIS), key);
        file.append(head);
        number++;
        previous = Digests.of(head.line());
        signed = digest;
    }

    /** What was signed before has to be what the log holds. */
    private void catchUp() throws IOException, BadEvidence {
        List<LogHead> heads = file.read(key.verification());
        LogDigest reading = LogDigest.EMPTY;
        int reached = 0;
        if (!heads.isEmpty()) {
            try (Stream<Place> all = records.after(0)) {
                for (Iterator<Place> places = all.iterator(); reached < heads.size() && places.hasNext(); ) {
                    Place place = places.next();
                    reading = reading.with(place.globalIndex(), place.hash());
                    LogHead head = heads.get(reached);
                    if (place.globalIndex() >= head.globalIndex()) {
                        require(reading.equals(head.digest()), head);
                        reached++;
                    }
                }
            }
            if (reached < heads.size()) {
                require(false, heads.get(reached));
            }
            number = heads.getLast().number();
            previous = Digests.of(heads.getLast().line());
        }
        digest = reading;
        signed = reading;
        caughtUp = true;
    }

    private void require(boolean agrees, LogHead head) throws BadEvidence {
        if (!agrees) {
            refused = true;
            throw new BadEvidence(
                    "it is not the log that head " + head.number() + " of " + head.at() + " in " + file.path()
                            + " was signed for. Run 'tidemark audit verify'. If the database was put back from a backup"
                            + " on purpose, move the file of heads away and keep it; a new one is begun.",
                    null);
        }
    }

    @Override
    public void close() {
        timer.shutdown();
        try {
            if (!timer.awaitTermination(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                // It reads a long log; what it did not sign now, the next start does.
                timer.shutdownNow();
                return;
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return;
        }
        turn();
    }
}
