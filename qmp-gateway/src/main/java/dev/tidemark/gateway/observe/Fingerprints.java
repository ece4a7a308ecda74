package dev.tidemark.gateway.observe;

import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of a bitmap or a job is worth telling when it changes. */
final class Fingerprints {
    private static final String CONCLUDED = "concluded";

    private Fingerprints() {}

    /** Nameless bitmaps are a running job's own. */
    static List<ObservedBitmap> of(List<ObservedBitmap> bitmaps) {
        List<ObservedBitmap> named = new ArrayList<>();
        for (ObservedBitmap bitmap : bitmaps) {
            if (bitmap.name().isPresent()) {
                named.add(new ObservedBitmap(
                        bitmap.name(),
                        bitmap.recording(),
                        bitmap.persistent(),
                        false,
                        bitmap.inconsistent(),
                        bitmap.granularity(),
                        0,
                        bitmap.lostBits()));
            }
        }
        return named;
    }

    /** A drain pauses a job for a moment (qemu-facts §4): only whether it has ended counts. */
    static ObservedJob of(ObservedJob job) {
        String status = job.status().equals(CONCLUDED) ? CONCLUDED : "active";
        return new ObservedJob(job.id(), status, status.equals(CONCLUDED) ? job.error() : Optional.empty(), 0, 0);
    }
}
