package dev.tidemark.coordinator.api.edge;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;

/** A body up to a length and up to a moment: a caller that sends one byte a minute holds nothing for long. */
final class LimitedBody extends ServletInputStream {
    private final ServletInputStream body;
    private final long bytesMax;
    private final long secondsMax;
    private final long deadlineNanos;
    private long bytesRead;

    LimitedBody(ServletInputStream body, long bytesMax, long secondsMax) {
        this.body = body;
        this.bytesMax = bytesMax;
        this.secondsMax = secondsMax;
        this.deadlineNanos = System.nanoTime() + secondsMax * 1_000_000_000L;
    }

    @Override
    public int read() throws IOException {
        int octet = body.read();
        count(octet < 0 ? 0 : 1);
        return octet;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = body.read(buffer, offset, length);
        count(Math.max(0, read));
        return read;
    }

    private void count(int read) throws IOException {
        bytesRead += read;
        if (bytesRead > bytesMax) {
            throw BodyTrouble.tooLarge(bytesMax);
        }
        if (System.nanoTime() - deadlineNanos > 0) {
            throw BodyTrouble.tooSlow(secondsMax);
        }
    }

    @Override
    public boolean isFinished() {
        return body.isFinished();
    }

    @Override
    public boolean isReady() {
        return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        body.setReadListener(listener);
    }
}
