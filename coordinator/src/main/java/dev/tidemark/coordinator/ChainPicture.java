package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.ChainView;
import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.chain.Base;
import dev.tidemark.coordinator.chain.Break;
import dev.tidemark.coordinator.chain.Checkpoint;
import dev.tidemark.coordinator.chain.Disk;
import dev.tidemark.coordinator.chain.Link;
import dev.tidemark.coordinator.chain.LostBase;
import dev.tidemark.coordinator.chain.Machine;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine's chains, for people and programs: the log's view, with the dirty counts of the last look. */
final class ChainPicture {
    private ChainPicture() {}

    static ChainView of(Machine machine, MachineSight sight) {
        List<ChainView.Disk> disks = new ArrayList<>();
        List<String> explanation = new ArrayList<>();
        for (Disk disk : machine.presentDisks()) {
            disks.add(disk(machine, disk, sight));
            explain(machine, disk, explanation);
        }
        String name = machine.registration()
                .map(known -> known.name().value())
                .orElse(machine.id().value());
        return new ChainView(name, machine.version(), disks, explanation);
    }

    private static ChainView.Disk disk(Machine machine, Disk disk, MachineSight sight) {
        List<ChainView.Bitmap> bitmaps = new ArrayList<>();
        for (Link link : disk.chain()) {
            boolean recording = link.equals(disk.chain().getLast());
            @Nullable Long dirty = sight.dirtyBytes().get(new MachineSight.DiskBitmap(disk.name(), link.bitmap()));
            bitmaps.add(new ChainView.Bitmap(
                    link.bitmap().value(), machine.nameOf(link.checkpoint()), recording, dirty, "HEALTHY"));
        }
        List<ChainView.CheckpointUse> uses = machine.checkpoints().stream()
                .filter(checkpoint -> checkpoint.state() != Checkpoint.State.REQUESTED)
                .map(checkpoint -> use(disk, checkpoint))
                .toList();
        return new ChainView.Disk(disk.name().value(), state(disk), cause(disk), bitmaps, uses);
    }

    /** A disk without a chain is broken if it once had one, and untracked if it never had. */
    private static String state(Disk disk) {
        if (!disk.chain().isEmpty()) {
            return "HEALTHY";
        }
        return disk.lastBreak().isPresent() ? "BROKEN" : "UNTRACKED";
    }

    private static @Nullable String cause(Disk disk) {
        if (!disk.chain().isEmpty()) {
            return null;
        }
        if (!disk.facts().persistentBitmaps()) {
            return "NO_BITMAP_SUPPORT";
        }
        return disk.lastBreak().map(broken -> broken.cause().name()).orElse(null);
    }

    private static ChainView.CheckpointUse use(Disk disk, Checkpoint checkpoint) {
        boolean usable = disk.indexOf(checkpoint.id()) >= 0;
        @Nullable
        String cause = usable
                ? null
                : disk.lastBreak().map(broken -> broken.cause().name()).orElse("NOT_COVERED");
        return new ChainView.CheckpointUse(
                checkpoint.id().value(), checkpoint.name().value(), usable, cause);
    }

    private static void explain(Machine machine, Disk disk, List<String> lines) {
        String name = disk.name().value();
        if (!disk.facts().persistentBitmaps()) {
            lines.add(name + ": format " + disk.facts().format()
                    + " cannot keep a dirty bitmap, so every backup of it is full");
            return;
        }
        if (disk.chain().isEmpty()) {
            lines.add(name + ": no bitmap records, so the next backup is full"
                    + disk.lastBreak().map(ChainPicture::reason).orElse(""));
        } else {
            lines.add(name + ": " + disk.chain().size() + " bitmap(s), oldest '"
                    + machine.nameOf(disk.chain().getFirst().checkpoint()) + "', the newest '"
                    + machine.nameOf(disk.chain().getLast().checkpoint()) + "' records"
                    + disk.lastBreak()
                            .map(broken -> "; an older chain broke" + reason(broken))
                            .orElse(""));
        }
        for (Link link : disk.chain()) {
            for (Base base : machine.bases()) {
                if (base.checkpoint().equals(link.checkpoint()) && base.disks().contains(disk.name())) {
                    lines.add(name + ": checkpoint '" + machine.nameOf(link.checkpoint())
                            + "' has completed backup " + base.backup() + " in repository '" + base.repository()
                            + "': an incremental can stand on it");
                }
            }
        }
        for (LostBase lost : machine.lostBases()) {
            if (lost.disk().equals(disk.name())) {
                lines.add(name + ": the newest backup in repository '" + lost.repository() + "' cannot be stood on ("
                        + lost.cause() + "): " + lost.detail());
            }
        }
    }

    private static String reason(Break broken) {
        return " (" + broken.cause() + "): " + broken.detail();
    }
}
