package dev.tidemark.coordinator.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/**
 * Thousands of lives a minute have nothing to say to a person; but what production takes for a bug of its own, and survives, is one.
 */
final class Quiet {
    /** A history lives on one thread, and its bugs are its own. */
    private static final ThreadLocal<List<String>> LIVED = new ThreadLocal<>();

    /** What was said on a thread on which no history lives. */
    private static final Queue<String> BESIDE = new ConcurrentLinkedQueue<>();

    private Quiet() {}

    static void logging() {
        if (LoggerFactory.getLogger("dev.tidemark.gateway") instanceof Logger gateway && gateway.getLevel() == null) {
            gateway.setLevel(Level.ERROR);
            gateway.setAdditive(false);
            AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    List<String> lived = LIVED.get();
                    (lived == null ? BESIDE : lived)
                            .add(event.getFormattedMessage()
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

    /** A history begins on this thread. */
    static void begin() {
        LIVED.set(new ArrayList<>());
    }

    /** Those since it began, and whatever was said on a thread of which nobody knows. */
    static List<String> bugs() {
        List<String> bugs = new ArrayList<>();
        List<String> lived = LIVED.get();
        if (lived != null) {
            bugs.addAll(lived);
            lived.clear();
        }
        for (String beside = BESIDE.poll(); beside != null; beside = BESIDE.poll()) {
            bugs.add(beside);
        }
        return bugs;
    }
}
