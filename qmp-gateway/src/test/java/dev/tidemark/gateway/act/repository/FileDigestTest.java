package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A digest is that of every byte of the file, at whatever length it ends and whichever way it is read. */
class FileDigestTest {
    private static final int PIECE = 4 << 20;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 511, 4096, 4097, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 4095, 3 * PIECE + 512})
    void a_file_is_digested_to_its_last_byte(int length) throws Exception {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        String expected =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        AtomicLong told = new AtomicLong();
        // when
        FileDigest cached = FileDigest.of(file, told::addAndGet);
        FileDigest medium = FileDigest.ofMedium(file, told::addAndGet);
        // then
        assertThat(cached).isEqualTo(new FileDigest(length, expected));
        assertThat(medium).isEqualTo(cached);
        assertThat(told).hasValue(2L * length);
    }

    /** The twin: a digest that left a byte out, anywhere, would not see this. */
    @Test
    void one_changed_byte_anywhere_changes_the_digest() throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[2 * PIECE + 4099]);
        FileDigest before = FileDigest.ofMedium(file, count -> {});
        for (long at : new long[] {0, PIECE - 1, PIECE, 2L * PIECE - 1, 2L * PIECE, 2L * PIECE + 4098}) {
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                open.seek(at);
                open.write(1);
            }
            assertThat(FileDigest.ofMedium(file, count -> {})).isNotEqualTo(before);
            assertThat(FileDigest.of(file, count -> {})).isEqualTo(FileDigest.ofMedium(file, count -> {}));
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                open.seek(at);
                open.write(0);
            }
        }
        assertThat(FileDigest.ofMedium(file, count -> {})).isEqualTo(before);
    }

    @Test
    void whoever_is_stopped_while_reading_says_so_and_has_no_digest() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[3 * PIECE]);
        assertThatThrownBy(() -> FileDigest.ofMedium(
                        file, count -> Thread.currentThread().interrupt()))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void a_file_that_is_not_there_is_told_as_such() {
        assertThatThrownBy(() -> FileDigest.ofMedium(directory.resolve("absent"), count -> {}))
                .isInstanceOf(NoSuchFileException.class);
    }
}
