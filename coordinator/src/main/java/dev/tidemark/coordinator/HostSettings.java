package dev.tidemark.coordinator;

import dev.tidemark.coordinator.cli.HostWork;
import dev.tidemark.gateway.GatewaySettings;
import dev.tidemark.gateway.GatewaySettings.Bounds;
import dev.tidemark.gateway.GatewaySettings.Patience;
import dev.tidemark.gateway.GatewaySettings.Serving;
import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.gateway.qmp.QmpLimits;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What the command line says of a gateway's work on its host, as a gateway takes it. */
final class HostSettings {
    private HostSettings() {}

    /**
     * For a gateway of this home.
     *
     * @param repositories all that there are, with what the home adds to those that were named
     */
    static GatewaySettings of(HostName host, Home home, Map<RepositoryName, Path> repositories, HostWork work)
            throws IOException {
        return new GatewaySettings(
                host,
                repositories,
                Keys.rings(work.encryptionKeys(), repositories.keySet()),
                Home.lockDirectory(),
                new Serving(Pulls.exports(work.pulls()), home.scratch(host)),
                new Bounds(
                        QmpLimits.defaults(),
                        PeerUsers.with(work.guard().peerUsers()),
                        work.allowedTargets(),
                        work.guard().restoreRoots()),
                work.stallLimit().map(Patience.USUAL::stalling).orElse(Patience.USUAL));
    }
}
