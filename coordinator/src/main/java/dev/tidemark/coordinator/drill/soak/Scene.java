package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.stage.Programs;
import java.nio.file.Path;

/** What all actors share. */
record Scene(
        SoakOptions options,
        Path stage,
        Path repository,
        Programs programs,
        Wire wire,
        Tally tally,
        Findings findings,
        Calm calm) {}
