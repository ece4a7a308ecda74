package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where signed heads go.
 *
 * @param directory that they are appended in; empty for the home
 * @param systemLog the socket of the one that is told of each, too
 */
public record HeadPlaces(Optional<Path> directory, Optional<Path> systemLog) {
    /** In the home alone. */
    public static final HeadPlaces HOME = new HeadPlaces(Optional.empty(), Optional.empty());
}
