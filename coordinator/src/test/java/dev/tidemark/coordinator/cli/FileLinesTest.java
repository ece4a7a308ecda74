package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.cli.FileLines.LineTooLong;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in one line of a file is no matter of the lines behind it. */
@SuppressWarnings("NullAway.Init")
class FileLinesTest {
    private static final int MOST = 200_000;

    @TempDir
    Path directory;

    private FileLines lines(byte[] content) throws IOException {
        return new FileLines(Files.write(directory.resolve("lines"), content));
    }

    @Test
    void lines_are_read_as_they_are_also_the_empty_the_long_and_the_last_without_an_end() throws IOException {
        String exactly = "ä".repeat(MOST / 2);
        try (FileLines lines = lines(("one\n\n" + exactly + "\nlast").getBytes(StandardCharsets.UTF_8))) {
            assertThat(lines.next(MOST)).isEqualTo("one");
            assertThat(lines.next(MOST)).isEmpty();
            assertThat(lines.next(MOST)).isEqualTo(exactly);
            assertThat(lines.next(MOST)).isEqualTo("last");
            assertThat(lines.next(MOST)).isNull();
        }
    }

    @Test
    void what_is_no_UTF_8_is_told_of_its_own_line_alone() throws IOException {
        try (FileLines lines = lines(new byte[] {'a', '\n', (byte) 0xff, '\n', 'b', '\n'})) {
            assertThat(lines.next(MOST)).isEqualTo("a");
            assertThatThrownBy(() -> lines.next(MOST)).isInstanceOf(CharacterCodingException.class);
            assertThat(lines.next(MOST)).isEqualTo("b");
            assertThat(lines.next(MOST)).isNull();
        }
    }

    @Test
    void a_line_without_end_is_passed_over_and_not_kept() throws IOException {
        try (FileLines lines = lines(("a\n" + "x".repeat(MOST + 1) + "\nb").getBytes(StandardCharsets.UTF_8))) {
            assertThat(lines.next(MOST)).isEqualTo("a");
            assertThatThrownBy(() -> lines.next(MOST)).isInstanceOf(LineTooLong.class);
            assertThat(lines.next(MOST)).isEqualTo("b");
        }
    }
}
