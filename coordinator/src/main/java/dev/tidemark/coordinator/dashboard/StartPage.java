package dev.tidemark.coordinator.dashboard;

/**
 * How far the start is.
 *
 * @param secondsUntilNext after which the browser asks again
 * @param lost whether a form was sent, which nobody has read
 */
public record StartPage(Frame frame, String detail, int secondsUntilNext, boolean lost) {}
