package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.act.CanaryQuestion;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the canaries of an operation just before its transaction, and closes them right after. A checkpoint without a canary is
 * better than none: whatever QEMU refuses here is told in the log and passed over, and whether a bitmap has its canary is seen
 * from the bitmap. What a crash leaves of them is swept at the next look, before anything else is done.
 *
 * <p>While they are there, the bitmaps on which the operation relies are asked whether they still hold theirs. One that does not
 * is distrusted, nothing is sent, and the next look tells it. This is exact where a count is not: the guest may have marked any
 * number of other granules since. It is blind if the guest wrote the disk's last granule after the bitmap was cut or re-made,
 * while no gateway looked; and for what happens in the milliseconds between this question and the transaction, where only the
 * size and the count of the next look stand guard.
 */
final class Canaries {
    private static final Logger LOG = LoggerFactory.getLogger(Canaries.class);
    private static final Duration WRITE_TIME_MAX = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final String READY = "ready";

    private final Clockwork clockwork;
    private final Qemu qemu;
    private final Signals signals;

    private final DirtyCounts counts;
    private boolean evidenceLost;

    Canaries(Qemu qemu, Signals signals, DirtyCounts counts, Clockwork clockwork) {
        this.clockwork = clockwork;
        this.qemu = qemu;
        this.signals = signals;
        this.counts = counts;
    }

    /** Whether a bitmap was found without its canary, so that the operation must not be sent before the next look. */
    boolean isEvidenceLost() {
        return evidenceLost;
    }

    /** Those that could be made. */
    Map<DiskName, Canary> make(Operation operation, Desired desired, Look look)
            throws QmpException, UnusableReply, InterruptedException {
        Map<DiskName, Long> sizes = new LinkedHashMap<>();
        look.facts().forEach((disk, facts) -> sizes.put(disk, facts.virtualSize()));
        Map<DiskName, Canary> made = new LinkedHashMap<>();
        for (Map.Entry<DiskName, Canary> wanted : Canary.of(operation, sizes).entrySet()) {
            DiskName disk = wanted.getKey();
            Canary canary = wanted.getValue();
            try {
                qemu.openCanary(canary, sizes.getOrDefault(disk, 0L));
                qemu.writeCanary(canary);
                if (isWritten(canary)) {
                    made.put(disk, canary);
                    askOlder(operation, desired, look, disk, canary);
                } else {
                    LOG.warn(
                            "disk {}: its checkpoint gets no canary, QEMU has not written it in {}",
                            disk,
                            WRITE_TIME_MAX);
                }
            } catch (QmpRefused refused) {
                LOG.warn("disk {}: its checkpoint gets no canary, QEMU refuses: {}", disk, refused.description());
                close(canary);
            }
        }
        return made;
    }

    private void askOlder(Operation operation, Desired desired, Look look, DiskName disk, Canary canary)
            throws QmpException, UnusableReply {
        Optional<ObservedDisk> seen = look.disk(disk);
        if (seen.isEmpty()) {
            return;
        }
        Set<BitmapName> reliedOn = Canary.reliedOn(operation, disk);
        Map<String, Long> granularities = new LinkedHashMap<>();
        desired.disks().stream()
                .filter(wanted -> wanted.disk().equals(disk))
                .flatMap(wanted -> wanted.chain().stream())
                .filter(bitmap -> reliedOn.contains(bitmap.name()))
                .filter(bitmap -> bitmap.dirtyBytesMin().isPresent())
                .forEach(bitmap -> granularities.put(bitmap.name().value(), bitmap.granularity()));
        String node = seen.get().facts().node();
        for (String lacking : qemu.withoutCanary(CanaryQuestion.of(canary, node, granularities))) {
            LOG.warn(
                    "bitmap {}/{} lost the granule that it was born with: it was cut, cleared or re-made",
                    node,
                    lacking);
            counts.distrust(node, lacking);
            evidenceLost = true;
        }
    }

    /** Closes them; what cannot be closed is left to the sweep. */
    void close(Map<DiskName, Canary> made) throws QmpException {
        for (Canary canary : made.values()) {
            close(canary);
        }
    }

    private void close(Canary canary) throws QmpException {
        for (String node : List.of(canary.window(), canary.source())) {
            try {
                qemu.closeNode(node);
            } catch (QmpRefused refused) {
                LOG.debug("canary node {} stays for the sweep: {}", node, refused.description());
            }
        }
    }

    /** Waits for the job to write what there is to write, and then for its end. */
    private boolean isWritten(Canary canary) throws QmpException, UnusableReply, InterruptedException {
        long end = clockwork.nanoTime() + WRITE_TIME_MAX.toNanos();
        boolean cancelled = false;
        while (clockwork.nanoTime() < end && !signals.isStopped()) {
            Optional<ObservedJob> job = qemu.jobs().jobs().stream()
                    .filter(one -> one.id().equals(canary.job()))
                    .findFirst();
            if (job.isEmpty()) {
                return true;
            }
            if (!cancelled && job.get().status().equals(READY)) {
                qemu.cancel(canary.job());
                cancelled = true;
            } else {
                signals.awaitHint(POLL);
            }
        }
        return false;
    }
}
