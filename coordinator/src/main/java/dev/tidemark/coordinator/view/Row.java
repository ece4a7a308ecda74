package dev.tidemark.coordinator.view;

/**
 * One entry of a list that is read in pages.
 *
 * @param position what the next page begins behind; no two entries of a list have the same
 */
public record Row<T>(String position, T value) {}
