package dev.tidemark.coordinator.nthcall;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** How much of what goes wrong is logged. */
final class Quiet {
    private static final List<String> SPEAKERS = List.of("dev.tidemark", "org.axonframework", "com.zaxxer.hikari");

    private Quiet() {}

    /** Sets the level; without one, the configured level is back. */
    static void logging(@Nullable Level level) {
        for (String speaker : SPEAKERS) {
            if (LoggerFactory.getLogger(speaker) instanceof Logger logger) {
                logger.setLevel(level);
            }
        }
    }
}
