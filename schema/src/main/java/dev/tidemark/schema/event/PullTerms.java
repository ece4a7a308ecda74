package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Under which terms a client may read a pull backup. Whoever comes after a crash needs all of it: QEMU tells an export's id, and
 * neither the name under which it is served nor how long or how large it may become.
 *
 * @param exportKey what every export's name begins with: random, and never made of anything that others know
 * @param leaseUntil whoever has not finished the backup by then is taken to have gone away
 * @param scratchBytesMax how much of what the guest overwrites may be kept for the client, all disks together
 */
public record PullTerms(String exportKey, Instant leaseUntil, OptionalLong scratchBytesMax) {
    /** The name under which a disk is served. */
    public String exportName(DiskName disk) {
        return exportKey + "-" + disk;
    }
}
