package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import java.util.Optional;

/** Where {@code restore --to} writes: into a directory, or with {@code -} to standard output. */
record RestorePlace(Optional<Path> directory) {
    private static final String STANDARD_OUTPUT = "-";

    static RestorePlace parse(String text) {
        return new RestorePlace(text.equals(STANDARD_OUTPUT) ? Optional.empty() : Optional.of(Arguments.path(text)));
    }

    boolean isStandardOutput() {
        return directory.isEmpty();
    }
}
