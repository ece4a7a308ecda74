package dev.tidemark.schema.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.RetentionChanged;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The short way through a document and the codec's make the same of it, or the short way leaves it to the codec. */
class JsonReaderTest {
    private static final int SPOILED_OF_EACH = 100;
    private static final String SPOILING = "{}[]\",:\\ 0123456789-+.eEnulltrfaskZT\u00e9\t";

    private static final Map<Class<?>, JsonReader<?>> READERS = new ConcurrentHashMap<>();

    /** What was ever written into a log, as far as we have kept it. */
    private static List<Stored> stored() throws IOException {
        List<Stored> stored = new ArrayList<>();
        for (String directory : List.of("events", "events-later")) {
            try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden", directory))) {
                for (Path file : files.sorted().toList()) {
                    // checkpoint-created.v1.dirty-bytes.json, where a member came later.
                    String name = file.getFileName().toString().replaceFirst("^([^.]+\\.v[0-9]+)\\..*$", "$1");
                    stored.add(new Stored(
                            EventNames.classOf(name), Files.readString(file).strip()));
                }
            }
        }
        return stored;
    }

    private record Stored(Class<? extends MachineEvent> type, String document) {}

    /** How somebody reads documents; a refusal is an exception. */
    private interface Reading {
        Object read(Class<?> type, String document);
    }

    private static Object codec(Class<?> type, String document) {
        return Json.MAPPER.readValue(document, type);
    }

    private static Object reader(Class<?> type, String document) {
        return READERS.computeIfAbsent(type, wanted -> JsonReader.of(wanted, Json.MAPPER))
                .read(document.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void every_event_that_was_ever_written_is_read_the_short_way_and_is_what_the_codec_reads() throws IOException {
        for (Stored event : stored()) {
            Optional<Object> read = JsonReader.of(event.type(), Json.MAPPER)
                    .canonical(event.document().getBytes(StandardCharsets.UTF_8))
                    .map(Object.class::cast);

            Object told = codec(event.type(), event.document());
            // One tells of a letter that every machine may have in a path, and that is rare.
            boolean rare = event.document().chars().anyMatch(letter -> letter == '\\' || letter > '~');
            assertThat(read).describedAs(event.document()).isEqualTo(rare ? Optional.empty() : Optional.of(told));
        }
    }

    @Test
    void of_a_document_that_was_spoiled_anywhere_both_make_the_same() throws IOException {
        assertThat(disagreements(JsonReaderTest::reader)).isEmpty();
    }

    /** The sabotaged twin: as the codec, but it passes over what it does not know, what comes twice, and what is left over. */
    @Test
    void a_reader_that_is_less_strict_is_found_out() throws IOException {
        JsonMapper lenient = Json.MAPPER
                .rebuild()
                .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();

        assertThat(disagreements((type, document) -> lenient.readerFor(type)
                        .without(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .readValue(document)))
                .isNotEmpty();
    }

    /** Each event with one or two letters replaced, dropped, put in or put twice, and with parts of it moved. */
    private static List<String> disagreements(Reading reading) throws IOException {
        Random random = new Random(20_260_203);
        List<String> disagreements = new ArrayList<>();
        for (Stored event : stored()) {
            for (int index = 0; index < SPOILED_OF_EACH; index++) {
                String spoiled = spoiled(event.document(), random);
                if (!outcome(reading, event.type(), spoiled)
                        .equals(outcome(JsonReaderTest::codec, event.type(), spoiled))) {
                    disagreements.add(event.type().getSimpleName() + " " + spoiled);
                }
            }
        }
        return disagreements;
    }

    private static String spoiled(String document, Random random) {
        StringBuilder spoiled = new StringBuilder(document);
        for (int times = random.nextInt(2); times >= 0; times--) {
            int at = random.nextInt(spoiled.length());
            switch (random.nextInt(6)) {
                case 0 -> spoiled.setCharAt(at, SPOILING.charAt(random.nextInt(SPOILING.length())));
                case 1 -> spoiled.deleteCharAt(at);
                case 2 -> spoiled.insert(at, SPOILING.charAt(random.nextInt(SPOILING.length())));
                case 3 -> spoiled.append(spoiled.charAt(at));
                default -> {
                    // Members that come twice, are missing, or stand elsewhere.
                    String[] parts = spoiled.toString().split(",", -1);
                    int one = random.nextInt(parts.length);
                    int other = random.nextInt(parts.length);
                    List<String> mixed = new ArrayList<>(List.of(parts));
                    mixed.set(one, random.nextBoolean() ? parts[other] : parts[one] + "," + parts[other]);
                    spoiled = new StringBuilder(String.join(",", mixed));
                }
            }
        }
        return spoiled.toString();
    }

    /** The value, or that there is none. */
    private static String outcome(Reading reading, Class<?> type, String document) {
        try {
            return String.valueOf(reading.read(type, document));
        } catch (JacksonException refused) {
            return "refused";
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kind\":\"SINCE\",\"checkpoint\":\"01JDDDDDDDDDDDDDDDDDDDDDDD\",\"kind\":\"FULL\"}",
                "{\"checkpoint\":\"01JDDDDDDDDDDDDDDDDDDDDDDD\",\"kind\":\"SINCE\"}",
                "{\"kind\":\"SINCE\",\"checkpoint\":\"\"}",
                "{\"kind\":\"SINCE\",\"checkpoint\":null}",
                "{\"kind\":\"SINCE\"}",
                "{\"kind\":\"\\u0046ULL\"}",
                "{\"kind\":\"FULL\"} ",
                "{\"kind\":\"FULL\"}{}",
                "{\"kind\":\"FULL\"",
                "null",
                ""
            })
    void what_our_writer_does_not_write_is_left_to_the_codec(String document) {
        JsonReader<BackupRequest> reader = JsonReader.of(BackupRequest.class, Json.MAPPER);

        assertThat(reader.canonical(document.getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(outcome(JsonReaderTest::reader, BackupRequest.class, document))
                .isEqualTo(outcome(JsonReaderTest::codec, BackupRequest.class, document));
    }

    @Test
    void what_a_record_refuses_is_refused_with_the_codecs_words() {
        String document = "{\"machine\":\"not a machine\"}";

        assertThat(failure(JsonReaderTest::reader, document))
                .isEqualTo(failure(JsonReaderTest::codec, document))
                .contains("machine id");
    }

    private static String failure(Reading reading, String document) {
        try {
            return reading.read(RetentionChanged.class, document).toString();
        } catch (JacksonException refused) {
            return refused.getOriginalMessage();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-02-03T04:05:06.789Z",
                "2026-02-03T04:05:06Z",
                "2026-02-03T04:05:06.123456789Z",
                "2024-02-29T23:59:59.000000001Z",
                "0000-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999Z",
                "+12026-02-03T04:05:06Z",
                "-0001-02-03T04:05:06Z",
                "2026-02-03T24:00:00Z",
                "2026-02-03T04:05:06.Z",
                "2026-02-03T04:05:06+01:00"
            })
    void a_moment_is_what_java_makes_of_it(String text) {
        assertThat(Timestamps.parse(text)).isEqualTo(Instant.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2026-02-30T04:05:06Z",
                "2026-13-03T04:05:06Z",
                "2026-02-03T04:05:06.1234567890Z",
                "2026-02-03T04:05:06,5Z",
                "2026-02-03T04:60:06Z",
                "2026-02-03 04:05:06Z",
                "2026-02-03T04:05:06.78\u0669Z"
            })
    void what_is_no_moment_is_none(String text) {
        assertThat(Timestamps.plain(text)).isEmpty();
        assertThatThrownBy(() -> Timestamps.parse(text)).isInstanceOf(DateTimeParseException.class);
    }
}
