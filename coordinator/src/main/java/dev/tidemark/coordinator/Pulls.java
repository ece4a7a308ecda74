package dev.tidemark.coordinator;

import dev.tidemark.coordinator.cli.PullListening;
import dev.tidemark.gateway.act.export.TcpExports;
import dev.tidemark.gateway.act.export.TlsCredentials;
import java.io.IOException;
import java.util.Optional;

/** What the command line says of pull backups, as a gateway takes it. */
final class Pulls {
    private Pulls() {}

    /** Fails now, and not in the midst of a backup, if a key is missing or open to everybody. */
    static Optional<TcpExports> exports(Optional<PullListening> listening) throws IOException {
        if (listening.isEmpty()) {
            return Optional.empty();
        }
        PullListening pulls = listening.get();
        Optional<TlsCredentials> tls = pulls.certificates()
                .<TlsCredentials>map(TlsCredentials.Certificates::new)
                .or(() -> pulls.sharedKey().map(TlsCredentials.SharedKey::new));
        TcpExports exports = new TcpExports(pulls.address(), pulls.firstPort(), pulls.lastPort(), tls);
        exports.check();
        return Optional.of(exports);
    }
}
