package dev.tidemark.schema.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.DiskFacts;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What is not exactly right is an error, because each leniency could be a wish that is silently not fulfilled. */
class JsonStrictnessTest {
    private static final String DISK = """
            {"name":"vda","node":"n","format":"qcow2","virtualSize":1,"file":"/f","backingDepth":0,\
            "persistentBitmaps":true}""";

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("empty", ""),
                Arguments.of("an array", "[]"),
                Arguments.of("a text", "\"vda\""),
                Arguments.of("unknown member", DISK.replace("{", "{\"colour\":1,")),
                Arguments.of("key twice", DISK.replace("{", "{\"name\":\"vdb\",")),
                Arguments.of("garbage behind the end", DISK + "x"),
                Arguments.of("another document behind the end", DISK + DISK),
                Arguments.of("text for a number", DISK.replace(":1,", ":\"1\",")),
                Arguments.of("empty text for a number", DISK.replace(":1,", ":\"\",")),
                Arguments.of("1.5 for a long", DISK.replace(":1,", ":1.5,")),
                Arguments.of("1.0 for a long", DISK.replace(":1,", ":1.0,")),
                Arguments.of("true for a number", DISK.replace(":1,", ":true,")),
                Arguments.of("2^63 for a long", DISK.replace(":1,", ":9223372036854775808,")),
                Arguments.of("2^31 for an int", DISK.replace(":0,", ":2147483648,")),
                Arguments.of("1e400", DISK.replace(":1,", ":1e400,")),
                Arguments.of("a number of 33 digits", DISK.replace(":1,", ":" + "9".repeat(33) + ",")),
                Arguments.of("NaN", DISK.replace(":1,", ":NaN,")),
                Arguments.of("leading zero", DISK.replace(":1,", ":01,")),
                Arguments.of("null for a primitive", DISK.replace(":1,", ":null,")),
                Arguments.of("null for a boolean", DISK.replace("true", "null")),
                Arguments.of("1 for a boolean", DISK.replace("true", "1")),
                Arguments.of("text for a boolean", DISK.replace("true", "\"true\"")),
                Arguments.of("null for a text", DISK.replace("\"/f\"", "null")),
                Arguments.of("a number for a text", DISK.replace("\"/f\"", "7")),
                Arguments.of("a boolean for a text", DISK.replace("\"/f\"", "false")),
                Arguments.of("a member missing", DISK.replace("\"virtualSize\":1,", "")),
                Arguments.of("a truth missing", DISK.replace(",\"persistentBitmaps\":true", "")),
                Arguments.of("a text missing", DISK.replace("\"file\":\"/f\",", "")),
                Arguments.of("a name that is none", DISK.replace("\"vda\"", "\"../vda\"")),
                Arguments.of("a number for a name", DISK.replace("\"vda\"", "7")),
                Arguments.of("a comment", DISK.replace("{", "{/**/")),
                Arguments.of("single quotes", DISK.replace('"', '\'')),
                Arguments.of("a comma too many", DISK.replace("true}", "true,}")),
                Arguments.of("a tab in a text", DISK.replace("/f", "/\tf")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void a_wrong_document_is_refused(String name, String document) {
        assertThatThrownBy(() -> Json.MAPPER.readValue(document, DiskFacts.class))
                .as(name)
                .isInstanceOf(JacksonException.class);
        assertThatThrownBy(() -> Json.MAPPER.readValue(document.getBytes(StandardCharsets.UTF_8), DiskFacts.class))
                .as(name)
                .isInstanceOf(JacksonException.class);
    }

    /** Jackson has no switch for it: who reads a document from outside has to refuse a null himself. */
    @Test
    void a_null_alone_is_read_as_null() {
        assertThat(Json.MAPPER.<@Nullable DiskFacts>readValue("null", DiskFacts.class))
                .isNull();
    }

    @Test
    void the_right_document_is_read() {
        DiskFacts disk = Json.MAPPER.readValue(DISK, DiskFacts.class);
        assertThat(disk.virtualSize()).isEqualTo(1);
        assertThat(Json.MAPPER.writeValueAsString(disk)).isEqualTo(DISK);
    }

    @Test
    void a_document_cut_anywhere_is_refused() {
        for (int length = 0; length < DISK.length(); length++) {
            String cut = DISK.substring(0, length);
            assertThatThrownBy(() -> Json.MAPPER.readValue(cut, DiskFacts.class))
                    .as(cut)
                    .isInstanceOf(JacksonException.class);
        }
    }

    @Test
    void every_long_survives() {
        for (long value : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, (1L << 53) + 1}) {
            DiskFacts disk = Json.MAPPER.readValue(DISK.replace(":1,", ":" + value + ","), DiskFacts.class);
            assertThat(disk.virtualSize()).isEqualTo(value);
        }
    }

    @Test
    void a_document_is_at_most_64_deep() {
        String deepest = "[".repeat(Json.DEPTH_MAX) + "]".repeat(Json.DEPTH_MAX);
        assertThat(Json.MAPPER.readTree(deepest).isArray()).isTrue();
        for (int depth : new int[] {Json.DEPTH_MAX + 1, 100_000}) {
            String deeper = "[".repeat(depth) + "]".repeat(depth);
            assertThatThrownBy(() -> Json.MAPPER.readValue(deeper, JsonNode.class))
                    .isInstanceOf(JacksonException.class);
        }
    }

    @Test
    void a_text_has_its_limit() {
        String tooLong = DISK.replace("/f", "f".repeat(Json.TEXT_LENGTH_MAX + 1));
        assertThatThrownBy(() -> Json.MAPPER.readValue(tooLong, DiskFacts.class))
                .isInstanceOf(JacksonException.class);
    }

    @Test
    void invalid_utf8_is_refused() {
        byte[] document = DISK.replace("/f", "/~").getBytes(StandardCharsets.UTF_8);
        int at = DISK.indexOf("/f") + 1;
        for (int octet : new int[] {0x80, 0xff, 0xc0, 0xed}) {
            document[at] = (byte) octet;
            assertThatThrownBy(() -> Json.MAPPER.readValue(document, DiskFacts.class))
                    .isInstanceOf(JacksonException.class);
        }
    }

    @Test
    void a_lone_surrogate_in_utf8_is_refused() {
        byte[] text = {(byte) 0xed, (byte) 0xa0, (byte) 0x80};
        byte[] document = DISK.replace("/f", "abc").getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, document, DISK.indexOf("/f"), text.length);
        assertThatThrownBy(() -> Json.MAPPER.readValue(document, DiskFacts.class))
                .isInstanceOf(JacksonException.class);
    }

    @Test
    void a_lone_surrogate_that_is_escaped_never_comes_out_as_something_else() {
        String document = DISK.replace("/f", "/\\ud800");
        assertThatThrownBy(() -> {
                    DiskFacts read = Json.MAPPER.readValue(document, DiskFacts.class);
                    byte[] written = Json.MAPPER.writeValueAsBytes(read);
                    assertThat(Json.MAPPER.readValue(written, DiskFacts.class)).isEqualTo(read);
                    throw new IllegalStateException("survived unchanged");
                })
                .isInstanceOfAny(JacksonException.class, IllegalStateException.class);
    }

    @Test
    void a_polymorphic_value_names_a_type_that_is_known() {
        assertThat(Json.MAPPER.readValue("{\"type\":\"NOT_TAKEN\"}", Sight.class))
                .isEqualTo(new Sight.NotTaken());
        assertThat(Json.MAPPER.readValue("{\"kind\":\"AUTO\"}", BackupRequest.class))
                .isEqualTo(new BackupRequest.Automatic());
        for (String wrong :
                new String[] {"{}", "{\"type\":\"OTHER\"}", "{\"type\":\"NOT_TAKEN\",\"x\":1}", "{\"type\":null}"}) {
            assertThatThrownBy(() -> Json.MAPPER.readValue(wrong, Sight.class)).isInstanceOf(JacksonException.class);
        }
        assertThatThrownBy(() -> Json.MAPPER.readValue("{\"type\":\"java.lang.String\"}", Sight.class))
                .isInstanceOf(JacksonException.class);
    }

    @Test
    void a_record_of_numbers_is_as_strict() {
        assertThatThrownBy(() -> Json.MAPPER.readValue("{\"phase\":\"copy\"}", Progress.class))
                .isInstanceOf(JacksonException.class);
    }
}
