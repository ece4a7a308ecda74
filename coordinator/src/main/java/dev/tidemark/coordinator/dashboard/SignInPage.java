package dev.tidemark.coordinator.dashboard;

import java.util.Optional;

/** Where a token becomes a session; {@code trouble} says why that did not happen. */
public record SignInPage(Frame frame, Optional<String> trouble) {}
