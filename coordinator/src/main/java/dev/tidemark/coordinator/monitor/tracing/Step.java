package dev.tidemark.coordinator.monitor.tracing;

import dev.tidemark.gateway.qmp.QmpWatch;
import dev.tidemark.gateway.trail.LogContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Something that this thread does, as a span, until it is closed on the same thread; the lines that it logs meanwhile name its trace. */
public final class Step implements AutoCloseable {
    private final Span span;
    private final Scope scope;
    private final LogContext lines;

    @SuppressWarnings("MustBeClosedChecker") // it is closed with this
    Step(Span span, Context context) {
        this.span = span;
        this.scope = context.makeCurrent();
        this.lines = lines(span);
    }

    /** Under another name: what it is may be known when it is over. */
    public void named(String name) {
        span.updateName(name);
    }

    /** What is known of it. Never anything that a caller made up, and never a secret. */
    public void note(String key, String value) {
        span.setAttribute(key, value);
    }

    /** As {@link #note(String, String)}. */
    public void note(String key, long value) {
        span.setAttribute(key, value);
    }

    /** It did not succeed. */
    public void failed() {
        span.setStatus(StatusCode.ERROR);
    }

    /** For whoever goes on with it; empty if it is of no trace. */
    public Optional<String> traceparent() {
        return traceparent(span);
    }

    @Override
    public void close() {
        lines.close();
        scope.close();
        span.end();
    }

    static Optional<String> traceparent(Span span) {
        SpanContext context = span.getSpanContext();
        return context.isValid()
                ? Optional.of("00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                        + context.getTraceFlags().asHex())
                : Optional.empty();
    }

    static LogContext lines(Span span) {
        SpanContext context = span.getSpanContext();
        return LogContext.of(context.isSampled() ? Map.of(LogContext.TRACE, context.getTraceId()) : Map.of());
    }

    /** A command to a QEMU ended. */
    static void ended(Span span, QmpWatch.Ending ending, Instant at) {
        span.setAttribute("tidemark.qmp.outcome", ending.name().toLowerCase(Locale.ROOT));
        if (ending != QmpWatch.Ending.ANSWERED) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end(at);
    }
}
