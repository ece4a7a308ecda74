package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headers by the specification, and bytes by nobody. */
class QcowHeaderTest {
    private static final Optional<String> BACKING = Optional.of("../A/vda.qcow2");

    @TempDir
    Path directory;

    @Test
    void sabotaged_a_sound_header_meets_no_objection() throws Exception {
        assertThat(read(header(0, 0, "qcow2")).objection(66048, BACKING)).isEmpty();
    }

    @Test
    void each_thing_that_would_lead_elsewhere_is_told() throws Exception {
        assertThat(read(header(0, 0, "qcow2")).objection(66049, BACKING)).hasValueSatisfying(has("virtual size"));
        assertThat(read(header(0, 0, "qcow2")).objection(66048, Optional.empty()))
                .hasValueSatisfying(has("nothing"));
        assertThat(read(header(0, 0, "raw")).objection(66048, BACKING)).hasValueSatisfying(has("'raw'"));
        assertThat(read(header(2, 0, "qcow2")).objection(66048, BACKING)).hasValueSatisfying(has("corrupt"));
        assertThat(read(header(4, 0, "qcow2")).objection(66048, BACKING)).hasValueSatisfying(has("external data"));
        assertThat(read(header(0, 2, "qcow2")).objection(66048, BACKING)).hasValueSatisfying(has("encrypted"));
        assertThat(read(header(0, 2, "qcow2")).objection(66048, BACKING, true)).isEmpty();
        // by the old AES, which QEMU itself warns of, or not at all
        for (int other : new int[] {0, 1, 3}) {
            assertThat(read(header(0, other, "qcow2")).objection(66048, BACKING, true))
                    .hasValueSatisfying(has("not encrypted by LUKS"));
        }
    }

    @Test
    void no_bytes_make_it_fail_in_another_way_than_with_a_reason() throws Exception {
        Random random = new Random(1);
        byte[] sound = header(0, 0, "qcow2");
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = Arrays.copyOf(sound, random.nextInt(sound.length) + 1);
            for (int change = 0; change < 4; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                QcowHeader.parse(ByteBuffer.wrap(bytes)).objection(66048, BACKING);
            } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
                assertThat(malformed.getMessage()).isNotNull();
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    @Test
    void a_file_that_is_no_image_is_named_in_the_error() throws Exception {
        for (byte[] content : new byte[][] {{}, {1}, new byte[100_000], "QFI".getBytes(StandardCharsets.UTF_8)}) {
            assertThatThrownBy(() -> read(content))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("image")
                    .hasMessageContaining("no valid qcow2 header");
        }
    }

    private static Consumer<String> has(String text) {
        return detail -> assertThat(detail).contains(text);
    }

    private QcowHeader read(byte[] content) throws IOException {
        return QcowHeader.read(Files.write(directory.resolve("image"), content));
    }

    private static byte[] header(long incompatible, int encryption, String format) {
        byte[] backing = BACKING.orElseThrow().getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocate(512);
        buffer.putInt(0x514649fb)
                .putInt(3)
                .putLong(200)
                .putInt(backing.length)
                .putInt(16)
                .putLong(66048);
        buffer.putInt(encryption)
                .putInt(1)
                .putLong(196608)
                .putLong(65536)
                .putInt(1)
                .putInt(0)
                .putLong(0);
        buffer.putLong(incompatible).putLong(0).putLong(0).putInt(4).putInt(112).putLong(0);
        buffer.putInt(0xe2792aca).putInt(format.length()).put(format.getBytes(StandardCharsets.UTF_8));
        buffer.position(112 + 16).putInt(0).putInt(0);
        buffer.position(200).put(backing);
        return buffer.array();
    }
}
