package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;
import java.time.Instant;

/**
 * Under which terms a restore point is exported. Whoever comes after a crash needs all of it.
 *
 * @param exportKey what every export's name begins with: random, and never made of anything that others know
 * @param leaseUntil whoever has not ended the export by then is taken to have gone away
 * @param writable whether clients may write; what they write is kept beside the backup, and forgotten with the export
 */
public record ExportTerms(String exportKey, Instant leaseUntil, boolean writable) {
    /** The name under which a disk is served. */
    public String exportName(DiskName disk) {
        return exportKey + "-" + disk;
    }
}
