package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.io.InputStream;

/** So many bytes of a file, whatever is appended to it meanwhile. */
final class FirstBytes extends InputStream {
    private final InputStream file;
    private long left;

    FirstBytes(InputStream file, long length) {
        this.file = file;
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        int next = left > 0 ? file.read() : -1;
        left -= next < 0 ? 0 : 1;
        return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length > 0 && left <= 0) {
            return -1;
        }
        int count = file.read(bytes, offset, (int) Math.min(length, left));
        left -= Math.max(count, 0);
        return count;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
