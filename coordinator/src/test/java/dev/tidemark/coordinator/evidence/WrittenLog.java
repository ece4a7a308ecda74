package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A log of several machines with holes in its index, written and signed as the coordinator does it. */
final class WrittenLog {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private static final List<String> NAMES = List.of("nightly", "größer", "a:b", "\\u0000", "💾");

    private final List<LogRecord> records = new ArrayList<>();
    private final Map<String, LogRecord> newest = new HashMap<>();
    private final Book book;
    private long index;

    WrittenLog() {
        this(Book.LOG);
    }

    WrittenLog(Book book) {
        this.book = book;
    }

    /** Appends a record of a machine, as the database's trigger would. */
    LogRecord append(String machine, RandomGenerator random) {
        index += random.nextInt(4) == 0 ? 2 : 1;
        LogRecord before = newest.get(machine);
        LogRecord unhashed = new LogRecord(
                index,
                Long.toString(700 + index),
                machine + "-" + index,
                machine,
                before == null ? 0 : before.sequenceNumber() + 1,
                book == Book.LOG ? "Machine" : book.word(),
                "2026-11-22T11:00:00.000Z",
                "checkpoint-requested.v1",
                random.nextInt(5) == 0 ? Optional.of("r" + random.nextInt(3)) : Optional.empty(),
                "{\"name\": \"" + NAMES.get(random.nextInt(NAMES.size())) + "\", \"number\":" + random.nextInt(100)
                        + "}",
                "{\"caller\":\"admin\"}",
                Digests.of(""));
        LogRecord row = chained(unhashed, before);
        records.add(row);
        newest.put(machine, row);
        return row;
    }

    static LogRecord chained(LogRecord row, @Nullable LogRecord before) {
        return withHash(row, row.hashAfter(before == null ? LogRecord.NOTHING_BEFORE : before.hash()));
    }

    static LogRecord withHash(LogRecord row, String hash) {
        return new LogRecord(
                row.globalIndex(),
                row.transactionId(),
                row.eventIdentifier(),
                row.aggregateIdentifier(),
                row.sequenceNumber(),
                row.type(),
                row.timeStamp(),
                row.payloadType(),
                row.payloadRevision(),
                row.payload(),
                row.metaData(),
                hash);
    }

    List<LogRecord> records() {
        return List.copyOf(records);
    }

    /** What a writer signs in this directory, whenever it is told to. */
    HeadWriter writer(Path directory) {
        return writer(directory, HeadReceiver.NOBODY);
    }

    HeadWriter writer(Path directory, HeadReceiver receiver) {
        return new HeadWriter(
                Map.of(
                        book,
                        after -> records.stream()
                                .filter(row -> row.globalIndex() > after)
                                .map(row -> new HeadWriter.Place(row.globalIndex(), row.hash()))),
                new EvidenceDirectory(directory),
                receiver,
                CLOCK);
    }

    /** The heads in a directory, as a stranger reads them. */
    static List<LogHead> heads(Path directory) throws IOException, BadEvidence {
        return heads(directory, Book.LOG);
    }

    static List<LogHead> heads(Path directory, Book book) throws IOException, BadEvidence {
        EvidenceDirectory evidence = new EvidenceDirectory(directory);
        List<LogHead> heads = new ArrayList<>();
        try (HeadSource source =
                new HeadFile(evidence.heads(book), book).read(VerificationKey.read(evidence.publicKey()))) {
            for (LogHead head = source.next(); head != null; head = source.next()) {
                heads.add(head);
            }
        }
        return heads;
    }

    static LogVerifier.Verdict verdict(List<LogRecord> rows, List<LogHead> heads) throws IOException, BadEvidence {
        LogVerifier verifier = new LogVerifier(HeadSource.of(heads));
        for (LogRecord row : rows) {
            verifier.accept(row);
        }
        return verifier.verdict();
    }

    static Path headsFile(Path directory) {
        Path file = directory.resolve("heads.ndjson");
        if (!Files.exists(file)) {
            throw new IllegalStateException(file + " was not written");
        }
        return file;
    }
}
