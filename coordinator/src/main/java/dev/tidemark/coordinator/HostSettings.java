package dev.tidemark.coordinator;

import dev.tidemark.coordinator.cli.HostWork;
import dev.tidemark.gateway.GatewaySettings;
import dev.tidemark.gateway.qmp.PeerUsers;
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
        GatewaySettings settings = GatewaySettings.of(host, repositories, Home.lockDirectory())
                .withTcpExports(Pulls.exports(work.pulls()))
                .withScratchDirectory(home.scratch(host))
                .withAllowedTargets(work.allowedTargets())
                .withKeys(Keys.rings(work.encryptionKeys(), repositories.keySet()))
                .withPeers(PeerUsers.with(work.guard().peerUsers()))
                .withRestoreRoots(work.guard().restoreRoots());
        return work.stallLimit().map(settings::withStallLimit).orElse(settings);
    }
}
