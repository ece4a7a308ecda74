package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.id.CheckpointId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether a chain's bitmaps, as they were seen, can still be trusted ({@code qemu-facts.md} §11). A bad bitmap spoils
 * itself and everything older, because what changed since an older checkpoint is the union from there to the newest. A
 * changed size, file or depth spoils everything.
 *
 * <p><b>The canary.</b> A bitmap of ours is born with the disk's last granule marked, and what is marked stays marked: nothing of
 * ours clears a bit, and a deletion only adds some. Whatever is later seen to mark less than at its birth was cut by a shrink
 * (hazard S1: QEMU cuts the bits of what it cuts off, and a grow brings back the bytes as zeroes and the bits not at all),
 * cleared, or re-made under its name (S7). This judgement keeps no state but the log, so it also holds for what happened while
 * no gateway looked. What it costs: one more granule in every incremental backup, and the few milliseconds in which a gateway
 * makes the granule.
 *
 * <p>Where it is blind: QEMU tells how much a bitmap marks, and not what. A bitmap that was cut or re-made while nobody looked,
 * and that marks enough of other granules, passes for whole here. So a gateway sees every fall of a count between two looks of
 * its session, and before it sends an operation it asks the bitmaps on which the operation relies for that very granule; both
 * are told as lost bits. What is left: the guest wrote the last granule itself after the cut or the re-making, and no gateway
 * looked in between. Then nothing in QEMU differs from a healthy bitmap, and the next incremental lacks what was lost.
 */
final class ChainHealth {
    /** The links that are spoilt, oldest first, and why; nothing if the chain is whole. */
    record Verdict(List<CheckpointId> spoilt, Optional<BreakCause> cause, String detail) {
        static final Verdict WHOLE = new Verdict(List.of(), Optional.empty(), "");

        Verdict {
            spoilt = List.copyOf(spoilt);
        }
    }

    private ChainHealth() {}

    /**
     * Judges a chain.
     *
     * @param links oldest first
     * @param successorRecords whether a newer bitmap, not among the links, was seen recording, so that the newest link
     *     need not
     */
    static Verdict of(
            List<Link> links, boolean successorRecords, DiskFacts facts, Map<String, ObservedBitmap> bitmaps) {
        for (Link link : links) {
            Optional<Verdict> moved = moved(links, link, facts);
            if (moved.isPresent()) {
                return moved.get();
            }
        }
        for (int index = links.size() - 1; index >= 0; index--) {
            boolean mustRecord = index == links.size() - 1 && !successorRecords;
            Optional<Flaw> flaw = flaw(links.get(index), mustRecord, bitmaps);
            if (flaw.isPresent()) {
                return new Verdict(
                        ids(links.subList(0, index + 1)),
                        Optional.of(flaw.get().cause()),
                        flaw.get().detail());
            }
        }
        return Verdict.WHOLE;
    }

    /** In what of all that a bitmap is bound to the disk differs, if it does. */
    static Optional<BreakCause> moved(DiskFacts before, DiskFacts now) {
        if (before.virtualSize() != now.virtualSize()) {
            return Optional.of(BreakCause.VIRTUAL_SIZE_CHANGED);
        }
        if (!before.file().equals(now.file())) {
            return Optional.of(BreakCause.DISK_FILE_CHANGED);
        }
        return before.backingDepth() != now.backingDepth() ? Optional.of(BreakCause.LAYER_CHANGED) : Optional.empty();
    }

    /** By what a bitmap is recognised later; a bitmap that marks nothing is recognised by nothing. */
    static OptionalLong dirtyBytesAtBirth(ObservedBitmap own) {
        return own.dirtyBytes() >= own.granularity() ? OptionalLong.of(own.dirtyBytes()) : OptionalLong.empty();
    }

    static List<CheckpointId> ids(List<Link> links) {
        List<CheckpointId> ids = new ArrayList<>();
        links.forEach(link -> ids.add(link.checkpoint()));
        return ids;
    }

    private record Flaw(BreakCause cause, String detail) {}

    private static Optional<Verdict> moved(List<Link> links, Link link, DiskFacts facts) {
        BreakCause cause;
        String detail;
        if (link.virtualSize() != facts.virtualSize()) {
            cause = BreakCause.VIRTUAL_SIZE_CHANGED;
            detail = "the disk had " + link.virtualSize() + " bytes at the checkpoint and has " + facts.virtualSize();
        } else if (!link.file().equals(facts.file())) {
            cause = BreakCause.DISK_FILE_CHANGED;
            detail = "the disk was in " + link.file() + " at the checkpoint and is in " + facts.file();
        } else if (link.backingDepth() != facts.backingDepth()) {
            cause = BreakCause.LAYER_CHANGED;
            detail = "the disk had " + link.backingDepth() + " layers below at the checkpoint and has "
                    + facts.backingDepth();
        } else {
            return Optional.empty();
        }
        return Optional.of(new Verdict(ids(links), Optional.of(cause), detail));
    }

    private static Optional<Flaw> flaw(Link link, boolean mustRecord, Map<String, ObservedBitmap> bitmaps) {
        String name = link.bitmap().value();
        ObservedBitmap seen = bitmaps.get(name);
        if (seen == null) {
            return flaw(BreakCause.BITMAP_MISSING, "bitmap " + name + " is not there");
        }
        if (seen.inconsistent()) {
            return flaw(
                    BreakCause.BITMAP_INCONSISTENT,
                    "QEMU marks bitmap " + name + " inconsistent: it was not closed cleanly");
        }
        if (!seen.persistent()) {
            return flaw(BreakCause.BITMAP_NOT_PERSISTENT, "bitmap " + name + " is not persistent any more");
        }
        if (seen.granularity() != link.granularity()) {
            return flaw(
                    BreakCause.GRANULARITY_CHANGED,
                    "bitmap " + name + " had granularity " + link.granularity() + " and has " + seen.granularity());
        }
        if (seen.lostBits()) {
            return flaw(
                    BreakCause.BITMAP_LOST_BITS,
                    "bitmap " + name
                            + " was seen to have lost bits (cut by a resize, cleared or re-made), or QEMU would not"
                            + " say whether it did");
        }
        if (seen.dirtyBytes() < link.dirtyBytesMin().orElse(0)) {
            return flaw(
                    BreakCause.BITMAP_LOST_BITS,
                    "bitmap " + name + " marked " + link.dirtyBytesMin().getAsLong()
                            + " bytes when it was created and marks " + seen.dirtyBytes()
                            + ": it was cut by a resize, cleared or re-made");
        }
        if (mustRecord && !seen.recording()) {
            return flaw(BreakCause.BITMAP_NOT_RECORDING, "bitmap " + name + " does not record");
        }
        return Optional.empty();
    }

    private static Optional<Flaw> flaw(BreakCause cause, String detail) {
        return Optional.of(new Flaw(cause, detail));
    }
}
