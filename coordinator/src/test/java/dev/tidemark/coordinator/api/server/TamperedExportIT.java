package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.TidemarkCommand;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.EvidenceDirectory;
import dev.tidemark.coordinator.evidence.HeadReceiver;
import dev.tidemark.coordinator.evidence.HeadWriter;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.coordinator.evidence.Tampered;
import dev.tidemark.coordinator.evidence.Tampered.Manipulation;
import dev.tidemark.coordinator.ledger.RecordReader;
import dev.tidemark.coordinator.testkit.TemporaryTree;
import dev.tidemark.schema.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a real server has written is exported by the real command, changed in its file by bytes and by records, and held against copies of
 * the heads alone: {@code audit verify} ends with 9 each time and names where it begins.
 *
 * <p>{@code -Dtidemark.manipulations=10000} for many, {@code -Dtidemark.seed=…} for those of another run.
 */
class TamperedExportIT {
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
    /** Of each book; many take minutes. */
    private static final int MANIPULATIONS = Integer.getInteger("tidemark.manipulations", 26);

    private static final Path DIRECTORY = directory();
    private static final Path EXPORT = DIRECTORY.resolve("log.ndjson");
    private static final Path FORGED = DIRECTORY.resolve("forged.ndjson");
    private static final EvidenceDirectory EVIDENCE = new EvidenceDirectory(DIRECTORY.resolve("evidence"));

    /** What somebody does to a file who need not know what it holds. */
    private enum Damage {
        BYTE_CHANGED,
        BYTE_INSERTED,
        BYTE_REMOVED,
        /** From some byte on nothing is there. */
        CUT_OFF
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("tidemark-exports-");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** One of both. */
    private record Way(String name, BiFunction<List<LogRecord>, SplittableRandom, byte[]> change) {
        static Way of(Manipulation manipulation) {
            return new Way(
                    manipulation.name(),
                    (records, random) ->
                            lines(Tampered.by(manipulation, records, random).rows()));
        }

        static Way of(Damage damage) {
            return new Way(damage.name(), (records, random) -> damaged(damage, lines(records), random));
        }
    }

    @BeforeAll
    static void exportOfAServer() throws IOException {
        Files.createDirectory(EVIDENCE.path());
        try (Served served = new Served()) {
            for (int round = 0; round < 4; round++) {
                served.machine("vm" + round);
                for (int count = 0; count < 4; count++) {
                    served.post("/v1/vms/vm" + round + "/checkpoints", "{\"description\":\"größer 💾\"}");
                    served.post("/v1/tokens", "{\"name\":\"t" + round + count + "\",\"role\":\"VIEWER\"}");
                    served.delete("/v1/tokens/t" + round + count);
                    served.get("/v1/audit/questions/acts?what=" + count);
                    served.post("/v1/vms", "{}");
                }
                sign(served);
            }
            Path token = Files.writeString(DIRECTORY.resolve("token"), served.token.secret());
            Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
            assertThat(tidemark(
                                    "audit",
                                    "export",
                                    "--to",
                                    EXPORT.toString(),
                                    "--url",
                                    served.server.url().toString(),
                                    "--token-file",
                                    token.toString())
                            .code())
                    .isZero();
        }
    }

    private static void sign(Served served) {
        Map<Book, HeadWriter.Records> books = new EnumMap<>(Book.class);
        for (Book book : Book.values()) {
            books.put(book, new RecordReader(served.database.application(), book)::places);
        }
        HeadWriter.start(books, EVIDENCE, HeadReceiver.NOBODY, Clock.systemUTC(), Duration.ofHours(1))
                .close();
    }

    @AfterAll
    static void clear() {
        TemporaryTree.delete(DIRECTORY);
    }

    /** How a command ended, and what it answered. */
    private record Ended(int code, String answer) {}

    private static Ended tidemark(String... arguments) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        int code = new TidemarkCommand(() -> {
                    throw new AssertionError("a local verb was asked for");
                })
                .run(
                        new Terminal(
                                answer,
                                new ByteArrayOutputStream(),
                                Map.of("TIDEMARK_HOME", DIRECTORY.toString()),
                                false),
                        arguments);
        return new Ended(code, answer.toString(StandardCharsets.UTF_8));
    }

    private static Path file(Path export, Book book) {
        return book == Book.LOG ? export : export.resolveSibling(export.getFileName() + "." + book.word());
    }

    private static Ended judged(Path export) {
        return judged(export, EVIDENCE.path());
    }

    private static Ended judged(Path export, Path heads) {
        return tidemark(
                "audit",
                "verify",
                "--export",
                export.toString(),
                "--heads",
                heads.toString(),
                "--key",
                EVIDENCE.publicKey().toString(),
                "-o",
                "json");
    }

    @ParameterizedTest
    @EnumSource
    void each_is_found_with_heads_alone_and_named(Book book) throws IOException {
        System.out.println("tidemark.seed=" + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        for (Book each : Book.values()) {
            Files.write(file(FORGED, each), Files.readAllBytes(file(EXPORT, each)));
        }
        Ended untouched = judged(FORGED);
        assertThat(untouched.code()).as(untouched.answer()).isZero();
        byte[] written = Files.readAllBytes(file(EXPORT, book));
        List<LogRecord> records =
                read(written).stream().map(Optional::orElseThrow).toList();
        assertThat(records.size()).isGreaterThan(15);
        assertThat(lines(records))
                .as("a record that was read is written as it was")
                .isEqualTo(written);
        JsonNode verdict = Json.MAPPER.readTree(untouched.answer());
        JsonNode own = book == Book.LOG ? verdict : verdict.path(book.word());
        assertThat(own.path("sealedRecords").asInt(0))
                .as("all of them are signed, but the acts that the export itself was")
                .isBetween(records.size() - Book.values().length, records.size());

        Map<String, Integer> played = new TreeMap<>();
        List<Way> ways = Stream.concat(
                        Arrays.stream(Manipulation.values()).map(Way::of),
                        Arrays.stream(Damage.values()).map(Way::of))
                .toList();
        int sealed = own.path("sealedRecords").asInt(0);
        for (int round = 0; round < MANIPULATIONS; round++) {
            Way way = ways.get(round % ways.size());
            byte[] forged = written;
            while (!differs(forged, records, sealed)) {
                forged = way.change().apply(records, random.split());
            }
            String name = way.name();
            played.merge(name, 1, Integer::sum);
            Files.write(file(FORGED, book), forged);
            Ended ended = judged(FORGED);
            String what = "round %d of seed %d: %s of %s: %s".formatted(round, SEED, name, book, ended.answer());
            assertThat(ended.code()).as(what).isEqualTo(9);
            JsonNode found = Json.MAPPER.readTree(ended.answer());
            JsonNode first = (book == Book.LOG ? found : found.path(book.word()))
                    .path("findings")
                    .path(0);
            assertThat(isNamed(first, records, read(forged))).as(what).isTrue();
        }
        System.out.println(book + " " + played);
        assertThat(played).hasSize(ways.size());
    }

    /** The twin: who finds something, but elsewhere, has found nothing; and who reads no heads finds nothing at all. */
    @Test
    void sabotaged_a_finding_that_names_another_place_and_a_judgement_without_heads_do_not_pass() throws IOException {
        List<LogRecord> records = read(Files.readAllBytes(EXPORT)).stream()
                .map(Optional::orElseThrow)
                .toList();
        // What is left follows on itself: only who knows that there was more can miss it.
        List<LogRecord> forged = records.subList(0, records.size() / 2);
        for (Book each : Book.values()) {
            Files.write(file(FORGED, each), Files.readAllBytes(file(EXPORT, each)));
        }
        Files.write(FORGED, lines(forged));
        JsonNode found =
                Json.MAPPER.readTree(judged(FORGED).answer()).path("findings").path(0);
        List<Optional<LogRecord>> now = forged.stream().map(Optional::of).toList();
        assertThat(isNamed(found, records, now)).isTrue();
        long last = records.getLast().globalIndex();
        JsonNode elsewhere = Json.MAPPER.createObjectNode().put("from", last).put("upTo", last);
        assertThat(isNamed(elsewhere, records, now)).isFalse();
        Path none = Files.writeString(DIRECTORY.resolve("none.ndjson"), "");
        assertThat(judged(FORGED, none).code()).isNotEqualTo(9);
    }

    /** Whether what is sealed is not what was written any more; what a byte changes that means nothing is no manipulation. */
    private static boolean differs(byte[] forged, List<LogRecord> records, int sealed) {
        List<Optional<LogRecord>> now = read(forged);
        return now.size() < sealed || firstDifference(now, records) < sealed;
    }

    private static int firstDifference(List<Optional<LogRecord>> now, List<LogRecord> records) {
        int at = 0;
        while (at < now.size() && at < records.size() && now.get(at).equals(Optional.of(records.get(at)))) {
            at++;
        }
        return at;
    }

    /** By the place that the first changed record had, or by that of which it now says that it is its own, or by its line. */
    private static boolean isNamed(JsonNode finding, List<LogRecord> records, List<Optional<LogRecord>> now) {
        int at = firstDifference(now, records);
        if (at < now.size() && now.get(at).isEmpty()) {
            return finding.path("detail").asString("").contains(", line " + (at + 1) + " does not hold a record");
        }
        long from = finding.path("from").asLong(0);
        long upTo = finding.path("upTo").asLong(0);
        long was = at < records.size() ? records.get(at).globalIndex() : 0;
        long is = at < now.size() ? now.get(at).orElseThrow().globalIndex() : 0;
        return (from <= was && was <= upTo) || (from <= is && is <= upTo);
    }

    private static byte[] lines(List<LogRecord> rows) {
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append(Json.MAPPER.writeValueAsString(row)).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] damaged(Damage damage, byte[] written, SplittableRandom random) {
        int at = random.nextInt(written.length);
        byte other = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : ' ' + random.nextInt(95));
        ByteArrayOutputStream forged = new ByteArrayOutputStream();
        forged.write(written, 0, at);
        switch (damage) {
            case BYTE_CHANGED -> {
                forged.write(other);
                forged.write(written, at + 1, written.length - at - 1);
            }
            case BYTE_INSERTED -> {
                forged.write(other);
                forged.write(written, at, written.length - at);
            }
            case BYTE_REMOVED -> forged.write(written, at + 1, written.length - at - 1);
            case CUT_OFF -> {
                // What follows is not there.
            }
        }
        return forged.toByteArray();
    }

    /** Line by line; empty for what is no record. */
    private static List<Optional<LogRecord>> read(byte[] file) {
        List<Optional<LogRecord>> rows = new ArrayList<>();
        int begin = 0;
        for (int at = 0; at <= file.length; at++) {
            if (at < file.length ? file[at] == '\n' : at > begin) {
                rows.add(record(Arrays.copyOfRange(file, begin, at)));
                begin = at + 1;
            }
        }
        return rows;
    }

    private static Optional<LogRecord> record(byte[] line) {
        try {
            return Optional.of(Json.RECORDS.readValue(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(line))
                            .toString(),
                    LogRecord.class));
        } catch (JacksonException | CharacterCodingException none) {
            return Optional.empty();
        }
    }
}
