package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its beginning, record by record, and says where it is not what was written. Two questions are asked of each
 * record: does its hash follow from what it holds and from the machine's record before; and is the log, up to where a head was
 * signed, the one that was signed.
 *
 * <p>What was appended after the newest head is held by the first question alone: whoever owns the database can rewrite it
 * consistently, and nobody can tell. The verdict says how much that is.
 *
 * <p>The memory is that of one hash for each machine.
 */
public final class LogVerifier {
    private static final int FINDINGS_MAX = 100;

    private final HeadSource heads;
    private final Map<String, LogRecord> newest = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private LogDigest digest = LogDigest.EMPTY;
    private long agreedUpTo;
    private long found;
    private @Nullable LogHead ahead;
    private @Nullable LogHead agreed;
    private long headsAgreed;
    private boolean sealed = true;

    /** @param heads of this log, oldest first; whoever made them closes them */
    public LogVerifier(HeadSource heads) throws IOException, BadEvidence {
        this.heads = heads;
        this.ahead = heads.next();
    }

    /** What is wrong. */
    public enum Kind {
        /** A record does not hold what was written. */
        ALTERED,
        /** A record that was written is not there. */
        MISSING,
        /** A record is where none was written. */
        OUT_OF_PLACE,
        /** Each record follows from the ones before, and it is not the log that was signed. */
        REWRITTEN,
        /** The log ends before the place up to which it was signed. */
        TRUNCATED
    }

    /**
     * Something that is wrong.
     *
     * @param from the place of the first record that may be meant
     * @param upTo the place of the last record that may be meant; the same one where that can be told
     * @param detail for people
     */
    public record Finding(Kind kind, long from, long upTo, String detail) {}

    /**
     * What is to be said of the log.
     *
     * @param records how many were read
     * @param machines of how many machines
     * @param heads how many heads agree with it
     * @param sealedRecords how many records the newest of these heads covers
     * @param sealedAt when that was signed
     * @param wrong how much is wrong
     * @param findings of it the first hundred
     */
    public record Verdict(
            long records,
            long machines,
            long heads,
            long sealedRecords,
            Optional<Instant> sealedAt,
            long wrong,
            List<Finding> findings) {
        public Verdict {
            findings = List.copyOf(findings);
        }
    }

    /** The next record, in the order of the log. */
    public void accept(LogRecord row) throws IOException, BadEvidence {
        if (row.globalIndex() <= digest.globalIndex()) {
            find(
                    Kind.OUT_OF_PLACE,
                    row.globalIndex(),
                    row.globalIndex(),
                    row.describe() + " comes after record " + digest.globalIndex());
            return;
        }
        requireNoHeadBefore(row.globalIndex());
        checkOwnChain(row);
        digest = digest.with(row.globalIndex(), row.hash());
        LogHead head = ahead;
        if (head != null && head.globalIndex() == row.globalIndex()) {
            compare(head);
            ahead = heads.next();
        }
    }

    /**
     * In the place of the next record there is something that is none.
     *
     * @param place where, for people
     */
    public void acceptUnreadable(String place) {
        long next = digest.globalIndex() + 1;
        find(Kind.ALTERED, next, next, place + " does not hold a record");
    }

    private void checkOwnChain(LogRecord row) {
        LogRecord before = newest.put(row.aggregateIdentifier(), row);
        long place = row.globalIndex();
        long expected = before == null ? 0 : before.sequenceNumber() + 1;
        // If the record before is not under a head that agrees, it may itself be the one that was changed, hash and
        // all.
        long since = before == null || before.globalIndex() <= agreedUpTo ? place : before.globalIndex();
        if (row.sequenceNumber() > expected) {
            find(
                    Kind.MISSING,
                    before == null ? 1 : before.globalIndex(),
                    place,
                    "number " + expected + " of " + row.aggregateIdentifier() + " is not there; the next one is "
                            + row.describe());
        } else if (row.sequenceNumber() < expected) {
            find(Kind.OUT_OF_PLACE, since, place, row.describe() + " comes where number " + expected + " belongs");
        } else if (!row.hashAfter(before == null ? LogRecord.NOTHING_BEFORE : before.hash())
                .equals(row.hash())) {
            find(
                    Kind.ALTERED,
                    since,
                    place,
                    since == place
                            ? row.describe() + " does not hold what was written"
                            : row.describe() + " does not follow on record " + since + ": one of the two does not hold"
                                    + " what was written");
        }
    }

    /** A head whose last record is passed over without having been met. */
    private void requireNoHeadBefore(long globalIndex) throws IOException, BadEvidence {
        for (LogHead head = ahead; head != null && head.globalIndex() < globalIndex; head = ahead) {
            ahead = heads.next();
            if (sealed) {
                sealed = false;
                find(
                        Kind.MISSING,
                        digest.globalIndex() + 1,
                        head.globalIndex(),
                        "record " + head.globalIndex() + ", the last one when head " + head.number() + " was signed at "
                                + head.at() + ", is not there");
            }
        }
    }

    private void compare(LogHead head) {
        if (!sealed) {
            return;
        }
        if (head.digest().equals(digest)) {
            agreedUpTo = head.globalIndex();
            agreed = head;
            headsAgreed++;
            return;
        }
        sealed = false;
        if (found == 0) {
            long from = agreedUpTo + 1;
            find(
                    Kind.REWRITTEN,
                    from,
                    head.globalIndex(),
                    "each record follows on the one before, and up to record " + head.globalIndex()
                            + " it is not the log that head " + head.number() + " was signed for at " + head.at()
                            + "; what differs lies between " + from + " and " + head.globalIndex());
        }
    }

    private void find(Kind kind, long from, long upTo, String detail) {
        found++;
        if (findings.size() < FINDINGS_MAX) {
            findings.add(new Finding(kind, from, upTo, detail));
        }
    }

    /** After the last record. */
    public Verdict verdict() throws IOException, BadEvidence {
        LogHead first = ahead;
        if (first != null) {
            LogHead last = first;
            for (LogHead head = first; head != null; head = heads.next()) {
                last = head;
            }
            ahead = null;
            find(
                    Kind.TRUNCATED,
                    digest.globalIndex() + 1,
                    last.globalIndex(),
                    "the log ends with record " + digest.globalIndex() + ", and head " + first.number() + " of "
                            + first.at() + " was signed up to record " + first.globalIndex());
        }
        Optional<LogHead> newestAgreed = Optional.ofNullable(agreed);
        return new Verdict(
                digest.records(),
                newest.size(),
                headsAgreed,
                newestAgreed.map(LogHead::records).orElse(0L),
                newestAgreed.map(LogHead::at),
                found,
                findings);
    }
}
