package dev.tidemark.coordinator.chain.history;

import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.ImageEvidence;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.QemuFacts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;

/** A look at the fake QEMU. It lists bitmaps and disks in any order, as QEMU does. */
final class TestLook {
    private final FakeQemu qemu;
    private final Random dice;
    private final Sabotage sabotage;

    TestLook(FakeQemu qemu, Random dice, Sabotage sabotage) {
        this.qemu = qemu;
        this.dice = dice;
        this.sabotage = sabotage;
    }

    Sight.Observed take(Desired desired) {
        List<ObservedDisk> disks = new ArrayList<>();
        for (FakeDisk disk : qemu.plugged()) {
            List<ObservedBitmap> bitmaps = new ArrayList<>();
            disk.bitmaps.forEach((name, bitmap) -> bitmaps.add(new ObservedBitmap(
                    Optional.of(name),
                    bitmap.recording,
                    bitmap.persistent,
                    false,
                    bitmap.inconsistent,
                    bitmap.granularity,
                    Long.bitCount(bitmap.bits) * bitmap.granularity)));
            Collections.shuffle(bitmaps, dice);
            disks.add(new ObservedDisk(facts(disk, desired), bitmaps, Optional.of(evidence(disk))));
        }
        Collections.shuffle(disks, dice);
        List<ObservedJob> jobs = qemu.jobs.entrySet().stream()
                .map(job -> new ObservedJob(
                        "tm-" + job.getKey() + "-vda",
                        job.getValue().concluded ? "concluded" : "running",
                        Optional.empty(),
                        0,
                        1))
                .toList();
        List<String> nodes = qemu.jobs.keySet().stream()
                .map(operation -> "tm-" + operation + "-vda")
                .toList();
        return new Sight.Observed(
                new QemuFacts(
                        "10.0.0",
                        OptionalLong.of(qemu.processId),
                        OptionalLong.of(qemu.processId * 7),
                        Optional.of(qemu.run())),
                "running",
                disks,
                jobs,
                nodes,
                List.of(),
                List.of(),
                List.of());
    }

    Sight.Observed withState(String runState, Sight.Observed seen) {
        return new Sight.Observed(
                seen.qemu(),
                runState,
                seen.disks(),
                seen.jobs(),
                seen.nodes(),
                seen.exports(),
                seen.partialBackups(),
                seen.unaddressableDisks());
    }

    private ImageEvidence evidence(FakeDisk disk) {
        if (sabotage == Sabotage.IMAGE_WRITTEN_IGNORED) {
            return new ImageEvidence(
                    LongStream.rangeClosed(1000, qemu.processId)
                            .mapToObj(run -> "run-" + run)
                            .toList(),
                    Optional.empty());
        }
        return new ImageEvidence(
                disk.untouchedSince, Optional.of(new ImageEvidence.Doubt(disk.touchSeen, "as the history says")));
    }

    private DiskFacts facts(FakeDisk disk, Desired desired) {
        DiskFacts facts = disk.facts();
        Optional<DesiredDisk> known = desired.disks().stream()
                .filter(wanted -> wanted.disk().equals(disk.name))
                .findFirst();
        boolean ignoresSize = sabotage == Sabotage.SIZE_CHANGE_IGNORED;
        boolean ignoresFile = sabotage == Sabotage.FILE_CHANGE_IGNORED;
        if (known.isEmpty() || !(ignoresSize || ignoresFile)) {
            return facts;
        }
        return new DiskFacts(
                facts.name(),
                facts.node(),
                facts.format(),
                ignoresSize ? known.get().virtualSize() : facts.virtualSize(),
                ignoresFile ? known.get().file() : facts.file(),
                ignoresFile ? known.get().backingDepth() : facts.backingDepth(),
                facts.persistentBitmaps());
    }

    /** Sabotaged twins mend what they should tell. */
    void prepare(Desired desired) {
        for (FakeDisk disk : qemu.plugged()) {
            desired.disks().stream()
                    .filter(wanted -> wanted.disk().equals(disk.name))
                    .flatMap(wanted -> wanted.chain().stream())
                    .forEach(bitmap -> mend(disk, bitmap));
        }
    }

    private void mend(FakeDisk disk, DesiredBitmap wanted) {
        String name = wanted.name().value();
        FakeBitmap there = disk.bitmaps.get(name);
        if (there == null) {
            if (sabotage == Sabotage.MISSING_BITMAP_TAKEN_AS_EMPTY) {
                disk.bitmaps.put(name, new FakeBitmap(wanted.recording(), true));
            }
        } else if (there.inconsistent) {
            if (sabotage == Sabotage.INCONSISTENT_IGNORED) {
                there.inconsistent = false;
                there.recording = wanted.recording();
            }
        } else if (sabotage == Sabotage.NOT_RECORDING_IGNORED && wanted.recording()) {
            there.recording = true;
        }
    }
}
