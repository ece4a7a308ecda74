package dev.tidemark.coordinator.api.resource;

/** A body without members: {@code {}}. */
record Nothing() {
    static final Nothing INSTANCE = new Nothing();
}
