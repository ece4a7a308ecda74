package dev.tidemark.coordinator.cli.client;

import dev.tidemark.schema.tls.ClientTls;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** One client for each scheme: only what is encrypted needs the system's certificates, and reading them is slow. */
final class Connections {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);

    /** Less than the JVM would wait. */
    private static final Duration END_PATIENCE = Duration.ofMillis(200);

    private @Nullable HttpClient plain;
    private @Nullable HttpClient secure;

    HttpClient to(Endpoint endpoint) {
        if ("https".equals(endpoint.url().getScheme())) {
            HttpClient known = secure;
            if (known == null) {
                known = builder().sslContext(believing(endpoint.tls())).build();
                secure = known;
            }
            return known;
        }
        HttpClient known = plain;
        if (known == null) {
            known = builder().sslContext(new NoEncryption()).build();
            plain = known;
        }
        return known;
    }

    /**
     * Ends the clients with their threads. A JVM that ends waits for 300 ms for a thread that waits for the network, in the hope that it comes
     * back (HotSpot's {@code VM_Exit::wait_for_threads_in_native_to_block}): more than most commands take in all.
     */
    void close() {
        for (HttpClient known : new @Nullable HttpClient[] {plain, secure}) {
            if (known != null) {
                known.shutdownNow();
                try {
                    boolean _ = known.awaitTermination(END_PATIENCE);
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
            }
        }
        plain = null;
        secure = null;
    }

    /** Has loaded what the first of them needs. */
    static void prepare() {
        builder().sslContext(new NoEncryption()).build().close();
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_PATIENCE);
    }

    private static SSLContext believing(ClientTls tls) {
        try {
            return tls.context();
        } catch (IOException unusable) {
            Failure failure = Failure.local(
                    ExitCode.USAGE,
                    "BAD_CERTIFICATE",
                    String.valueOf(unusable.getMessage()),
                    "give PEM files with --ca, --client-certificate and --client-key");
            failure.initCause(unusable);
            throw failure;
        }
    }
}
