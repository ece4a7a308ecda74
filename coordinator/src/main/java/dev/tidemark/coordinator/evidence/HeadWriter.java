package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs what was appended, behind the commands and without holding any of them up: each book for itself, all with one key. */
public final class HeadWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeadWriter.class);

    /** After so many records nobody waits for the end of the interval. */
    private static final int UNSIGNED_MAX = 1_000;

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);

    private final EvidenceDirectory directory;
    private final List<BookSigner> signers;
    private final AtomicInteger unsigned = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("log-heads").daemon().factory());
    private volatile @Nullable FileChannel lock;
    private @Nullable HeadKey key;
    private volatile boolean failing;

    /** A book as far as it is settled: no record will come before one that was given. */
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
        return new Standing(
                lock != null && log().caughtUp(),
                failing || signers.stream().anyMatch(BookSigner::failing),
                signers.stream().anyMatch(BookSigner::tampered),
                log().newest(),
                log().signedUpTo());
    }

    private BookSigner log() {
        return signers.getFirst();
    }

    HeadWriter(Map<Book, Records> books, EvidenceDirectory directory, HeadReceiver receiver, Clock clock) {
        this.directory = directory;
        this.signers = books.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .map(book -> new BookSigner(
                        book.getKey(),
                        book.getValue(),
                        new HeadFile(directory.heads(book.getKey()), book.getKey()),
                        receiver,
                        clock))
                .toList();
    }

    /** Signs the log alone. */
    public static HeadWriter start(Records log, EvidenceDirectory directory, Clock clock, Duration interval) {
        return start(Map.of(Book.LOG, log), directory, HeadReceiver.NOBODY, clock, interval);
    }

    /** Signs at an interval, after many records, and once more when it is closed. */
    public static HeadWriter start(
            Map<Book, Records> books,
            EvidenceDirectory directory,
            HeadReceiver receiver,
            Clock clock,
            Duration interval) {
        HeadWriter writer = new HeadWriter(books, directory, receiver, clock);
        // It ends with the timer: nobody has to hold on to it.
        ScheduledFuture<?> _ =
                writer.timer.scheduleWithFixedDelay(writer::turn, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
        return writer;
    }

    /** So many records were appended. Returns at once. */
    public void appended(int records) {
        if (unsigned.addAndGet(records) >= UNSIGNED_MAX) {
            unsigned.set(0);
            try {
                timer.execute(this::turn);
            } catch (RejectedExecutionException closing) {
                LOG.debug("the last head is being signed", closing);
            }
        }
    }

    private synchronized void turn() {
        unsigned.set(0);
        HeadKey signing;
        try {
            signing = signingKey();
            if (failing) {
                LOG.info("the key that signs can be used again");
            }
            failing = false;
        } catch (BadEvidence | IOException | RuntimeException failure) {
            // Told once, not each time; tried each time.
            if (!failing) {
                LOG.error("nothing is signed: {}", failure.getMessage(), failure);
            }
            failing = true;
            return;
        }
        if (signing != null) {
            signers.forEach(signer -> signer.turn(signing));
        }
    }

    /**
     * Signs what came since the last time, if anything did, and unless another coordinator with the same home does.
     *
     * @throws BadEvidence if a book is not the one that was signed before; from then on each time
     */
    synchronized void sign() throws IOException, BadEvidence {
        HeadKey signing = signingKey();
        if (signing != null) {
            for (BookSigner signer : signers) {
                signer.sign(signing);
            }
        }
    }

    private @Nullable HeadKey signingKey() throws IOException, BadEvidence {
        if (!isTheOneWhoSigns()) {
            return null;
        }
        HeadKey known = key;
        if (known == null) {
            known = HeadKey.at(directory);
            key = known;
        }
        return known;
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
