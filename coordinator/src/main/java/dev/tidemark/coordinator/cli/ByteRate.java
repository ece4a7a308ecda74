package dev.tidemark.coordinator.cli;

/** Bytes per second, as in {@code 10M}. */
record ByteRate(long bytesPerSecond) {
    static ByteRate parse(String text) {
        return new ByteRate(ByteSize.parse(text, "bytes per second"));
    }
}
