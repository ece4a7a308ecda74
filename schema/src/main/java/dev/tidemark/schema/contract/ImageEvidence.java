package dev.tidemark.schema.contract;

import dev.tidemark.schema.event.Prose;
import java.util.List;
import java.util.Optional;

/**
 * What a gateway can vouch for about the files that a disk is made of. No bitmap sees what somebody else writes to them
 * while QEMU is down (hazard S8), so that a chain lives on only if somebody watched.
 *
 * @param untouchedSince the runs of QEMU ({@link dev.tidemark.schema.event.QemuFacts#instance}), oldest first and the
 *     present one last, since each of which nobody but QEMU wrote to the files
 * @param doubt why it does not go back further
 */
public record ImageEvidence(List<String> untouchedSince, Optional<Doubt> doubt) {
    public ImageEvidence {
        untouchedSince = List.copyOf(untouchedSince);
    }

    /** Somebody was seen to write or exchange a file, or nobody can tell whether anybody did. */
    public record Doubt(boolean written, String detail) {
        public Doubt {
            detail = Prose.of(detail);
        }
    }
}
