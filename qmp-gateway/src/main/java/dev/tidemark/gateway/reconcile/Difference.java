package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/**
 * One way in which what was seen is not what should be. {@code evidence} tells that a chain or a disk is concerned, so that
 * nothing may be built on it; otherwise something is there that should not be, and is in nobody's way.
 */
record Difference(Optional<DiskName> disk, boolean evidence, String detail) {
    static Difference evidence(DiskName disk, String detail) {
        return new Difference(Optional.of(disk), true, "disk " + disk + ": " + detail);
    }

    static Difference excess(DiskName disk, String detail) {
        return new Difference(Optional.of(disk), false, "disk " + disk + ": " + detail);
    }

    static Difference excess(String detail) {
        return new Difference(Optional.empty(), false, detail);
    }

    static Difference machine(String detail) {
        return new Difference(Optional.empty(), true, detail);
    }
}
