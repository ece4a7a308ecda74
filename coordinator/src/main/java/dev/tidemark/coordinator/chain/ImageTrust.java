package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.ImageEvidence;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.QemuFacts;
import java.util.Optional;

/**
 * Whether a disk's image can have been written behind QEMU's back since the log last saw the machine (hazard S8). Asked of
 * every look against the run of QEMU that the log knows, so that it counts at the look that tells of a new run, however
 * often that has to be told, and never again after it. Silence is doubt.
 */
record ImageTrust(Optional<QemuFacts> known, QemuFacts seen) {

    /** Why what is on the image can no longer be told from its bitmaps. */
    record Doubt(BreakCause cause, String detail) {}

    Optional<Doubt> doubt(ObservedDisk disk) {
        if (known.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> before = known.get().instance();
        Optional<ImageEvidence> evidence = disk.image();
        if (before.isPresent() && evidence.isPresent()) {
            return evidence.get().untouchedSince().contains(before.get())
                    ? Optional.empty()
                    : Optional.of(doubt(evidence.get().doubt()));
        }
        return known.get().isCertainlySameRunAs(seen) ? Optional.empty() : Optional.of(doubt(Optional.empty()));
    }

    private static Doubt doubt(Optional<ImageEvidence.Doubt> told) {
        return told.map(doubt -> new Doubt(
                        doubt.written() ? BreakCause.IMAGE_WRITTEN : BreakCause.IMAGE_UNWATCHED, doubt.detail()))
                .orElseGet(() -> new Doubt(
                        BreakCause.IMAGE_UNWATCHED, "QEMU was restarted while no gateway watched the disk's image"));
    }
}
