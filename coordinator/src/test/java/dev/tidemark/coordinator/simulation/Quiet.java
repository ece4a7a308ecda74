package dev.tidemark.coordinator.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Thousands of lives a minute have nothing to say to a person; but what production takes for a bug of its own, and survives, is one.
 */
final class Quiet {
    private static final List<String> BUGS = new ArrayList<>();

    private Quiet() {}

    static void logging() {
        if (LoggerFactory.getLogger("dev.tidemark.gateway") instanceof Logger gateway && gateway.getLevel() == null) {
            gateway.setLevel(Level.ERROR);
            gateway.setAdditive(false);
            AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    BUGS.add(event.getFormattedMessage()
                            + (event.getThrowableProxy() == null
                                    ? ""
                                    : ": " + event.getThrowableProxy().getClassName() + ": "
                                            + event.getThrowableProxy().getMessage()));
                }
            };
            appender.setContext(gateway.getLoggerContext());
            appender.start();
            gateway.addAppender(appender);
        }
    }

    /** Those since the last call. */
    static List<String> bugs() {
        List<String> bugs = List.copyOf(BUGS);
        BUGS.clear();
        return bugs;
    }
}
