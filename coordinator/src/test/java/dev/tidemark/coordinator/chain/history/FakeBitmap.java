package dev.tidemark.coordinator.chain.history;

/** A dirty bitmap over at most 64 granules. */
final class FakeBitmap {
    static final long GRANULARITY = 65_536;

    long bits;
    boolean recording;
    boolean persistent;
    boolean stored;
    boolean inconsistent;
    /** Below the top layer, where no write arrives; only a sabotaged look-up still shows it. */
    boolean detached;

    long granularity = GRANULARITY;

    FakeBitmap(boolean recording, boolean persistent) {
        this.recording = recording;
        this.persistent = persistent;
    }

    FakeBitmap copy() {
        FakeBitmap copy = new FakeBitmap(recording, persistent);
        copy.bits = bits;
        copy.stored = stored;
        copy.inconsistent = inconsistent;
        copy.detached = detached;
        copy.granularity = granularity;
        return copy;
    }
}
