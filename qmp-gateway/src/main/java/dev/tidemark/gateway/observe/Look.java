package dev.tidemark.gateway.observe;

import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One look at a machine, what its disks are made of, and what is often asked of it. */
public record Look(Sight.Observed observed, Map<DiskName, List<DiskFile>> files) {
    public Look {
        files = Map.copyOf(files);
    }

    /** A look at disks of which nobody knows what they are made of. */
    public Look(Sight.Observed observed) {
        this(observed, Map.of());
    }

    /** The disk, if it was there. */
    public Optional<ObservedDisk> disk(DiskName name) {
        for (ObservedDisk disk : observed.disks()) {
            if (disk.facts().name().equals(name)) {
                return Optional.of(disk);
            }
        }
        return Optional.empty();
    }

    /** The facts of every disk. */
    public Map<DiskName, DiskFacts> facts() {
        Map<DiskName, DiskFacts> facts = new LinkedHashMap<>();
        for (ObservedDisk disk : observed.disks()) {
            facts.put(disk.facts().name(), disk.facts());
        }
        return facts;
    }

    /** The node that carries each disk's bitmaps. */
    public Map<DiskName, String> nodes() {
        Map<DiskName, String> nodes = new LinkedHashMap<>();
        facts().forEach((name, facts) -> nodes.put(name, facts.node()));
        return nodes;
    }

    /** The job, if it was there. */
    public Optional<ObservedJob> job(String id) {
        for (ObservedJob job : observed.jobs()) {
            if (job.id().equals(id)) {
                return Optional.of(job);
            }
        }
        return Optional.empty();
    }

    /** What makes this look differ from another: without counts and progress, which change while nothing happens. */
    public Sight.Observed fingerprint() {
        List<ObservedDisk> disks = new ArrayList<>();
        for (ObservedDisk disk : observed.disks()) {
            disks.add(new ObservedDisk(disk.facts(), Fingerprints.of(disk.bitmaps()), disk.image()));
        }
        List<ObservedJob> jobs = new ArrayList<>();
        for (ObservedJob job : observed.jobs()) {
            jobs.add(Fingerprints.of(job));
        }
        return new Sight.Observed(
                observed.qemu(),
                observed.runState(),
                disks,
                jobs,
                observed.nodes(),
                observed.exports(),
                observed.partialBackups(),
                observed.unaddressableDisks(),
                observed.guestFrozen(),
                observed.secrets(),
                observed.peer());
    }
}
