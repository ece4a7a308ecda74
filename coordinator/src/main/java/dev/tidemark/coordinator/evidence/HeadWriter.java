package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    private final EvidenceDirectory directory;
    private final HeadFile file;
    private final Clock clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("log-heads").daemon().factory());
    private @Nullable FileChannel lock;
    private @Nullable HeadKey key;
    private @Nullable BadEvidence refusal;
    private @Nullable Instant newest;
    private LogDigest digest = LogDigest.EMPTY;
    private LogDigest signed = LogDigest.EMPTY;
    private long number;
    private String previous = "";
    private boolean caughtUp;
    private volatile boolean failing;
    private volatile Standing standing = new Standing(false, false, false, Optional.empty(), 0);

    /** The log as far as it is settled: no record will come before one that was given. */
    @FunctionalInterface
    public interface Records {
        Stream<Place> after(long globalIndex);
    }

    /** A record's place, and its hash as the database holds it. */
    public record Place(long globalIndex, String hash) {}

    /**
     * How it stands with the heads.
     *
     * @param signs whether it is this coordinator that signs; false until its first turn has read the log
     * @param failing whether the last turn did not come to its end
     * @param tampered whether the log is not the one that was signed
     * @param newestHead when that was signed that is the newest; empty if there is none
     * @param signedUpTo the global index up to which records are signed
     */
    public record Standing(
            boolean signs, boolean failing, boolean tampered, Optional<Instant> newestHead, long signedUpTo) {}

    /** As it was after the last turn. */
    public Standing standing() {
        return standing;
    }

    private synchronized void settle() {
        standing = new Standing(
                lock != null && caughtUp, failing, refusal != null, Optional.ofNullable(newest), signed.globalIndex());
    }

    HeadWriter(Records records, EvidenceDirectory directory, Clock clock) {
        this.records = records;
        this.directory = directory;
        this.file = new HeadFile(directory.heads());
        this.clock = clock;
    }

    /** Signs at an interval, and once more when it is closed. */
    public static HeadWriter start(Records records, EvidenceDirectory directory, Clock clock, Duration interval) {
        HeadWriter writer = new HeadWriter(records, directory, clock);
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
        settle();
    }

    /**
     * Signs what came since the last time, if anything did, and unless another coordinator with the same home does.
     *
     * @throws BadEvidence if the log is not the one that was signed before; from then on each time
     */
    synchronized void sign() throws IOException, BadEvidence {
        if (refusal != null) {
            throw refusal;
        }
        if (!isTheOneWhoSigns()) {
            return;
        }
        HeadKey signing = key;
        if (signing == null) {
            signing = HeadKey.at(directory);
            key = signing;
        }
        if (!caughtUp) {
            catchUp(signing.verification());
        }
        try (Stream<Place> rest = records.after(digest.globalIndex())) {
            for (Iterator<Place> places = rest.iterator(); places.hasNext(); ) {
                Place place = places.next();
                digest = digest.with(place.globalIndex(), place.hash());
                if (digest.records() - signed.records() == RECORDS_PER_HEAD_MAX) {
                    signNow(signing);
                }
            }
        }
        if (digest.records() > signed.records()) {
            signNow(signing);
        }
    }

    /** Held until the end: whoever waits takes over when its holder is closed or killed. */
    private boolean isTheOneWhoSigns() throws IOException {
        if (lock != null) {
            return true;
        }
        FileChannel channel = FileChannel.open(
                directory.lock(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            taken = channel.tryLock() != null;
        } catch (OverlappingFileLockException sameProcess) {
            LOG.debug("this process signs already", sameProcess);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
        if (taken) {
            lock = channel;
        }
        return taken;
    }

    private void signNow(HeadKey signing) throws IOException {
        LogHead head =
                LogHead.signed(number + 1, digest, previous, clock.instant().truncatedTo(ChronoUnit.MILLIS), signing);
        // Whether a line that could not be made durable is there after all is read again before the next one.
        caughtUp = false;
        file.append(head);
        caughtUp = true;
        number++;
        previous = Digests.of(head.line());
        newest = head.at();
        signed = digest;
    }

    /** What was signed before has to be what the log holds. */
    private void catchUp(VerificationKey verification) throws IOException, BadEvidence {
        LogDigest reading = LogDigest.EMPTY;
        number = 0;
        previous = "";
        try (HeadSource heads = file.read(verification);
                Stream<Place> all = records.after(0)) {
            Iterator<Place> places = all.iterator();
            for (LogHead head = heads.next(); head != null; head = heads.next()) {
                while (reading.globalIndex() < head.globalIndex() && places.hasNext()) {
                    Place place = places.next();
                    reading = reading.with(place.globalIndex(), place.hash());
                }
                if (!reading.equals(head.digest())) {
                    throw refused(head);
                }
                number = head.number();
                previous = Digests.of(head.line());
                newest = head.at();
            }
        }
        digest = reading;
        signed = reading;
        caughtUp = true;
    }

    private BadEvidence refused(LogHead head) {
        refusal = new BadEvidence(
                "it is not the log that head " + head.number() + " of " + head.at() + " in " + directory.heads()
                        + " was signed for. Run 'tidemark audit verify'. If the database was put back from a backup"
                        + " on purpose, move the file of heads away, keep it, and start again; a new one is begun.",
                null);
        return refusal;
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
        release();
    }

    private synchronized void release() {
        FileChannel held = lock;
        lock = null;
        try {
            if (held != null) {
                held.close();
            }
        } catch (IOException stays) {
            LOG.warn("{} stays locked until this process ends", directory.lock(), stays);
        }
    }
}
