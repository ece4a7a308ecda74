package dev.tidemark.gateway.qmp;

import java.util.Optional;

/**
 * Who answers on a socket, as far as Linux tells: after a restart of QEMU the same path leads to another process, whose
 * bitmaps are those of its last clean close.
 *
 * @param user whose process it is, as the kernel tells it: see {@link PeerUsers}
 * @param process empty if it could not be found (another user's process, another network namespace, a relative or
 *     doubly bound path); never a guess
 */
public record QemuIdentity(QemuVersion version, String user, Optional<PeerProcess> process) {

    /** Whether both are certainly the same process. False if either is not known: then it must be treated as new. */
    public boolean isCertainlySameProcessAs(QemuIdentity other) {
        return process.isPresent() && process.equals(other.process);
    }
}
