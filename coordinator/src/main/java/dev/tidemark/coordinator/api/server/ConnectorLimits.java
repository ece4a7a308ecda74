package dev.tidemark.coordinator.api.server;

import java.util.concurrent.Executors;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;

/** What one connection may take of us. */
final class ConnectorLimits {
    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final int HEADERS_MAX = 64;
    private static final int PARAMETERS_MAX = 256;

    /** For the next bytes of a request that has begun, header or body. */
    private static final int SILENCE_MILLISECONDS_MAX = 5_000;

    private static final int IDLE_MILLISECONDS_MAX = 60_000;

    /** What is still read of a body that was refused, so that its sender gets to see the answer. */
    private static final int SWALLOWED_BYTES_MAX = 2 * 1024 * 1024;

    private ConnectorLimits() {}

    static void apply(Connector connector) {
        connector.setXpoweredBy(false);
        connector.setMaxParameterCount(PARAMETERS_MAX);
        // A form is not a body that we take; its members must not pass for query parameters.
        connector.setParseBodyMethods("");
        AbstractHttp11Protocol<?> protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
        // A thousand callers that wait are a thousand parked virtual threads.
        protocol.setExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("http-", 0).factory()));
        protocol.setMaxKeepAliveRequests(-1);
        protocol.setMaxHttpRequestHeaderSize(HEADER_BYTES_MAX);
        protocol.setMaxHeaderCount(HEADERS_MAX);
        protocol.setConnectionTimeout(SILENCE_MILLISECONDS_MAX);
        protocol.setKeepAliveTimeout(IDLE_MILLISECONDS_MAX);
        protocol.setMaxSwallowSize(SWALLOWED_BYTES_MAX);
        protocol.setServer("tidemark");
    }
}
