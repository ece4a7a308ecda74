package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.act.CanaryQuestion;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
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
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the canaries of an operation just before its transaction, and closes them right after. A checkpoint without a canary is
 * better than none: where the operation relies on no older bitmap, whatever QEMU refuses here is told in the log and passed over,
 * and whether a bitmap has its canary is seen from the bitmap. What a crash leaves of them is swept at the next look, before
 * anything else is done.
 *
 * <p>While they are there, the bitmaps on which the operation relies are asked whether they still hold theirs. One that does not,
 * or for which there is no canary to compare with, is distrusted, nothing is sent, and the next look tells it. If QEMU refuses the
 * question itself, because somebody else uses the bitmap, nothing is sent either: it would refuse the transaction, too.
 *
 * <p>This is exact where a count is not: the guest may have marked any number of other granules since. It is blind if the guest
 * wrote the disk's last granule after the bitmap was cut or re-made, while no gateway looked; and for what happens in the
 * milliseconds between this question and the transaction, where only the size and the count of the next look stand guard.
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
    private boolean evidenceInDoubt;
    private Optional<String> refusal = Optional.empty();

    Canaries(Qemu qemu, Signals signals, DirtyCounts counts, Clockwork clockwork) {
        this.clockwork = clockwork;
        this.qemu = qemu;
        this.signals = signals;
        this.counts = counts;
    }

    /**
     * Whether a bitmap on which the operation relies was found without its canary, or could not be asked for it, so that the
     * operation must not be sent before the next look.
     */
    boolean isEvidenceInDoubt() {
        return evidenceInDoubt;
    }

    /** What QEMU said when it refused the question. */
    Optional<String> refusal() {
        return refusal;
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
                } else {
                    LOG.warn("disk {}: no canary, QEMU has not written it in {}", disk, WRITE_TIME_MAX);
                }
            } catch (QmpRefused refused) {
                LOG.warn("disk {}: no canary, QEMU refuses: {}", disk, refused.description());
                close(canary);
            }
        }
        for (DesiredDisk disk : desired.disks()) {
            Canary canary = made.get(disk.disk());
            if (canary == null) {
                distrustUnasked(operation, look, disk);
            } else {
                askOlder(operation, look, disk, canary);
            }
        }
        return made;
    }

    private void askOlder(Operation operation, Look look, DesiredDisk disk, Canary canary)
            throws QmpException, UnusableReply {
        Optional<ObservedDisk> seen = look.disk(disk.disk());
        if (seen.isEmpty()) {
            return;
        }
        Map<String, Long> granularities = new LinkedHashMap<>();
        bornWithCanary(operation, disk)
                .forEach(bitmap -> granularities.put(bitmap.name().value(), bitmap.granularity()));
        String node = seen.get().facts().node();
        List<String> allLacking;
        try {
            allLacking = qemu.withoutCanary(CanaryQuestion.of(canary, node, granularities));
        } catch (QmpRefused refused) {
            LOG.warn("the bitmaps of {} cannot be asked whether they lost bits: {}", node, refused.description());
            refusal = Optional.of(refused.description());
            evidenceInDoubt = true;
            return;
        }
        for (String lacking : allLacking) {
            LOG.warn(
                    "bitmap {}/{} lost the granule that it was born with: it was cut, cleared or re-made",
                    node,
                    lacking);
            counts.distrust(node, lacking);
            evidenceInDoubt = true;
        }
    }

    /** Silence is doubt: what cannot be asked for its canary may have lost it. */
    private void distrustUnasked(Operation operation, Look look, DesiredDisk disk) {
        List<DesiredBitmap> unasked = bornWithCanary(operation, disk).toList();
        Optional<ObservedDisk> seen = look.disk(disk.disk());
        if (unasked.isEmpty() || seen.isEmpty()) {
            return;
        }
        evidenceInDoubt = true;
        if (signals.isStopped()) {
            // Nobody waited for the answer, so there is nothing to conclude from its absence.
            return;
        }
        String node = seen.get().facts().node();
        for (DesiredBitmap bitmap : unasked) {
            LOG.warn("bitmap {}/{} cannot be asked whether it lost bits", node, bitmap.name());
            counts.distrust(node, bitmap.name().value());
        }
    }

    /** The bitmaps of a disk on which the operation relies and that can be asked for their canary. */
    private static Stream<DesiredBitmap> bornWithCanary(Operation operation, DesiredDisk disk) {
        Set<BitmapName> reliedOn = Canary.reliedOn(operation, disk.disk());
        return disk.chain().stream()
                .filter(bitmap -> reliedOn.contains(bitmap.name()))
                .filter(bitmap -> bitmap.dirtyBytesMin().isPresent());
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
