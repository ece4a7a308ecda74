package dev.tidemark.gateway.qmp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Optional;

/**
 * The framing: QMP is one message a line, ended by LF or CR LF (qemu-facts §1).
 *
 * <p>Memory stays below twice the longest line allowed, whatever the peer sends; a buffer that a long line has blown up
 * is let go afterwards.
 */
final class LineReader {

    private static final int BUFFER_BYTES_INITIAL = 8 * 1024;
    private static final int BUFFER_BYTES_KEPT = 256 * 1024;

    private final ReadableByteChannel channel;
    private final int lineBytesMax;
    private byte[] buffer = new byte[BUFFER_BYTES_INITIAL];
    private int start;
    private int end;
    private int searched;

    LineReader(ReadableByteChannel channel, int lineBytesMax) {
        this.channel = channel;
        this.lineBytesMax = lineBytesMax;
    }

    /**
     * The next line without its end; empty at the end of the stream.
     *
     * @throws QmpViolation if the line is longer than allowed
     * @throws IOException if the channel fails
     */
    Optional<byte[]> next() throws IOException, QmpViolation {
        while (true) {
            int lineFeed = findLineFeed();
            if (lineFeed >= 0) {
                return Optional.of(take(lineFeed));
            }
            // One byte more than the longest line: its CR.
            if (end - start > lineBytesMax + 1) {
                throw tooLong();
            }
            makeRoom();
            int count = channel.read(ByteBuffer.wrap(buffer, end, buffer.length - end));
            if (count < 0) {
                return Optional.empty();
            }
            end += count;
        }
    }

    /** Bytes of an unfinished line that have been read. */
    int unfinishedBytes() {
        return end - start;
    }

    private int findLineFeed() {
        for (int i = Math.max(searched, start); i < end; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        searched = end;
        return -1;
    }

    private byte[] take(int lineFeed) throws QmpViolation {
        int lineEnd = lineFeed > start && buffer[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
        if (lineEnd - start > lineBytesMax) {
            throw tooLong();
        }
        byte[] line = Arrays.copyOfRange(buffer, start, lineEnd);
        start = lineFeed + 1;
        searched = start;
        return line;
    }

    private void makeRoom() {
        if (start == end) {
            start = 0;
            end = 0;
            searched = 0;
            if (buffer.length > BUFFER_BYTES_KEPT) {
                buffer = new byte[BUFFER_BYTES_INITIAL];
            }
        }
        if (end < buffer.length) {
            return;
        }
        int used = end - start;
        // Room for the longest line, its CR, its LF and one byte too many, by which it is recognised as too long.
        int capacity = used * 2 > buffer.length ? (int) Math.min(buffer.length * 2L, lineBytesMax + 3L) : buffer.length;
        byte[] target = new byte[Math.max(capacity, used + 1)];
        System.arraycopy(buffer, start, target, 0, used);
        buffer = target;
        start = 0;
        end = used;
        searched = used;
    }

    private QmpViolation tooLong() {
        return new QmpViolation("a line is longer than " + lineBytesMax + " bytes");
    }
}
