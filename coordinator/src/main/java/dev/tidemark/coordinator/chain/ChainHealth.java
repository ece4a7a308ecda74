package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.id.CheckpointId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a chain's bitmaps, as they were seen, can still be trusted ({@code qemu-facts.md} §11). A bad bitmap spoils
 * itself and everything older, because what changed since an older checkpoint is the union from there to the newest. A
 * changed size, file or depth spoils everything.
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
        if (mustRecord && !seen.recording()) {
            return flaw(BreakCause.BITMAP_NOT_RECORDING, "bitmap " + name + " does not record");
        }
        return Optional.empty();
    }

    private static Optional<Flaw> flaw(BreakCause cause, String detail) {
        return Optional.of(new Flaw(cause, detail));
    }
}
