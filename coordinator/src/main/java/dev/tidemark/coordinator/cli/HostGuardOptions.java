package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** How a gateway guards its host. */
class HostGuardOptions {
    @Option(
            names = "--allow-peer-user",
            paramLabel = "USER",
            description =
                    "Talk to QEMUs and guest agents of this user too, not only of root and of the gateway's own; may be repeated.")
    private List<String> peerUsers = List.of();

    @Option(
            names = "--restore-root",
            paramLabel = "DIR",
            description =
                    "Restore to files below DIR only; may be repeated. Not given: wherever the gateway can write.")
    private List<Path> restoreRoots = List.of();

    HostGuard guard() {
        return new HostGuard(peerUsers, restoreRoots);
    }
}
