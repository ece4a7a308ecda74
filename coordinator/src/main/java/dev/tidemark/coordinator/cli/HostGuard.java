package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * Whom on its host a gateway believes, and where it writes files.
 *
 * @param peerUsers names or numbers of users, beside root and its own, whose QEMUs and guest agents it talks to
 * @param restoreRoots absolute; restores go below them, or anywhere if there are none
 */
public record HostGuard(List<String> peerUsers, List<Path> restoreRoots) {
    /** Root's processes and its own, and restores to wherever its user can write. */
    public static final HostGuard USUAL = new HostGuard(List.of(), List.of());

    public HostGuard {
        peerUsers = List.copyOf(peerUsers);
        restoreRoots = List.copyOf(restoreRoots);
    }
}
