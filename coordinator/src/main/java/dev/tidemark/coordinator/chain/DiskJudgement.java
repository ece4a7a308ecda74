package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.event.TrackedDisk;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Each disk's chain against what was seen of it, with the effect of the pending operation taken into account: both "not
 * yet done" and "done, but not yet told" are whole. Appends {@code ChainBroken} for everything else (invariants I4, I5).
 */
final class DiskJudgement {
    private final Unfolding unfolding;
    private final Instant at;
    private final ImageTrust images;
    private final Optional<CheckpointId> created;
    private final List<DiskName> createdOn;
    private final Optional<CheckpointId> deleted;
    private final Map<DiskName, TrackedDisk> trackedNow = new LinkedHashMap<>();
    private final Map<DiskName, ChainBroken> stillborn = new LinkedHashMap<>();
    private final List<ChainBroken> spoiltBefore = new ArrayList<>();

    DiskJudgement(Unfolding unfolding, QemuFacts seen, Instant at) {
        this.unfolding = unfolding;
        this.at = at;
        // Against what was known before this look: it may itself be the one that tells of a new run of QEMU.
        images = new ImageTrust(unfolding.before().qemu(), seen);
        Machine now = unfolding.now();
        Optional<Pending> pending = now.pending();
        created = pending.flatMap(open -> expected(now, open));
        createdOn = pending.map(open -> DesiredState.trackedBy(now, open)).orElse(List.of());
        deleted = pending.flatMap(open ->
                open instanceof Pending.Deletion deletion ? Optional.of(deletion.checkpoint()) : Optional.empty());
    }

    /** The pending operation's new bitmap was seen healthy on these disks. */
    List<TrackedDisk> trackedNow() {
        return List.copyOf(trackedNow.values());
    }

    /** The pending operation's new bitmap was seen on these disks, but is of no use there. */
    List<ChainBroken> stillborn() {
        return List.copyOf(stillborn.values());
    }

    /**
     * Older links that are spoilt on a disk where the new bitmap is healthy: to be told after the creation, because a
     * creation forgets what was unwanted before, and these bitmaps may still be there.
     */
    List<ChainBroken> spoiltBefore() {
        return List.copyOf(spoiltBefore);
    }

    void judge(List<ObservedDisk> observed) {
        Map<DiskName, ObservedDisk> seen = new HashMap<>();
        observed.forEach(disk -> seen.put(disk.facts().name(), disk));
        for (Disk disk : unfolding.now().disks()) {
            ObservedDisk there = seen.get(disk.name());
            if (there == null) {
                if (!disk.chain().isEmpty()) {
                    breakChain(disk, ChainHealth.ids(disk.chain()), BreakCause.DISK_GONE, "the disk was unplugged");
                }
            } else {
                judge(disk, there.facts(), byName(there.bitmaps()), images.doubt(there));
            }
        }
        if (!trackedNow.isEmpty() || !stillborn.isEmpty()) {
            createdOn.stream()
                    .filter(disk -> !trackedNow.containsKey(disk) && !stillborn.containsKey(disk))
                    .forEach(this::missed);
        }
    }

    /**
     * One transaction adds the new bitmap on all disks. Where it is missing beside others, somebody has been at this disk
     * since, and a predecessor that records may have been off in between.
     */
    private void missed(DiskName name) {
        unfolding
                .now()
                .disk(name)
                .filter(disk -> !disk.chain().isEmpty())
                .ifPresent(disk -> breakChain(
                        disk,
                        ChainHealth.ids(disk.chain()),
                        BreakCause.CHECKPOINT_PARTIAL,
                        "the new bitmap is on other disks and not on this one"));
    }

    private void judge(
            Disk disk, DiskFacts facts, Map<String, ObservedBitmap> bitmaps, Optional<ImageTrust.Doubt> doubt) {
        List<CheckpointId> returned = returned(disk, bitmaps);
        if (!returned.isEmpty()) {
            List<CheckpointId> spoilt = ChainHealth.ids(disk.chain());
            spoilt.addAll(returned);
            breakChain(
                    disk,
                    spoilt,
                    BreakCause.DELETED_BITMAP_REAPPEARED,
                    "bitmap " + BitmapName.of(returned.getFirst())
                            + " is there although the log knows it to be gone: the image was rolled back, or QEMU executed a"
                            + " transaction after its time");
            return;
        }
        Optional<ObservedBitmap> own = created.filter(checkpoint -> createdOn.contains(disk.name()))
                .flatMap(checkpoint -> Optional.ofNullable(
                        bitmaps.get(BitmapName.of(checkpoint).value())));
        if (own.isPresent()) {
            judgeWithNew(disk, facts, bitmaps, own.get(), doubt);
        } else {
            breakIfSpoilt(disk, ChainHealth.of(expectedLinks(disk, bitmaps), false, facts, bitmaps));
            doubt.ifPresent(reason -> breakRest(disk.name(), reason));
        }
    }

    /** What the bitmaps say is whole, but they cannot know what became of the image. */
    private void breakRest(DiskName name, ImageTrust.Doubt doubt) {
        unfolding
                .now()
                .disk(name)
                .filter(disk -> !disk.chain().isEmpty())
                .ifPresent(disk -> breakChain(disk, ChainHealth.ids(disk.chain()), doubt.cause(), doubt.detail()));
    }

    private void judgeWithNew(
            Disk disk,
            DiskFacts facts,
            Map<String, ObservedBitmap> bitmaps,
            ObservedBitmap own,
            Optional<ImageTrust.Doubt> doubt) {
        Optional<ImageTrust.Doubt> flaw = flawOfNew(disk, facts, own)
                .map(cause -> new ImageTrust.Doubt(cause, "the new bitmap was seen in a state that proves nothing"))
                .or(() -> doubt);
        if (flaw.isPresent()) {
            List<CheckpointId> spoilt = ChainHealth.ids(disk.chain());
            created.ifPresent(spoilt::add);
            stillborn.put(
                    disk.name(),
                    broken(disk, spoilt, flaw.get().cause(), flaw.get().detail()));
            return;
        }
        ChainHealth.Verdict older = ChainHealth.of(disk.chain(), true, facts, bitmaps);
        older.cause().ifPresent(cause -> spoiltBefore.add(broken(disk, older.spoilt(), cause, older.detail())));
        trackedNow.put(
                disk.name(),
                new TrackedDisk(
                        disk.name(),
                        own.granularity(),
                        facts.virtualSize(),
                        facts.file(),
                        facts.backingDepth(),
                        ChainHealth.dirtyBytesAtBirth(own)));
    }

    /**
     * A new bitmap is bound to the size and place that the disk had before the transaction. If they differ after it,
     * nobody can tell on which side of the checkpoint the change fell (hazard S1).
     */
    private Optional<BreakCause> flawOfNew(Disk disk, DiskFacts facts, ObservedBitmap own) {
        if (own.inconsistent()) {
            return Optional.of(BreakCause.BITMAP_INCONSISTENT);
        }
        if (own.lostBits()) {
            return Optional.of(BreakCause.BITMAP_LOST_BITS);
        }
        if (!own.persistent()) {
            return Optional.of(BreakCause.BITMAP_NOT_PERSISTENT);
        }
        if (!own.recording()) {
            return Optional.of(BreakCause.BITMAP_NOT_RECORDING);
        }
        return unfolding
                .before()
                .disk(disk.name())
                .map(known -> ChainHealth.moved(known.facts(), facts))
                .orElse(Optional.of(BreakCause.DISK_FILE_CHANGED));
    }

    /** The links that must be there; a checkpoint that is being deleted may be gone already. */
    private List<Link> expectedLinks(Disk disk, Map<String, ObservedBitmap> bitmaps) {
        return deleted.isEmpty()
                ? disk.chain()
                : disk.chain().stream()
                        .filter(link ->
                                !(deleted.filter(link.checkpoint()::equals).isPresent()
                                        && !bitmaps.containsKey(link.bitmap().value())))
                        .toList();
    }

    /** Bitmaps of checkpoints that the log knows, on a disk where it knows them to be gone. */
    private List<CheckpointId> returned(Disk disk, Map<String, ObservedBitmap> bitmaps) {
        List<CheckpointId> returned = new ArrayList<>();
        Set<CheckpointId> inChain = new HashSet<>(ChainHealth.ids(disk.chain()));
        for (String name : bitmaps.keySet()) {
            Optional<CheckpointId> named = BitmapName.checkpointOf(name);
            if (named.isPresent()) {
                CheckpointId checkpoint = named.get();
                boolean awaited = created.filter(checkpoint::equals).isPresent();
                // The chain first: nearly every bitmap is in it, and the other questions walk through long lists.
                if (!inChain.contains(checkpoint)
                        && !awaited
                        && !disk.unwanted().contains(checkpoint)
                        && unfolding.now().knows(checkpoint)) {
                    returned.add(checkpoint);
                }
            }
        }
        return returned;
    }

    private void breakIfSpoilt(Disk disk, ChainHealth.Verdict verdict) {
        verdict.cause().ifPresent(cause -> breakChain(disk, verdict.spoilt(), cause, verdict.detail()));
    }

    private void breakChain(Disk disk, List<CheckpointId> spoilt, BreakCause cause, String detail) {
        unfolding.append(broken(disk, spoilt, cause, detail));
    }

    private ChainBroken broken(Disk disk, List<CheckpointId> spoilt, BreakCause cause, String detail) {
        return new ChainBroken(unfolding.now().id(), disk.name(), cause, detail, spoilt, at);
    }

    /** The checkpoint whose bitmap the pending operation adds, as long as it was not seen. */
    private static Optional<CheckpointId> expected(Machine machine, Pending pending) {
        Optional<CheckpointId> wanted = switch (pending) {
            case Pending.Creation creation -> Optional.of(creation.checkpoint());
            case Pending.Backup backup -> backup.checkpoint().map(checkpoint -> checkpoint.id());
            case Pending.Deletion deletion -> Optional.empty();
        };
        return wanted.filter(checkpoint -> machine.checkpoint(checkpoint)
                .filter(live -> live.state() == Checkpoint.State.REQUESTED)
                .isPresent());
    }

    static Map<String, ObservedBitmap> byName(List<ObservedBitmap> bitmaps) {
        Map<String, ObservedBitmap> named = new LinkedHashMap<>();
        bitmaps.forEach(bitmap -> bitmap.name().ifPresent(name -> named.put(name, bitmap)));
        return named;
    }
}
