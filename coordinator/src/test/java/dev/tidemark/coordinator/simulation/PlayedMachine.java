package dev.tidemark.coordinator.simulation;

import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.Verb;
import dev.tidemark.gateway.model.Cells;
import dev.tidemark.gateway.model.Host;
import dev.tidemark.gateway.model.ModelDaemon;
import dev.tidemark.gateway.model.ModelRefusal;
import dev.tidemark.gateway.model.NodeOptions;
import dev.tidemark.gateway.observe.DiskFile;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A guest, its disks, and the QEMU process that serves them, if it runs. */
final class PlayedMachine {
    static final long CELL_BYTES = 65_536;
    private static final String CONCLUDED = "concluded";

    /** A file that QEMU has open to write a backup to. */
    record Target(String file, long bytes, Optional<String> backing) {}

    /** A copy of an image that was set aside while QEMU was stopped. */
    private record Aside(
            dev.tidemark.gateway.model.Image image,
            Map<String, PlayedDisk.Truth> truths,
            int layers,
            int cells,
            String node) {}

    final Host host = new Host(CELL_BYTES);
    final PlayedFiles files = new PlayedFiles();
    final List<PlayedDisk> disks = new ArrayList<>();
    private final World world;
    private final Judge judge;
    private final PlayedGuest guest;
    private final Map<String, Target> targets = new HashMap<>();
    private final Set<String> unflushed = new HashSet<>();
    private final Map<String, Moment> moments = new HashMap<>();
    private final Map<String, Aside> aside = new LinkedHashMap<>();
    private final Deque<Runnable> late = new ArrayDeque<>();
    private final List<PlayedDisk> filled = new ArrayList<>();
    private final Set<Integer> sizesUsed = new HashSet<>();
    private @Nullable ModelDaemon daemon;
    private @Nullable PlayedSession session;
    private long process = 1000;
    private long changes;
    private boolean rolledBack;
    private boolean ticking;

    PlayedMachine(World world, Judge judge, PlayedGuest guest, int diskCount) {
        this.world = world;
        this.judge = judge;
        this.guest = guest;
        for (int index = 0; index < diskCount; index++) {
            PlayedDisk disk = new PlayedDisk(new DiskName("vd" + (char) ('a' + index)), 14 - 2 * index);
            sizesUsed.add(disk.cells);
            host.create(disk.file, disk.cells * CELL_BYTES, Optional.empty());
            disks.add(disk);
        }
    }

    @Nullable
    ModelDaemon daemon() {
        return daemon;
    }

    /** Grows with everything that a look could show. */
    long changes() {
        return changes;
    }

    void changed() {
        changes++;
    }

    PlayedDisk disk(DiskName name) {
        for (PlayedDisk disk : disks) {
            if (disk.name.equals(name)) {
                return disk;
            }
        }
        throw new IllegalArgumentException("no disk " + name);
    }

    void serve(PlayedSession opened) {
        session = opened;
    }

    // Its life.

    void start() {
        if (daemon != null) {
            return;
        }
        process++;
        ModelDaemon started = new ModelDaemon(
                host,
                new QemuFacts(
                        "7.2.22",
                        OptionalLong.of(process),
                        OptionalLong.of(process * 7),
                        Optional.of("run-" + process)));
        try {
            for (PlayedDisk disk : disks) {
                started.open(new NodeOptions.Qcow2(disk.node, disk.file, false, new NodeOptions.Backing.OfHeader()));
            }
        } catch (ModelRefusal refusal) {
            throw new AssertionError(refusal);
        }
        daemon = started;
        changes++;
        world.note(() -> "QEMU " + process + " starts");
    }

    /** SIGKILL, or the host's reset. */
    void kill() {
        ModelDaemon killed = daemon;
        if (killed == null) {
            return;
        }
        world.note(() -> "QEMU " + process + " is killed");
        for (Map.Entry<String, Target> entry : targets.entrySet()) {
            Target target = entry.getValue();
            // What QEMU had not written yet is lost with it.
            if (killed.isOpen(entry.getKey()) && unflushed.contains(target.file()) && world.dice.oneIn(2)) {
                host.create(target.file(), target.bytes(), target.backing());
            }
        }
        killed.kill();
        disks.forEach(PlayedDisk::loseAll);
        ended();
    }

    /** A clean end: what is persistent is stored, if the image has room. */
    void quit() {
        ModelDaemon ending = daemon;
        if (ending == null) {
            return;
        }
        world.note(() -> "QEMU " + process + " quits");
        ending.quit();
        filled.forEach(disk -> host.image(disk.file).ifPresent(image -> image.setFull(false)));
        filled.clear();
        ended();
    }

    private void ended() {
        daemon = null;
        guest.ended();
        disks.forEach(disk -> files.closed(disk.file));
        late.clear();
        targets.clear();
        unflushed.clear();
        changes++;
        if (session != null) {
            session.ended();
            session = null;
        }
    }

    // What the guest does.

    void write() {
        PlayedDisk disk = world.dice.any(disks);
        write(disk, world.dice.below(disk.cells), 1 + world.dice.below(2), world.dice.below(12) == 0);
    }

    void write(PlayedDisk disk, int first, int count, boolean zero) {
        ModelDaemon running = daemon;
        if (running == null || guest.isFrozen()) {
            return;
        }
        int cells = Math.min(count, disk.cells - first);
        try {
            if (zero) {
                running.zero(disk.node, first, cells);
            } else {
                running.write(disk.node, first, cells, world.fresh());
            }
        } catch (ModelRefusal refusal) {
            throw new AssertionError(refusal);
        }
        disk.touched(((1L << cells) - 1) << first);
        changes++;
    }

    // What production says to QEMU, behind the session.

    void run(ModelDaemon asked, Plan plan) throws ModelRefusal {
        judge.intended(plan);
        asked.run(plan);
        guest.at(plan);
        changes++;
        long transaction = world.fresh();
        for (Verb verb : plan.verbs()) {
            if (verb instanceof Verb.StartBackup backup) {
                unflushed.add(
                        Objects.requireNonNull(targets.get(backup.target())).file());
                begun(asked, backup.node(), backup.target(), backup.bitmap(), transaction);
            }
            if (verb instanceof Verb.StartFleecing fleecing) {
                begun(asked, fleecing.node(), fleecing.target(), marks(plan, fleecing.node()), transaction);
            }
        }
        for (Verb verb : plan.verbs()) {
            switch (verb) {
                case Verb.AddBitmap add -> on(add.node()).ifPresent(disk -> disk.checkpoint(add.name()));
                case Verb.RemoveBitmap remove -> {
                    if (BitmapName.isCheckpointBitmap(remove.name())) {
                        on(remove.node()).ifPresent(disk -> {
                            judge.removed(disk.name, remove.name());
                            disk.forget(remove.name());
                        });
                    }
                }
                default -> {}
            }
        }
    }

    /** What a client is told to be dirty. */
    private static Optional<String> marks(Plan plan, String node) {
        return plan.verbs().stream()
                .filter(verb ->
                        verb instanceof Verb.AddTemporaryBitmap && verb.node().equals(node))
                .map(verb -> ((Verb.AddTemporaryBitmap) verb).name())
                .findFirst();
    }

    private void begun(ModelDaemon asked, String node, String targetNode, Optional<String> marks, long transaction) {
        Target target = Objects.requireNonNull(targets.get(targetNode));
        tick();
        Optional<PlayedDisk> found = on(node);
        if (found.isEmpty()) {
            // A layer that is no longer the top: what it holds is no disk's content any more.
            moments.remove(target.file());
            return;
        }
        PlayedDisk disk = found.get();
        long copied = marks.map(bitmap -> Sure.asked(() -> asked.dirtyCells(disk.node, bitmap)))
                .orElse(-1L);
        moments.put(
                target.file(),
                new Moment(transaction, copy(asked, disk), disk.cells * CELL_BYTES, copied, disk.truths()));
    }

    private static Cells copy(ModelDaemon asked, PlayedDisk disk) {
        return Sure.asked(() -> asked.read(disk.node));
    }

    void opened(String node, Target target) {
        targets.put(node, target);
        changes++;
    }

    void flushed(String node) {
        Target target = targets.get(node);
        if (target != null) {
            unflushed.remove(target.file());
        }
    }

    /** Without a flush before, the close may lose what was not written, and tells nobody. */
    void closed(String node) {
        Target target = targets.remove(node);
        changes++;
        if (target != null && unflushed.remove(target.file()) && world.dice.oneIn(2)) {
            host.create(target.file(), target.bytes(), target.backing());
        }
    }

    /** What was at the moment of the transaction whose job writes to this node. */
    Optional<Moment> momentOf(String targetNode) {
        return Optional.ofNullable(targets.get(targetNode)).flatMap(target -> moment(target.file()));
    }

    boolean isFlushed(String file) {
        return !unflushed.contains(file);
    }

    Optional<Moment> moment(String file) {
        return Optional.ofNullable(moments.get(file));
    }

    /** It will be executed, but nobody waits any more. */
    void later(Runnable command) {
        late.add(command);
        world.in(world.dice.milliseconds(7_000), this::runLate);
    }

    /** QEMU executes in order: what came before is done before the next is answered. */
    void runLate() {
        while (!late.isEmpty()) {
            late.remove().run();
        }
    }

    /** A client that leaves takes with it what QEMU has not read yet. */
    void dropLate() {
        if (world.dice.oneIn(2)) {
            late.clear();
        }
    }

    Look look(ModelDaemon asked, List<String> partials) {
        Sight.Observed seen = asked.look(partials).observed();
        List<ObservedDisk> named = new ArrayList<>();
        Map<DiskName, List<DiskFile>> made = new HashMap<>();
        for (ObservedDisk disk : seen.disks()) {
            DiskFacts facts = facts(disk.facts());
            named.add(new ObservedDisk(facts, disk.bitmaps()));
            on(facts.node()).ifPresent(top -> made.put(facts.name(), files(top)));
        }
        return new Look(
                new Sight.Observed(
                        seen.qemu(),
                        seen.runState(),
                        named,
                        seen.jobs(),
                        seen.nodes(),
                        seen.exports(),
                        seen.partialBackups(),
                        seen.unaddressableDisks()),
                made);
    }

    private static List<DiskFile> files(PlayedDisk disk) {
        List<DiskFile> made = new ArrayList<>();
        made.add(new DiskFile(disk.file, "file", false));
        disk.below.forEach(file -> made.add(new DiskFile(file, "file", true)));
        return made;
    }

    /** By the device, as qemu-system shows it, and not by the node. */
    private DiskFacts facts(DiskFacts facts) {
        return new DiskFacts(
                on(facts.node()).map(disk -> disk.name).orElse(facts.name()),
                facts.node(),
                facts.format(),
                facts.virtualSize(),
                facts.file(),
                facts.backingDepth(),
                facts.persistentBitmaps());
    }

    /** The disk whose top layer this is; empty for a layer on which a stranger has put another. */
    private Optional<PlayedDisk> on(String node) {
        for (PlayedDisk disk : disks) {
            if (disk.node.equals(node)) {
                return Optional.of(disk);
            }
        }
        return Optional.empty();
    }

    // What time does to jobs.

    private void tick() {
        if (!ticking) {
            ticking = true;
            world.in(world.dice.milliseconds(250), this::ticked);
        }
    }

    private void ticked() {
        ticking = false;
        ModelDaemon running = daemon;
        if (running == null) {
            return;
        }
        boolean active = false;
        for (ObservedJob job : running.jobs().jobs()) {
            if (!job.status().equals(CONCLUDED)) {
                active = true;
                proceed(running, job.id());
            }
        }
        changes++;
        if (active) {
            tick();
        }
        if (session != null && world.dice.oneIn(2)) {
            session.hint();
        }
    }

    private void proceed(ModelDaemon running, String job) {
        if (world.dice.chance(judge.jobFaults())) {
            Sure.said(() -> running.fail(job, "No space left on device"));
            world.note(() -> "job " + job + " fails");
        } else if (world.dice.oneIn(3)) {
            Sure.said(() -> running.finish(job));
        } else {
            int cells = 1 + world.dice.below(5);
            Sure.said(() -> running.proceed(job, cells));
        }
    }

    // What strangers do to images while QEMU is stopped.

    void setAside() {
        for (PlayedDisk disk : disks) {
            host.image(disk.file)
                    .ifPresent(image -> aside.put(
                            disk.file, new Aside(image.copy(), disk.truths(), disk.layers, disk.cells, disk.node)));
        }
    }

    /** There is no room left for bitmaps at the close; QEMU ends with success all the same. */
    void fill() {
        for (PlayedDisk disk : disks) {
            host.image(disk.file).ifPresent(image -> {
                image.setFull(true);
                disk.loseAll();
                filled.add(disk);
            });
        }
    }

    /** Node and name of every bitmap that is of use. */
    Set<String> usableBitmaps() {
        Set<String> usable = new HashSet<>();
        ModelDaemon running = daemon;
        if (running != null) {
            for (PlayedDisk disk : disks) {
                Sure.asked(() -> running.bitmaps(disk.node)).stream()
                        .filter(bitmap -> !bitmap.inconsistent())
                        .forEach(bitmap -> bitmap.name().ifPresent(name -> usable.add(disk.node + "/" + name)));
            }
        }
        return usable;
    }

    /** Once a history: a bitmap's name could otherwise be tried twice around a copy of its first try. */
    void rollBack(@Nullable String beingDeleted) {
        for (PlayedDisk disk : disks) {
            Aside older = aside.get(disk.file);
            if (older != null && !rolledBack && daemon == null) {
                rolledBack = true;
                host.put(disk.file, older.image());
                if (world.dice.oneIn(2)) {
                    files.replaced(disk.file);
                } else {
                    files.closed(disk.file);
                }
                disk.cells = older.cells();
                disk.rollBack(older.truths(), beingDeleted);
                world.note(() -> "the image of " + disk.name + " is rolled back");
            }
        }
    }

    /** Somebody on the host, while QEMU is stopped; no bitmap sees it (hazard S8). */
    void writeBehind(PlayedDisk disk) {
        for (int cell = 0; cell < disk.cells; cell++) {
            host.write(disk.file, cell, world.fresh());
        }
        files.closed(disk.file);
        disk.touched(-1L);
        world.note(() -> "a stranger writes " + disk.name + " anew behind QEMU's back");
    }

    /** To a size that it never had: a shrink and a grow back between two looks is invisible (hazard S1). */
    void resize(PlayedDisk disk, int cells) {
        ModelDaemon running = daemon;
        if (running == null || !sizesUsed.add(cells)) {
            return;
        }
        try {
            running.resize(disk.node, cells * CELL_BYTES);
        } catch (ModelRefusal refused) {
            return;
        }
        disk.cells = cells;
        disk.loseAll();
        changes++;
        world.note(() -> disk.name + " now has " + cells + " cells");
    }
}
