package dev.tidemark.coordinator.cli;

import java.util.Locale;

/** A limit that can also be none: a {@link ByteRate}, or {@code 0} or {@code unlimited}. */
record SpeedLimit(long bytesPerSecond) {
    static SpeedLimit parse(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        return word.equals("0") || word.equals("unlimited")
                ? new SpeedLimit(0)
                : new SpeedLimit(ByteRate.parse(text).bytesPerSecond());
    }
}
