package dev.tidemark.coordinator.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file line by line, each decoded for itself: what is no UTF-8 is told when its line is reached, nothing is read in its place, and the
 * lines behind it can be read.
 */
final class FileLines implements AutoCloseable {
    private final InputStream file;
    private final byte[] block = new byte[1 << 16];
    private int begin;
    private int end;

    FileLines(Path path) throws IOException {
        file = Files.newInputStream(path);
    }

    /** A line of more bytes than were asked for; it was passed over, and none of it is kept. */
    static final class LineTooLong extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * The next one, or null after the last.
     *
     * @throws LineTooLong if it has more bytes than that
     * @throws java.nio.charset.CharacterCodingException if it is not UTF-8
     */
    @Nullable
    String next(int bytesMost) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean isAny = false;
        boolean isTooLong = false;
        while (begin < end || isFilled()) {
            isAny = true;
            int at = begin;
            while (at < end && block[at] != '\n') {
                at++;
            }
            isTooLong |= at - begin > bytesMost - line.size();
            if (!isTooLong) {
                line.write(block, begin, at - begin);
            }
            boolean isWhole = at < end;
            begin = isWhole ? at + 1 : at;
            if (isWhole) {
                break;
            }
        }
        if (isTooLong) {
            throw new LineTooLong();
        }
        return isAny
                ? StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(line.toByteArray()))
                        .toString()
                : null;
    }

    private boolean isFilled() throws IOException {
        begin = 0;
        end = Math.max(0, file.read(block));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
