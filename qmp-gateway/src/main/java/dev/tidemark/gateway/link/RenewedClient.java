package dev.tidemark.gateway.link;

import dev.tidemark.schema.tls.ClientTls;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a link calls with. When the files by which it is known, or by which it knows the coordinator, are replaced, it is made anew: on a
 * connection or a session from before, the certificate from before would be shown until it expires, and long after.
 *
 * <p>Files that cannot be used are passed over, as in the midst of being replaced; the ones before stay in use until they can.
 */
final class RenewedClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RenewedClient.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final long LOOK_NANOSECONDS = Duration.ofSeconds(1).toNanos();

    private final ClientTls tls;
    private HttpClient client;

    /** The texts that were looked at last, used or not. */
    private String seen;

    /** What was wrong with the last ones; said once. */
    private String complaint = "";

    private long lookedAt = System.nanoTime();

    private RenewedClient(ClientTls tls, HttpClient client, String seen) {
        this.tls = tls;
        this.client = client;
        this.seen = seen;
    }

    /** @throws IOException if the files cannot be used now */
    static RenewedClient of(ClientTls tls) throws IOException {
        String texts = tls.texts();
        return new RenewedClient(tls, client(tls), texts);
    }

    private static HttpClient client(ClientTls tls) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
        return (tls.equals(ClientTls.OF_SYSTEM) ? builder : builder.sslContext(tls.context())).build();
    }

    /** For the next request. */
    synchronized HttpClient now() {
        long now = System.nanoTime();
        if (now - lookedAt >= LOOK_NANOSECONDS) {
            lookedAt = now;
            look();
        }
        return client;
    }

    private void look() {
        try {
            String texts = tls.texts();
            if (!texts.equals(seen)) {
                seen = texts;
                HttpClient renewed = client(tls);
                // What is under way comes to its end.
                client.shutdown();
                client = renewed;
                complaint = "";
                LOG.info("the coordinator is called with the certificates that were put in place");
            }
        } catch (IOException unusable) {
            String reason = String.valueOf(unusable.getMessage());
            if (!reason.equals(complaint)) {
                complaint = reason;
                LOG.warn("the certificates that were put in place cannot be used, the ones before stay: {}", reason);
            }
        }
    }

    @Override
    public synchronized void close() {
        client.shutdownNow();
    }
}
