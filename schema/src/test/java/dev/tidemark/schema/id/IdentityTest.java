package dev.tidemark.schema.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line of {@code bad-input.md} "Names", for every kind of identity. */
class IdentityTest {
    private static final String ULID = "01JAAAAAAAAAAAAAAAAAAAAAAA";

    static Stream<String> badNames() {
        return Stream.of(
                "",
                " ",
                "a b",
                "a".repeat(256),
                "a".repeat(1023),
                "a".repeat(1024),
                "é".repeat(511) + "x",
                "a\0",
                "\0",
                "a\tb",
                "a\nb",
                "a\n",
                "a\"b",
                "a'b",
                "a/b",
                "/a",
                "a\\b",
                "..",
                ".",
                ".hidden",
                "../../etc/x",
                "a\u202eb",
                "\u00e9",
                "e\u0301",
                "-rf",
                "--help",
                "a,b",
                "a:b",
                "a=b",
                "a%2e",
                "ａ",
                "\ud83d\ude00",
                "\ud800");
    }

    private static Stream<Function<String, Object>> names() {
        return Stream.of(CheckpointName::new, DiskName::new, HostName::new, MachineName::new, RepositoryName::new);
    }

    private static Stream<Function<String, Object>> ids() {
        return Stream.of(BackupId::new, CheckpointId::new, MachineId::new, OperationId::new);
    }

    @ParameterizedTest
    @MethodSource("badNames")
    void a_bad_name_is_refused_and_shown_harmlessly(String bad) {
        Stream.concat(names(), ids())
                .forEach(kind -> assertThatThrownBy(() -> kind.apply(bad))
                        .isInstanceOf(InvalidIdentity.class)
                        .satisfies(refused -> {
                            String message = Objects.toString(refused.getMessage());
                            assertThat(message).hasSizeLessThan(600).doesNotContain("\u202e");
                            assertThat(message.chars()).allMatch(character -> character >= ' ');
                        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A9", "_x", "0", "vda", "a.b-c_d", "1700000000", "virtio-disk0"})
    void a_good_name_is_kept_as_it_is(String good) {
        names().forEach(kind -> assertThat(kind.apply(good)).hasToString(good));
    }

    @Test
    void a_name_has_at_most_255_characters() {
        String longest = "a".repeat(255);
        names().forEach(kind -> assertThat(kind.apply(longest)).hasToString(longest));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01JAAAAAAAAAAAAAAAAAAAAAA",
                "01JAAAAAAAAAAAAAAAAAAAAAAAA",
                "01jaaaaaaaaaaaaaaaaaaaaaaa",
                "81JAAAAAAAAAAAAAAAAAAAAAAA",
                "01JAAAAAAAAAAAAAAAAAAAAAAI",
                "01JAAAAAAAAAAAAAAAAAAAAAAL",
                "01JAAAAAAAAAAAAAAAAAAAAAAO",
                "01JAAAAAAAAAAAAAAAAAAAAAAU",
                "01JAAAAAAAAAAAAAAAAAAAAAA\n"
            })
    void a_bad_ulid_is_refused(String bad) {
        ids().forEach(kind -> assertThatThrownBy(() -> kind.apply(bad)).isInstanceOf(InvalidIdentity.class));
        assertThatThrownBy(() -> new BitmapName("tm-" + bad)).isInstanceOf(InvalidIdentity.class);
        assertThat(BitmapName.isCheckpointBitmap("tm-" + bad)).isFalse();
    }

    @Test
    void a_bitmaps_name_is_its_checkpoints() {
        CheckpointId checkpoint = new CheckpointId(ULID);
        BitmapName bitmap = BitmapName.of(checkpoint);
        assertThat(bitmap).hasToString("tm-" + ULID);
        assertThat(bitmap.checkpoint()).isEqualTo(checkpoint);
        assertThat(BitmapName.isCheckpointBitmap("tm-" + ULID)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tm", "tm-", "TM-" + ULID, "xx-" + ULID, ULID, "tm-tmp-" + ULID, "tm-" + ULID + "x"})
    void a_strangers_bitmap_is_not_taken_for_ours(String strange) {
        assertThat(BitmapName.isCheckpointBitmap(strange)).isFalse();
        assertThatThrownBy(() -> new BitmapName(strange)).isInstanceOf(InvalidIdentity.class);
    }

    @Test
    void a_temporary_bitmap_is_no_checkpoints() {
        String temporary = BitmapName.temporary(new OperationId(ULID));
        assertThat(temporary).isEqualTo("tm-tmp-" + ULID);
        assertThat(BitmapName.isCheckpointBitmap(temporary)).isFalse();
    }

    @Test
    void a_ulid_is_ordered_by_its_time_and_never_beyond_its_range() {
        byte[] none = new byte[Ulid.RANDOMNESS_BYTES];
        byte[] full = new byte[Ulid.RANDOMNESS_BYTES];
        Arrays.fill(full, (byte) 0xff);
        assertThat(Ulid.encode(0, none)).isEqualTo("0".repeat(26));
        assertThat(Ulid.encode((1L << 48) - 1, full)).isEqualTo("7" + "Z".repeat(25));
        assertThat(Ulid.encode(1_469_918_176_385L, none)).startsWith("01ARYZ6S41");
        assertThat(Ulid.encode(1, full)).isLessThan(Ulid.encode(2, none));
        assertThatThrownBy(() -> Ulid.encode(-1, none)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ulid.encode(1L << 48, none)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ulid.encode(0, new byte[9])).isInstanceOf(IllegalArgumentException.class);
        assertThat(new CheckpointId(Ulid.encode(7, full)).value()).hasSize(Ulid.LENGTH);
    }
}
