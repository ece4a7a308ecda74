package dev.tidemark.coordinator.dashboard;

/**
 * How far the start is.
 *
 * @param lost whether a form was sent, which nobody has read
 */
public record StartPage(Frame frame, String detail, int secondsLeft, boolean lost) {}
