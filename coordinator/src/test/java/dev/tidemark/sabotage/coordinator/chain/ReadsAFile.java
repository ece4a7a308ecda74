package dev.tidemark.sabotage.coordinator.chain;

import java.nio.file.Path;

public final class ReadsAFile {
    public Path where() {
        return Path.of("here");
    }
}
