package dev.tidemark.sabotage.coordinator.nameless;

public final class LivesNowhere {}
