package dev.tidemark.coordinator.monitor.tracing;

import dev.tidemark.gateway.qmp.QmpWatch;
import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.gateway.trail.WorkWatch;
import dev.tidemark.schema.contract.Origin;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans. One that is given no parent continues what its thread does; and each says whose work it is, as the lines of the log do.
 * Where nothing is sent, a trace that a caller has begun is passed on all the same.
 */
public final class Tracing implements AutoCloseable {
    /** A trace of Jaeger or Tempo that has more of one kind is of no use: questions while a job is followed come every second. */
    static final int QUESTIONS_MAX = 200;

    private static final String LIBRARY = "dev.tidemark";
    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    private final Tracer tracer;
    private final AutoCloseable exporting;
    private final boolean on;

    private Tracing(Tracer tracer, AutoCloseable exporting, boolean on) {
        this.tracer = tracer;
        this.exporting = exporting;
        this.on = on;
    }

    /** Sends nothing. */
    public static Tracing off() {
        return new Tracing(OpenTelemetry.noop().getTracer(LIBRARY), () -> {}, false);
    }

    /** Sends there, if that was said. */
    public static Tracing of(Optional<Collector> collector, String service, String version, String host) {
        if (collector.isEmpty()) {
            return off();
        }
        Exporting exporting = Exporting.to(collector.get(), service, version, host);
        return new Tracing(exporting.tracer(LIBRARY), exporting, true);
    }

    /** Whether spans are sent. */
    public boolean isOn() {
        return on;
    }

    /** A request begins, in the trace of its caller or in a new one; what the caller's tracers keep with their traces stays with it. */
    public Step request(String name, Optional<String> traceparent, Optional<String> tracestate) {
        return begin(name, SpanKind.SERVER, parent(traceparent, tracestate).orElse(Context.root()));
    }

    /** A part of what this thread does. */
    public Step step(String name) {
        return begin(name, SpanKind.INTERNAL, Context.current());
    }

    /** A part of what this thread does; if that is of no trace, of this one. */
    public Step step(String name, Optional<String> traceparent) {
        Context here = Context.current();
        boolean traced = Span.fromContext(here).getSpanContext().isValid();
        return begin(
                name, SpanKind.INTERNAL, traced ? here : parent(traceparent).orElse(here));
    }

    /** Something that began then and has ended now. */
    public void past(String name, Instant begun, Optional<String> traceparent) {
        parent(traceparent)
                .ifPresent(parent -> builder(name, SpanKind.INTERNAL, parent)
                        .setStartTimestamp(begun)
                        .startSpan()
                        .end());
    }

    /** What this thread does now, for whoever goes on with it. */
    public Optional<String> traceparent() {
        return Step.traceparent(Span.current());
    }

    /** Each command to a QEMU that is sent for an operation; and whoever is told besides. */
    public QmpWatch qmp(QmpWatch besides) {
        if (!on) {
            return besides;
        }
        return (command, ending, took) -> {
            besides.ended(command, ending, took);
            ErrandSpan errand = Context.current().get(ErrandSpan.KEY);
            if (errand != null && errand.counts(command)) {
                Instant now = Instant.now();
                Step.ended(
                        builder("QMP " + command, SpanKind.CLIENT, Context.current())
                                .setStartTimestamp(now.minus(took))
                                .startSpan(),
                        ending,
                        now);
            }
        };
    }

    /** What a gateway does for each operation. */
    public WorkWatch work() {
        return (kind, origin) -> new ErrandSpan(builder(
                        "errand " + kind,
                        SpanKind.CONSUMER,
                        parent(origin.flatMap(Origin::traceparent)).orElse(Context.root()))
                .startSpan());
    }

    /** Sends what is left, for a few seconds at most. */
    @Override
    public void close() {
        try {
            exporting.close();
        } catch (Exception failure) {
            throw new IllegalStateException("the last spans were not sent", failure);
        }
    }

    private Step begin(String name, SpanKind kind, Context parent) {
        Span span = builder(name, kind, parent).startSpan();
        return new Step(span, parent.with(span));
    }

    private SpanBuilder builder(String name, SpanKind kind, Context parent) {
        SpanBuilder builder = tracer.spanBuilder(name).setSpanKind(kind).setParent(parent);
        LogContext.now().forEach((key, id) -> {
            if (!key.equals(LogContext.TRACE)) {
                builder.setAttribute("tidemark." + key, id);
            }
        });
        return builder;
    }

    /** Only what W3C Trace Context allows is taken for one. */
    private static Optional<Context> parent(Optional<String> traceparent) {
        return parent(traceparent, Optional.empty());
    }

    private static Optional<Context> parent(Optional<String> traceparent, Optional<String> tracestate) {
        return traceparent
                .map(value -> tracestate.isEmpty()
                        ? Map.of(TRACEPARENT, value)
                        : Map.of(TRACEPARENT, value, TRACESTATE, tracestate.get()))
                .map(headers -> W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, Header.GETTER))
                .filter(context -> Span.fromContext(context).getSpanContext().isValid());
    }

    private static final class Header implements TextMapGetter<Map<String, String>> {
        private static final Header GETTER = new Header();

        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
            return List.copyOf(carrier.keySet());
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    }
}
