package dev.tidemark.coordinator.evidence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Records that somebody changed who owns the database, or has an export of it in his hands.
 *
 * @param first the place where they first differ from what was written
 */
public record Tampered(List<LogRecord> rows, long first) {
    public Tampered {
        rows = List.copyOf(rows);
    }

    /** What he does. */
    public enum Manipulation {
        /** One column of one record. */
        EDIT,
        /** The same, and the hash of that record fits again. */
        EDIT_WITH_ITS_HASH,
        /** The same, and so do all of that machine behind it. */
        EDIT_WITH_THE_MACHINES_HASHES,
        DELETE,
        DELETE_WITH_THE_MACHINES_HASHES,
        /** What two records of one machine hold changes places. */
        SWAP,
        /** A record that was never written, with a hash that fits. */
        INSERT,
        /** The end is gone. */
        TRUNCATE,
        /** Every record is written anew, and all hashes fit. */
        REWRITE
    }

    /** Untouched. */
    public static Tampered not(List<LogRecord> written) {
        return new Tampered(written, 0);
    }

    /** One of these, at a place by chance; what cannot be done there changes nothing. */
    public static Tampered by(Manipulation manipulation, List<LogRecord> written, SplittableRandom random) {
        List<LogRecord> rows = new ArrayList<>(written);
        int at = random.nextInt(rows.size());
        long place = rows.get(at).globalIndex();
        switch (manipulation) {
            case EDIT -> rows.set(at, edited(rows.get(at), random.nextInt(11)));
            case EDIT_WITH_ITS_HASH -> {
                rows.set(at, edited(rows.get(at), random.nextInt(3)));
                rehash(rows, at, at);
            }
            case EDIT_WITH_THE_MACHINES_HASHES -> {
                rows.set(at, edited(rows.get(at), random.nextInt(3)));
                rehash(rows, at, rows.size() - 1);
            }
            case DELETE -> rows.remove(at);
            case DELETE_WITH_THE_MACHINES_HASHES -> {
                String machine = rows.remove(at).aggregateIdentifier();
                renumber(rows, machine);
                rehash(rows, 0, rows.size() - 1);
            }
            case SWAP -> {
                int other = random.nextInt(rows.size());
                LogRecord one = rows.get(at);
                LogRecord two = rows.get(other);
                if (one.aggregateIdentifier().equals(two.aggregateIdentifier())) {
                    rows.set(at, holding(one, two));
                    rows.set(other, holding(two, one));
                    place = Math.min(one.globalIndex(), two.globalIndex());
                }
            }
            case INSERT -> {
                LogRecord last = rows.get(at);
                long free = last.globalIndex() + 1;
                if (at == rows.size() - 1) {
                    // Behind the newest head anything can be appended.
                    return not(written);
                }
                rows.add(at + 1, WrittenLog.chained(atPlace(last, free), last));
                place = free;
            }
            case TRUNCATE -> rows.subList(at, rows.size()).clear();
            case REWRITE -> {
                for (int index = at; index < rows.size(); index++) {
                    rows.set(index, edited(rows.get(index), random.nextInt(3)));
                }
                rehash(rows, 0, rows.size() - 1);
            }
        }
        return new Tampered(rows, place);
    }

    static LogRecord edited(LogRecord row, int column) {
        return new LogRecord(
                row.globalIndex(),
                column == 3 ? row.transactionId() + "0" : row.transactionId(),
                column == 4 ? row.eventIdentifier() + "x" : row.eventIdentifier(),
                column == 5 ? "machine-9" : row.aggregateIdentifier(),
                column == 6 ? row.sequenceNumber() + 1 : row.sequenceNumber(),
                column == 7 ? "Other" : row.type(),
                column == 2 ? "2026-11-22T11:00:00.001Z" : row.timeStamp(),
                column == 8 ? "checkpoint-created.v1" : row.payloadType(),
                column == 9 ? Optional.of("forged") : row.payloadRevision(),
                column == 0 ? row.payload().replace("}", " }") : row.payload(),
                column == 1 ? "{\"caller\":\"mallory\"}" : row.metaData(),
                column == 10 ? Digests.of(row.hash()) : row.hash());
    }

    private static LogRecord holding(LogRecord row, LogRecord other) {
        return new LogRecord(
                row.globalIndex(),
                row.transactionId(),
                other.eventIdentifier(),
                row.aggregateIdentifier(),
                row.sequenceNumber(),
                row.type(),
                other.timeStamp(),
                other.payloadType(),
                other.payloadRevision(),
                other.payload(),
                other.metaData(),
                row.hash());
    }

    private static LogRecord atPlace(LogRecord row, long place) {
        return numbered(row, place, row.sequenceNumber() + 1);
    }

    private static LogRecord numbered(LogRecord row, long place, long number) {
        return new LogRecord(
                place,
                row.transactionId(),
                row.eventIdentifier(),
                row.aggregateIdentifier(),
                number,
                row.type(),
                row.timeStamp(),
                row.payloadType(),
                row.payloadRevision(),
                row.payload(),
                row.metaData(),
                row.hash());
    }

    private static void renumber(List<LogRecord> rows, String machine) {
        long number = 0;
        for (int index = 0; index < rows.size(); index++) {
            LogRecord row = rows.get(index);
            if (row.aggregateIdentifier().equals(machine)) {
                rows.set(index, numbered(row, row.globalIndex(), number++));
            }
        }
    }

    /** The hashes between two positions are made to fit, for whichever machines they are. */
    static void rehash(List<LogRecord> rows, int from, int to) {
        Map<String, LogRecord> newest = new HashMap<>();
        for (int index = 0; index <= to; index++) {
            LogRecord row = rows.get(index);
            LogRecord fitting = index < from ? row : WrittenLog.chained(row, newest.get(row.aggregateIdentifier()));
            rows.set(index, fitting);
            newest.put(row.aggregateIdentifier(), fitting);
        }
    }
}
