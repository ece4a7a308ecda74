package dev.tidemark.coordinator.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How callers get in: the options of {@code serve} for that. */
final class AccessOptions {
    @Option(names = "--tls", paramLabel = "DIR", description = "Serve HTTPS with tls.crt and tls.key from there.")
    private @Nullable Path directory;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "Serve HTTPS with this certificate and those between it and its authority (PEM).")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The key to it (PEM), for its owner only.")
    private @Nullable Path key;

    @Option(
            names = "--client-ca",
            paramLabel = "FILE",
            description = "Who signs certificates of clients (PEM); each is known once 'token create' has recorded it.")
    private @Nullable Path clientAuthority;

    @Option(
            names = "--plain-http",
            description =
                    "Serve HTTP on an address that others can reach: whoever listens there reads tokens and data.")
    private boolean plainHttp;

    /** What was asked for, on this address. */
    Access access(String bind, Optional<Access.Oidc> oidc) {
        Optional<Access.Tls> tls = tls();
        if (tls.isEmpty() && !plainHttp && !isLoopback(bind)) {
            throw Session.misuse("others can reach " + bind + ", and without TLS they can read the tokens that are sent"
                    + " there: give --tls DIR, or --tls-certificate and --tls-key; or --plain-http if something else"
                    + " keeps that network");
        }
        if (tls.isPresent() && plainHttp) {
            throw Session.misuse("--plain-http contradicts a certificate");
        }
        return new Access(tls, oidc);
    }

    private Optional<Access.Tls> tls() {
        if (directory != null && (certificate != null || key != null)) {
            throw Session.misuse("--tls names both files already: leave out --tls-certificate and --tls-key");
        }
        Optional<Path> authority = Optional.ofNullable(clientAuthority);
        if (directory != null) {
            return Optional.of(new Access.Tls(directory.resolve("tls.crt"), directory.resolve("tls.key"), authority));
        }
        if (certificate != null && key != null) {
            return Optional.of(new Access.Tls(certificate, key, authority));
        }
        if (certificate != null || key != null) {
            throw Session.misuse("--tls-certificate and --tls-key belong together");
        }
        if (clientAuthority != null) {
            throw Session.misuse("--client-ca needs TLS: give --tls DIR, or --tls-certificate and --tls-key");
        }
        return Optional.empty();
    }

    private static boolean isLoopback(String bind) {
        try {
            return InetAddress.getByName(bind).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw Session.misuse("--bind " + bind + " is no address of this host");
        }
    }
}
