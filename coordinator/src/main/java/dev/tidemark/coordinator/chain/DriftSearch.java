package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.DriftAction;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftGone;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What QEMU or the repository holds that no intent explains (invariant I6). Finds; changes nothing. */
final class DriftSearch {
    /** QEMU's word. */
    private static final String PAUSED_BY_AN_ERROR = "io-error";

    private static final String MACHINE = "machine";

    private final Machine before;
    private final Machine now;
    private final Instant at;
    private final List<DriftFound> found = new ArrayList<>();

    private DriftSearch(Machine before, Machine now, Instant at) {
        this.before = before;
        this.now = now;
        this.at = at;
    }

    /**
     * All drift in sight, told before or not.
     *
     * @param before the machine before the report: what belongs to the operation pending then is no drift, even if the
     *     report ended it
     */
    static List<DriftFound> search(Machine before, Machine now, Sight.Observed seen, Instant at) {
        DriftSearch search = new DriftSearch(before, now, at);
        seen.disks().forEach(search::bitmaps);
        search.leftovers(
                DriftKind.LEFTOVER_JOB,
                DriftKind.UNKNOWN_JOB,
                "job",
                seen.jobs().stream().map(job -> job.id()).toList());
        search.leftovers(DriftKind.LEFTOVER_NODE, DriftKind.UNKNOWN_NODE, "node", seen.nodes());
        search.leftovers(DriftKind.LEFTOVER_EXPORT, DriftKind.UNKNOWN_EXPORT, "export", seen.exports());
        search.leftovers(DriftKind.LEFTOVER_SECRET, DriftKind.UNKNOWN_SECRET, "secret object", seen.secretNames());
        for (String files : seen.partialBackups()) {
            if (!search.belongsToOperation(files)) {
                search.unfinished(files);
            }
        }
        for (String disk : seen.unaddressableDisks()) {
            search.add(
                    DriftKind.UNADDRESSABLE_DISK,
                    Optional.empty(),
                    disk,
                    "the writable disk " + disk + " has no usable device id and is not protected",
                    DriftAction.REPORTED);
        }
        if (seen.guestFrozen().orElse(false)) {
            search.add(
                    DriftKind.GUEST_FROZEN,
                    Optional.empty(),
                    "guest",
                    now.freeze()
                            .filter(Freeze::isOpen)
                            .map(
                                    freeze ->
                                            "the guest's file systems are frozen since operation " + freeze.operation()
                                                    + ": its writes hang until its agent lets it be thawed, which is tried again and again")
                            // No event of this log says that we froze it, so it is not ours to thaw.
                            .orElse("the guest's file systems are frozen, and nobody in this log froze them: its writes"
                                    + " hang until somebody thaws them"),
                    DriftAction.REPORTED);
        }
        if (seen.runState().equals(PAUSED_BY_AN_ERROR)) {
            search.add(
                    DriftKind.MACHINE_PAUSED,
                    Optional.empty(),
                    MACHINE,
                    "QEMU paused the machine because a disk failed it (" + PAUSED_BY_AN_ERROR + "): its guest stands"
                            + " still until the cause is cured and somebody lets it continue",
                    DriftAction.REPORTED);
        }
        return List.copyOf(search.found);
    }

    /** A pause that was told and is over. Nobody else writes that down, and the next one has to be told again. */
    static Optional<DriftGone> over(Machine before, Sight.Observed seen, Instant at) {
        boolean told = before.told().contains(Drift.key(DriftKind.MACHINE_PAUSED, Optional.empty(), MACHINE));
        return told && !seen.runState().equals(PAUSED_BY_AN_ERROR)
                ? Optional.of(new DriftGone(before.id(), DriftKind.MACHINE_PAUSED, Optional.empty(), MACHINE, at))
                : Optional.empty();
    }

    /** The jobs, nodes, exports, keys and temporary bitmaps in sight that an operation of this log has left behind. */
    static List<String> removable(Machine machine, Sight.Observed seen) {
        Set<String> names = new LinkedHashSet<>();
        for (DriftFound drift : search(machine, machine, seen, Instant.EPOCH)) {
            boolean thing = switch (drift.kind()) {
                case LEFTOVER_JOB, LEFTOVER_NODE, LEFTOVER_EXPORT, LEFTOVER_SECRET -> true;
                case LEFTOVER_BITMAP -> drift.subject().startsWith(BitmapName.TEMPORARY_PREFIX);
                case LEFTOVER_FILES,
                        UNKNOWN_BITMAP,
                        UNKNOWN_TEMPORARY_BITMAP,
                        UNKNOWN_NODE,
                        UNKNOWN_JOB,
                        UNKNOWN_EXPORT,
                        UNKNOWN_SECRET,
                        EXTRA_RECORDING,
                        UNADDRESSABLE_DISK,
                        GUEST_FROZEN,
                        MACHINE_PAUSED -> false;
            };
            if (thing && drift.action() == DriftAction.REMOVED) {
                names.add(drift.subject());
            }
        }
        return List.copyOf(names);
    }

    private void bitmaps(ObservedDisk observed) {
        Optional<Disk> disk = now.disk(observed.facts().name());
        Set<CheckpointId> chain = new HashSet<>();
        disk.ifPresent(known -> chain.addAll(ChainHealth.ids(known.chain())));
        for (ObservedBitmap bitmap : observed.bitmaps()) {
            String name = bitmap.name().orElse("");
            if (name.startsWith(BitmapName.PREFIX)) {
                bitmap(observed.facts().name(), disk, chain, name, bitmap);
            }
        }
    }

    private void bitmap(
            DiskName diskName, Optional<Disk> disk, Set<CheckpointId> chain, String name, ObservedBitmap bitmap) {
        if (name.startsWith(BitmapName.TEMPORARY_PREFIX)) {
            left(
                    DriftKind.LEFTOVER_BITMAP,
                    DriftKind.UNKNOWN_TEMPORARY_BITMAP,
                    "temporary bitmap",
                    Optional.of(diskName),
                    name);
            return;
        }
        Optional<CheckpointId> named = BitmapName.checkpointOf(name);
        if (named.isEmpty()) {
            unknown(diskName, name);
            return;
        }
        CheckpointId checkpoint = named.get();
        if (chain.contains(checkpoint)) {
            // Recording first: of a long chain only one bitmap does.
            boolean extra = bitmap.recording()
                    && disk.flatMap(Disk::newest)
                            .filter(link -> link.checkpoint().equals(checkpoint))
                            .isEmpty();
            if (extra) {
                add(
                        DriftKind.EXTRA_RECORDING,
                        Optional.of(diskName),
                        name,
                        "bitmap " + name + " records although a newer one does",
                        DriftAction.DISABLED);
            }
        } else if (disk.map(known -> known.unwanted().contains(checkpoint)).orElse(false)) {
            add(
                    DriftKind.LEFTOVER_BITMAP,
                    Optional.of(diskName),
                    name,
                    "bitmap " + name + " is no longer part of the chain",
                    DriftAction.REMOVED);
        } else if (!now.knows(checkpoint)) {
            unknown(diskName, name);
        }
    }

    private void unknown(DiskName disk, String name) {
        add(
                DriftKind.UNKNOWN_BITMAP,
                Optional.of(disk),
                name,
                "bitmap " + name + " has our prefix, but this log never heard of it",
                DriftAction.QUARANTINED);
    }

    private void leftovers(DriftKind ended, DriftKind unknown, String word, List<String> names) {
        names.forEach(name -> left(ended, unknown, word, Optional.empty(), name));
    }

    /** What an operation of this log has left is put away; what another installation may still need is not. */
    private void left(DriftKind ended, DriftKind unknown, String word, Optional<DiskName> disk, String name) {
        if (belongsToOperation(name)) {
            return;
        }
        if (now.intended(name)) {
            add(ended, disk, name, word + " " + name + " belongs to no running operation", DriftAction.REMOVED);
        } else {
            add(
                    unknown,
                    disk,
                    name,
                    word + " " + name + " has our prefix, but this log never heard of its operation",
                    DriftAction.QUARANTINED);
        }
    }

    /** In the directory of this very machine, which bears an id that this log has made: nobody else writes there. */
    private void unfinished(String files) {
        add(
                DriftKind.LEFTOVER_FILES,
                Optional.empty(),
                files,
                "directory " + files + " belongs to no running operation",
                DriftAction.REMOVED);
    }

    private boolean belongsToOperation(String name) {
        return belongsTo(before.pending(), name) || belongsTo(now.pending(), name);
    }

    private static boolean belongsTo(Optional<Pending> pending, String name) {
        return pending.filter(open -> name.contains(open.operation().value())
                        || (open instanceof Pending.Backup backup
                                && name.contains(backup.backup().value())))
                .isPresent();
    }

    private void add(DriftKind kind, Optional<DiskName> disk, String subject, String detail, DriftAction action) {
        found.add(new DriftFound(now.id(), kind, disk, subject, detail, action, at));
    }
}
