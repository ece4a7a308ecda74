package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs one book. At its first turn it reads the whole of it again and compares it with the heads that it finds; a book that is not the
 * one that was signed gets no further head. For one thread at a time.
 */
final class BookSigner {
    private static final Logger LOG = LoggerFactory.getLogger(BookSigner.class);
    private static final int RECORDS_PER_HEAD_MAX = 1_000;

    private final Book book;
    private final HeadWriter.Records records;
    private final HeadFile file;
    private final HeadReceiver receiver;
    private final Clock clock;
    private @Nullable LogHead untold;
    private LogDigest digest = LogDigest.EMPTY;
    private long number;
    private String previous = "";

    // Read by others, who ask how it stands.
    private volatile @Nullable BadEvidence refusal;
    private volatile LogDigest signed = LogDigest.EMPTY;
    private volatile @Nullable Instant newest;
    private volatile boolean caughtUp;
    private volatile boolean failing;

    BookSigner(Book book, HeadWriter.Records records, HeadFile file, HeadReceiver receiver, Clock clock) {
        this.book = book;
        this.records = records;
        this.file = file;
        this.receiver = receiver;
        this.clock = clock;
    }

    /** Whether what was signed before was found in the book. */
    boolean caughtUp() {
        return caughtUp;
    }

    /** Whether the last turn did not come to its end. */
    boolean failing() {
        return failing;
    }

    /** Whether the book is not the one that was signed. */
    boolean tampered() {
        return refusal != null;
    }

    /** When the newest head was signed; empty if there is none. */
    Optional<Instant> newest() {
        return Optional.ofNullable(newest);
    }

    /** The global index up to which records are signed. */
    long signedUpTo() {
        return signed.globalIndex();
    }

    /** As {@link #sign}; what stands in the way is told once, and tried each time: a full disk or a database that is down passes. */
    void turn(HeadKey key) {
        try {
            sign(key);
            if (failing) {
                LOG.info("the {} is signed again", book.word());
            }
            failing = false;
        } catch (BadEvidence | IOException | RuntimeException failure) {
            if (!failing) {
                LOG.error("the {} is not signed: {}", book.word(), failure.getMessage(), failure);
            }
            failing = true;
        }
    }

    /**
     * Signs what came since the last time, if anything did.
     *
     * @throws BadEvidence if the book is not the one that was signed before; from then on each time
     */
    void sign(HeadKey key) throws IOException, BadEvidence {
        BadEvidence known = refusal;
        if (known != null) {
            throw known;
        }
        if (!caughtUp) {
            catchUp(key.verification());
        }
        LogHead missed = untold;
        if (missed != null) {
            tell(missed);
        }
        try (Stream<HeadWriter.Place> rest = records.after(digest.globalIndex())) {
            for (Iterator<HeadWriter.Place> places = rest.iterator(); places.hasNext(); ) {
                HeadWriter.Place place = places.next();
                digest = digest.with(place.globalIndex(), place.hash());
                if (digest.records() - signed.records() == RECORDS_PER_HEAD_MAX) {
                    signNow(key);
                }
            }
        }
        if (digest.records() > signed.records()) {
            signNow(key);
        }
    }

    private void signNow(HeadKey key) throws IOException, BadEvidence {
        LogHead head = LogHead.signed(
                book, number + 1, digest, previous, clock.instant().truncatedTo(ChronoUnit.MILLIS), key);
        // Whether a line that could not be made durable is there after all is read again before the next one.
        caughtUp = false;
        file.append(head);
        caughtUp = true;
        number++;
        previous = Digests.of(head.line());
        newest = head.at();
        signed = digest;
        tell(head);
    }

    /** Of those that nobody took only the newest is told again: it covers the ones before. */
    private void tell(LogHead head) {
        boolean before = untold == null;
        try {
            receiver.take(head.line());
            untold = null;
            if (!before) {
                LOG.info("heads of the {} are taken again", book.word());
            }
        } catch (IOException failure) {
            untold = head;
            if (before) {
                LOG.warn(
                        "nobody takes the heads of the {}, which are in {}: {}",
                        book.word(),
                        file.path(),
                        failure.getMessage());
            }
        }
    }

    /** What was signed before has to be what the book holds. */
    private void catchUp(VerificationKey verification) throws IOException, BadEvidence {
        LogDigest reading = LogDigest.EMPTY;
        number = 0;
        previous = "";
        try (HeadSource heads = file.read(verification);
                Stream<HeadWriter.Place> all = records.after(0)) {
            Iterator<HeadWriter.Place> places = all.iterator();
            for (LogHead head = heads.next(); head != null; head = heads.next()) {
                while (reading.globalIndex() < head.globalIndex() && places.hasNext()) {
                    HeadWriter.Place place = places.next();
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
        BadEvidence found = new BadEvidence(
                "it is not the " + book.word() + " that head " + head.number() + " of " + head.at() + " in "
                        + file.path()
                        + " was signed for. Run 'tidemark audit verify'. If the database was put back from a backup"
                        + " on purpose, move the files of heads away, keep them, and start again; a new one is begun.",
                null);
        refusal = found;
        return found;
    }
}
