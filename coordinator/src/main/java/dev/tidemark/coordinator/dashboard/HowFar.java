package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.JobSight;
import dev.tidemark.coordinator.view.ProgressView;
import java.time.Duration;
import java.util.Optional;

/** How far something is, as pages say it: what was told a while ago is not shown as if it were so now. */
final class HowFar {
    /** A gateway looks twice a second or so, and tells what has moved. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private HowFar() {}

    /** When it was told last, if that is long ago, and no promise then when it ends: QEMU may be gone, or hang. */
    static Optional<ProgressView> of(JobSight sight) {
        Optional<Duration> old = sight.toldAgo().filter(age -> age.compareTo(FRESH) > 0);
        return sight.shown()
                .map(shown -> old.isEmpty() || shown.stalledSince() != null
                        ? shown
                        : new ProgressView(
                                shown.phase() + ", told " + Words.length(old.get()) + " ago",
                                shown.bytesDone(),
                                shown.bytesTotal(),
                                null,
                                null,
                                null,
                                null));
    }
}
