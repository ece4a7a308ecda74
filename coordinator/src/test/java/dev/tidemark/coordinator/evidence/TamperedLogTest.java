package dev.tidemark.coordinator.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.coordinator.evidence.LogVerifier.Finding;
import dev.tidemark.coordinator.evidence.LogVerifier.Kind;
import dev.tidemark.coordinator.evidence.LogVerifier.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand ways to change a log: each is found, and what is named is where it happened. */
class TamperedLogTest {
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
    private static final int MANIPULATIONS = 10_000;
    private static final int RECORDS = 60;

    @TempDir
    private Path directory;

    /** What somebody does who owns the database. */
    private enum Manipulation {
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

    @ParameterizedTest
    @EnumSource
    void each_is_found_and_named(Book book) throws IOException, BadEvidence {
        System.out.println("tidemark.seed=" + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        WrittenLog log = new WrittenLog(book);
        int manipulations = book == Book.LOG ? MANIPULATIONS : MANIPULATIONS / 4;
        try (HeadWriter writer = log.writer(directory)) {
            for (int count = 1; count <= RECORDS; count++) {
                log.append(book == Book.TOKENS ? "tokens" : "machine-" + random.nextInt(5), random);
                if (count % 7 == 0 || count == RECORDS) {
                    writer.sign();
                }
            }
        }
        List<LogHead> heads = WrittenLog.heads(directory, book);
        Verdict untouched = WrittenLog.verdict(log.records(), heads);
        assertThat(untouched.findings()).isEmpty();
        assertThat(untouched.sealedRecords()).isEqualTo(RECORDS);

        Map<Manipulation, Integer> played = new EnumMap<>(Manipulation.class);
        for (int round = 0; round < manipulations; round++) {
            Manipulation manipulation = Manipulation.values()[round % Manipulation.values().length];
            Tampered tampered = new Tampered(log.records(), 0);
            while (tampered.rows().equals(log.records())) {
                // Not every place can be manipulated in every way.
                tampered = tamper(log.records(), manipulation, random.split());
            }
            played.merge(manipulation, 1, Integer::sum);
            Verdict verdict = WrittenLog.verdict(tampered.rows(), heads);
            assertThat(verdict.wrong())
                    .as("round %d of seed %d: %s at %d", round, SEED, manipulation, tampered.first())
                    .isPositive();
            Finding first = verdict.findings().getFirst();
            assertThat(tampered.first())
                    .as("round %d of seed %d: %s, told as %s", round, SEED, manipulation, first)
                    .isBetween(first.from(), first.upTo());
        }
        System.out.println(played);
        assertThat(played.keySet()).containsExactly(Manipulation.values());
        assertThat(played.values()).allMatch(count -> count > manipulations / 20);
    }

    @Test
    void what_was_appended_after_the_newest_head_can_be_rewritten_and_the_verdict_says_how_much_that_is()
            throws IOException, BadEvidence {
        SplittableRandom random = new SplittableRandom(1);
        WrittenLog log = new WrittenLog();
        try (HeadWriter writer = log.writer(directory)) {
            log.append("a", random);
            log.append("a", random);
            writer.sign();
        }
        List<LogHead> heads = WrittenLog.heads(directory);
        log.append("a", random);
        List<LogRecord> rows = new ArrayList<>(log.records());
        rows.set(2, edited(rows.get(2), 0));
        rehash(rows, 2, 2);
        Verdict verdict = WrittenLog.verdict(rows, heads);
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.records()).isEqualTo(3);
        assertThat(verdict.sealedRecords()).isEqualTo(2);
    }

    @Test
    void several_wrong_records_are_told_one_by_one_and_the_ones_behind_them_are_not_blamed()
            throws IOException, BadEvidence {
        SplittableRandom random = new SplittableRandom(2);
        WrittenLog log = new WrittenLog();
        for (int count = 0; count < 20; count++) {
            log.append("a", random);
        }
        List<LogRecord> rows = new ArrayList<>(log.records());
        rows.set(4, edited(rows.get(4), 0));
        rows.set(9, edited(rows.get(9), 1));
        assertThat(WrittenLog.verdict(rows, List.of()).findings())
                .extracting(Finding::kind, Finding::from, Finding::upTo)
                .containsExactly(
                        tuple(
                                Kind.ALTERED,
                                rows.get(3).globalIndex(),
                                rows.get(4).globalIndex()),
                        tuple(
                                Kind.ALTERED,
                                rows.get(8).globalIndex(),
                                rows.get(9).globalIndex()));
    }

    /** @param first the place where it first differs from what was written */
    private record Tampered(List<LogRecord> rows, long first) {}

    private static Tampered tamper(List<LogRecord> written, Manipulation manipulation, SplittableRandom random) {
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
                if (at == rows.size() - 1 || rows.get(at + 1).globalIndex() == free || last.globalIndex() == free) {
                    return new Tampered(written, 0);
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

    private static LogRecord edited(LogRecord row, int column) {
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
    private static void rehash(List<LogRecord> rows, int from, int to) {
        Map<String, LogRecord> newest = new HashMap<>();
        for (int index = 0; index <= to; index++) {
            LogRecord row = rows.get(index);
            LogRecord fitting = index < from ? row : WrittenLog.chained(row, newest.get(row.aggregateIdentifier()));
            rows.set(index, fitting);
            newest.put(row.aggregateIdentifier(), fitting);
        }
    }
}
