package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.ImageEvidence;
import dev.tidemark.schema.contract.ImageEvidence.Doubt;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** A look at QEMU for a test: what the log expects, changed step by step into the situation. */
final class Look {
    static final long GRANULARITY = 65_536;

    /** What a bitmap marks from its birth on. */
    static final OptionalLong CANARY = OptionalLong.of(GRANULARITY);

    private final Map<DiskName, DiskFacts> facts = new LinkedHashMap<>();
    private final Map<DiskName, Map<String, ObservedBitmap>> bitmaps = new LinkedHashMap<>();
    private final List<ObservedJob> jobs = new ArrayList<>();
    private final List<String> nodes = new ArrayList<>();
    private final List<String> exports = new ArrayList<>();
    private final List<String> partialBackups = new ArrayList<>();
    private final List<String> unaddressable = new ArrayList<>();
    private QemuFacts qemu;
    private String runState = "running";
    private final Map<DiskName, ImageEvidence> images = new LinkedHashMap<>();

    private Look(QemuFacts qemu) {
        this.qemu = qemu;
    }

    /** Exactly what the log expects. */
    static Look asExpected(Machine machine) {
        Look look = new Look(machine.qemu().orElse(Story.QEMU));
        for (Disk disk : machine.presentDisks()) {
            look.plug(disk.facts());
            for (Link link : disk.chain()) {
                boolean newest = link.equals(disk.chain().getLast());
                look.put(
                        disk.name(),
                        link.bitmap().value(),
                        marking(
                                healthy(link.bitmap().value(), newest),
                                link.dirtyBytesMin().orElse(0)));
            }
        }
        return look;
    }

    static ObservedBitmap healthy(String name, boolean recording) {
        return new ObservedBitmap(Optional.of(name), recording, true, false, false, GRANULARITY, GRANULARITY);
    }

    Look plug(DiskFacts disk) {
        facts.put(disk.name(), disk);
        bitmaps.put(disk.name(), new LinkedHashMap<>());
        return this;
    }

    Look unplug(DiskName disk) {
        facts.remove(disk);
        bitmaps.remove(disk);
        return this;
    }

    Look facts(DiskName disk, UnaryOperator<DiskFacts> change) {
        facts.computeIfPresent(disk, (name, before) -> change.apply(before));
        return this;
    }

    Look put(DiskName disk, String name, ObservedBitmap bitmap) {
        on(disk).put(name, bitmap);
        return this;
    }

    Look without(DiskName disk, CheckpointId checkpoint) {
        on(disk).remove(name(checkpoint));
        return this;
    }

    Look inconsistent(DiskName disk, CheckpointId checkpoint) {
        return change(
                disk,
                checkpoint,
                seen -> new ObservedBitmap(
                        seen.name(), false, seen.persistent(), false, true, seen.granularity(), seen.dirtyBytes()));
    }

    Look recording(DiskName disk, CheckpointId checkpoint, boolean recording) {
        return change(
                disk,
                checkpoint,
                seen -> new ObservedBitmap(
                        seen.name(),
                        recording,
                        seen.persistent(),
                        false,
                        false,
                        seen.granularity(),
                        seen.dirtyBytes()));
    }

    Look granularity(DiskName disk, CheckpointId checkpoint, long granularity) {
        return change(
                disk,
                checkpoint,
                seen -> new ObservedBitmap(
                        seen.name(),
                        seen.recording(),
                        seen.persistent(),
                        false,
                        false,
                        granularity,
                        seen.dirtyBytes()));
    }

    Look transientOnly(DiskName disk, CheckpointId checkpoint) {
        return change(
                disk,
                checkpoint,
                seen -> new ObservedBitmap(
                        seen.name(), seen.recording(), false, false, false, seen.granularity(), seen.dirtyBytes()));
    }

    Look dirtyBytes(DiskName disk, CheckpointId checkpoint, long dirtyBytes) {
        return change(disk, checkpoint, seen -> marking(seen, dirtyBytes));
    }

    private static ObservedBitmap marking(ObservedBitmap seen, long dirtyBytes) {
        return new ObservedBitmap(
                seen.name(),
                seen.recording(),
                seen.persistent(),
                seen.busy(),
                seen.inconsistent(),
                seen.granularity(),
                dirtyBytes);
    }

    /** A new bitmap took over, as the transaction of a creation leaves it. */
    Look takenOver(DiskName disk, CheckpointId checkpoint) {
        on(disk).replaceAll((name, seen) -> marking(healthy(name, false), seen.dirtyBytes()));
        return put(disk, name(checkpoint), healthy(name(checkpoint), true));
    }

    Look job(String id) {
        jobs.add(new ObservedJob(id, "running", Optional.empty(), 0, 1));
        return this;
    }

    Look concludedJob(String id) {
        jobs.add(new ObservedJob(id, "concluded", Optional.empty(), 1, 1));
        return this;
    }

    Look node(String node) {
        nodes.add(node);
        return this;
    }

    Look export(String export) {
        exports.add(export);
        return this;
    }

    Look partialBackup(String directory) {
        partialBackups.add(directory);
        return this;
    }

    Look unaddressable(String disk) {
        unaddressable.add(disk);
        return this;
    }

    Look state(String state) {
        runState = state;
        return this;
    }

    Look qemu(QemuFacts other) {
        qemu = other;
        return this;
    }

    /** Since which runs of QEMU a gateway vouches for the image. */
    Look vouched(DiskName disk, String... runs) {
        images.put(disk, new ImageEvidence(List.of(runs), Optional.empty()));
        return this;
    }

    /** A gateway vouches for this run alone, and says why. */
    Look doubted(DiskName disk, boolean written) {
        String run = qemu.instance().orElseThrow();
        images.put(disk, new ImageEvidence(List.of(run), Optional.of(new Doubt(written, "what was seen of " + disk))));
        return this;
    }

    Sight.Observed seen() {
        List<ObservedDisk> disks = new ArrayList<>();
        facts.forEach((name, disk) -> disks.add(new ObservedDisk(
                disk, List.copyOf(on(name).values()).reversed(), Optional.ofNullable(images.get(name)))));
        return new Sight.Observed(
                qemu, runState, disks.reversed(), jobs, nodes, exports, partialBackups, unaddressable);
    }

    private Look change(DiskName disk, CheckpointId checkpoint, UnaryOperator<ObservedBitmap> change) {
        on(disk).computeIfPresent(name(checkpoint), (name, seen) -> change.apply(seen));
        return this;
    }

    private Map<String, ObservedBitmap> on(DiskName disk) {
        return Objects.requireNonNull(bitmaps.get(disk), "no disk " + disk);
    }

    private static String name(CheckpointId checkpoint) {
        return BitmapName.of(checkpoint).value();
    }
}
