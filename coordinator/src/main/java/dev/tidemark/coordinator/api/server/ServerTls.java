package dev.tidemark.coordinator.api.server;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;

/**
 * The server's certificate, taken anew from its files whenever they say something else, by whatever way they were replaced. What cannot be
 * used is passed over with a word in the log, and the one before stays in use; connections that stand are not touched.
 */
final class ServerTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
    private static final String BUNDLE = "server";
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final TlsFiles files;
    private final Clock clock;
    private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
    private final Thread watch;
    private volatile TlsMaterial inUse;

    private ServerTls(TlsFiles files, Clock clock) throws IOException {
        this.files = files;
        this.clock = clock;
        this.inUse = TlsMaterial.read(files, clock.instant());
        bundles.registerBundle(BUNDLE, inUse.bundle());
        this.watch = Thread.ofVirtual().name("tls-files").unstarted(this::watch);
    }

    static ServerTls open(TlsFiles files, Clock clock) throws IOException {
        ServerTls tls = new ServerTls(files, clock);
        tls.watch.start();
        return tls;
    }

    /** What Tomcat is to do with it. */
    Ssl settings() {
        Ssl settings = Ssl.forBundle(BUNDLE);
        // Wanted, not needed: who shows none may have a token. One that the authority did not sign ends the connection.
        settings.setClientAuth(files.clientAuthority().isPresent() ? Ssl.ClientAuth.WANT : Ssl.ClientAuth.NONE);
        return settings;
    }

    SslBundles bundles() {
        return bundles;
    }

    Optional<String> nameFor(InetAddress address) {
        return inUse.nameFor(address);
    }

    private void watch() {
        String judged = inUse.text();
        String before = judged;
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                String now = said();
                // Twice the same: of two files, one may have been replaced a moment ago and the other not yet.
                if (now.equals(before) && !now.equals(judged)) {
                    judged = now;
                    take();
                }
                before = now;
            }
        } catch (InterruptedException closed) {
            LOG.debug("the files of the certificate are no longer watched");
        }
    }

    /** What the files say, or why they say nothing: that is a change, too. */
    private String said() {
        try {
            return TlsMaterial.text(files);
        } catch (IOException | RuntimeException unreadable) {
            return "unreadable: " + unreadable;
        }
    }

    private void take() {
        try {
            TlsMaterial read = TlsMaterial.read(files, clock.instant());
            if (read.text().equals(inUse.text())) {
                return;
            }
            bundles.updateBundle(BUNDLE, read.bundle());
            inUse = read;
            LOG.info(
                    "the certificate was replaced: {}, valid until {}",
                    read.certificates().getFirst().getSubjectX500Principal(),
                    read.certificates().getFirst().getNotAfter().toInstant());
        } catch (IOException | RuntimeException unusable) {
            LOG.error("the new certificate is not used, the one before stays: {}", unusable.getMessage());
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
