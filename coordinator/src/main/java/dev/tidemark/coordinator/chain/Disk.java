package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import java.util.List;
import java.util.Optional;

/**
 * One disk: the facts last seen, whether it is there now, its healthy chain (oldest first; the last link's bitmap is the
 * one that records), the last break, and the checkpoints whose bitmaps have no business on it any more.
 *
 * @param firstSeenVersion the version of the log at which the disk first appeared
 */
public record Disk(
        DiskFacts facts,
        boolean present,
        long firstSeenVersion,
        List<Link> chain,
        Optional<Break> lastBreak,
        List<CheckpointId> unwanted) {
    public Disk {
        chain = List.copyOf(chain);
        unwanted = List.copyOf(unwanted);
    }

    static Disk seenFirst(DiskFacts facts, long version) {
        return new Disk(facts, true, version, List.of(), Optional.empty(), List.of());
    }

    public DiskName name() {
        return facts.name();
    }

    /** The link whose bitmap records; empty if nothing does. */
    public Optional<Link> newest() {
        return chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast());
    }

    /** The place of a checkpoint in the chain, or -1. */
    public int indexOf(CheckpointId checkpoint) {
        for (int index = 0; index < chain.size(); index++) {
            if (chain.get(index).checkpoint().equals(checkpoint)) {
                return index;
            }
        }
        return -1;
    }

    Disk withFacts(DiskFacts seen) {
        return new Disk(seen, true, firstSeenVersion, chain, lastBreak, unwanted);
    }

    Disk absent() {
        return new Disk(facts, false, firstSeenVersion, chain, lastBreak, unwanted);
    }

    Disk withChain(List<Link> links) {
        return new Disk(facts, present, firstSeenVersion, links, lastBreak, unwanted);
    }

    Disk withUnwanted(List<CheckpointId> checkpoints) {
        return new Disk(facts, present, firstSeenVersion, chain, lastBreak, checkpoints);
    }

    Disk broken(Break cause, List<Link> rest, List<CheckpointId> noLongerWanted) {
        return new Disk(facts, present, firstSeenVersion, rest, Optional.of(cause), noLongerWanted);
    }
}
