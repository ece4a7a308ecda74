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

    /**
     * The next one, or null after the last.
     *
     * @throws java.nio.charset.CharacterCodingException if it is not UTF-8
     */
    @Nullable
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean isAny = false;
        while (begin < end || isFilled()) {
            isAny = true;
            int at = begin;
            while (at < end && block[at] != '\n') {
                at++;
            }
            line.write(block, begin, at - begin);
            boolean isWhole = at < end;
            begin = isWhole ? at + 1 : at;
            if (isWhole) {
                break;
            }
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
