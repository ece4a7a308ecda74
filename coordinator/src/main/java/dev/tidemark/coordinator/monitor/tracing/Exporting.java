package dev.tidemark.coordinator.monitor.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** To a receiver of OTLP/HTTP. What it does not take in time is dropped: nobody waits for it. */
final class Exporting implements AutoCloseable {
    private static final String PATH = "v1/traces";
    private static final Duration SEND_TIME_MAX = Duration.ofSeconds(5);
    private static final Duration DELAY = Duration.ofSeconds(1);
    private static final int WAITING_MAX = 4096;
    private static final long STOP_SECONDS_MAX = 3;

    private final SdkTracerProvider provider;

    private Exporting(SdkTracerProvider provider) {
        this.provider = provider;
    }

    static Exporting to(Collector collector, String service, String version, String host) {
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(address(collector.url()).toString())
                .setHeaders(collector::headers)
                .setConnectTimeout(SEND_TIME_MAX)
                .setTimeout(SEND_TIME_MAX)
                .build();
        Resource resource = Resource.getDefault()
                .merge(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"), service,
                        AttributeKey.stringKey("service.version"), version,
                        AttributeKey.stringKey("host.name"), host)));
        return new Exporting(SdkTracerProvider.builder()
                .setResource(resource)
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(DELAY)
                        .setMaxQueueSize(WAITING_MAX)
                        .build())
                .build());
    }

    /** A receiver is named as its makers do, by the place below which there is one for traces. */
    private static URI address(URI endpoint) {
        String path = endpoint.getPath();
        boolean whole = path != null && path.endsWith("/" + PATH);
        String text = endpoint.toString();
        return whole ? endpoint : URI.create(text + (text.endsWith("/") ? "" : "/") + PATH);
    }

    Tracer tracer(String library) {
        return provider.get(library);
    }

    @Override
    public void close() {
        provider.shutdown().join(STOP_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
