package dev.tidemark.coordinator.monitor.tracing;

import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.gateway.trail.WorkWatch;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;

/** What a gateway does for an operation, from its first look to what it came to; of its questions to QEMU only so many have spans. */
final class ErrandSpan implements WorkWatch.Errand {
    static final ContextKey<ErrandSpan> KEY = ContextKey.named("errand");

    private final Span span;
    private final Scope scope;
    private final LogContext lines;
    private long commands;
    private long questions;

    @SuppressWarnings("MustBeClosedChecker") // it is closed with this
    ErrandSpan(Span span) {
        this.span = span;
        this.scope = Context.current().with(span).with(KEY, this).makeCurrent();
        this.lines = Step.lines(span);
    }

    /** Counts a command; whether it gets a span. */
    boolean counts(String command) {
        commands++;
        return !command.startsWith("quer") || ++questions <= Tracing.QUESTIONS_MAX;
    }

    @Override
    public void came(String outcome) {
        span.setAttribute("tidemark.outcome", outcome);
        if (!outcome.equals("DONE")) {
            span.setStatus(StatusCode.ERROR);
        }
    }

    @Override
    public void close() {
        span.setAttribute("tidemark.qmp.commands", commands);
        lines.close();
        scope.close();
        span.end();
    }
}
