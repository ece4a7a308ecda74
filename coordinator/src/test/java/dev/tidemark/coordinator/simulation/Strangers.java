package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.gateway.model.ModelAction;
import dev.tidemark.gateway.model.ModelDaemon;
import dev.tidemark.gateway.model.ModelRefusal;
import dev.tidemark.gateway.model.NodeOptions;
import dev.tidemark.gateway.qmp.TransactionAction;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Other tools and other hands. They do only what can be seen afterwards: what nothing shows (a shrink and a grow back between two
 * looks, a bitmap made anew exactly as it was) is the subject of other tests.
 */
final class Strangers {
    /** Bitmaps with our prefix of which the log never heard. */
    static final String PREFIX = "tm-7ZZZ";

    private final Simulation simulation;

    Strangers(Simulation simulation) {
        this.simulation = simulation;
    }

    void meddle() {
        PlayedMachine machine = simulation.machine;
        ModelDaemon daemon = machine.daemon();
        Dice dice = simulation.world.dice;
        if (dice.oneIn(6)) {
            vanish();
            return;
        }
        PlayedDisk disk = dice.any(machine.disks);
        if (daemon == null) {
            machine.writeBehind(disk);
            return;
        }
        try {
            switch (dice.below(6)) {
                case 0 -> remove(daemon, disk);
                case 1 -> remake(daemon, disk);
                case 2 -> disable(daemon, disk);
                case 3 -> addUnknown(daemon, disk);
                case 4 -> machine.resize(disk, 4 + dice.below(16));
                default -> overlay(daemon, disk);
            }
        } catch (ModelRefusal refusal) {
            simulation.world.note(() -> "a stranger was refused: " + refusal.description());
        }
        machine.changed();
    }

    private void vanish() {
        RepositoryName repository = simulation.world.dice.any(Simulation.REPOSITORIES);
        List<BackupId> all = simulation.storage.backups(repository);
        if (!all.isEmpty()) {
            BackupId backup = simulation.world.dice.any(all);
            simulation.world.note(() -> "backup " + backup + " vanishes");
            simulation.storage.vanish(repository, backup);
            simulation.judge.vanished(repository, backup);
        }
    }

    private Optional<String> anyOfOurs(ModelDaemon daemon, PlayedDisk disk, boolean sparing) {
        Optional<String> spared = sparing
                ? beingMade().map(checkpoint -> BitmapName.of(checkpoint).value())
                : Optional.empty();
        List<String> ours = Sure.asked(() -> daemon.bitmaps(disk.node)).stream()
                .flatMap(bitmap -> bitmap.name().stream())
                .filter(name -> BitmapName.isCheckpointBitmap(name) && !name.startsWith(PREFIX))
                .filter(name -> spared.filter(name::equals).isEmpty())
                .toList();
        return ours.isEmpty() ? Optional.empty() : Optional.of(simulation.world.dice.any(ours));
    }

    /** Around the moment at which a bitmap comes or goes, another of its name could not be told from ours. */
    private Optional<CheckpointId> beingMade() {
        return switch (simulation.log.now().pending().orElse(null)) {
            case Pending.Creation creation -> Optional.of(creation.checkpoint());
            case Pending.Backup backup -> backup.checkpoint().map(BackupCheckpoint::id);
            case Pending.Deletion deletion -> Optional.of(deletion.checkpoint());
            case null -> Optional.empty();
        };
    }

    private void remove(ModelDaemon daemon, PlayedDisk disk) throws ModelRefusal {
        Optional<String> name = anyOfOurs(daemon, disk, false);
        if (name.isPresent()) {
            say(daemon, new TransactionAction.BitmapRemove(disk.node, name.get()));
            disk.lose(name.get());
            simulation.world.note(() -> "a stranger removes " + name.get() + " from " + disk.name);
        }
    }

    private void remake(ModelDaemon daemon, PlayedDisk disk) throws ModelRefusal {
        Optional<String> name = anyOfOurs(daemon, disk, true);
        if (name.isPresent()) {
            boolean persistent = simulation.world.dice.oneIn(2);
            say(daemon, new TransactionAction.BitmapRemove(disk.node, name.get()));
            disk.lose(name.get());
            say(
                    daemon,
                    new TransactionAction.BitmapAdd(
                            disk.node,
                            name.get(),
                            persistent,
                            false,
                            persistent ? OptionalLong.of(2 * PlayedMachine.CELL_BYTES) : OptionalLong.empty()));
            simulation.world.note(() -> "a stranger makes " + name.get() + " anew on " + disk.name);
        }
    }

    private void disable(ModelDaemon daemon, PlayedDisk disk) throws ModelRefusal {
        if (beingMade().isPresent()) {
            return;
        }
        Optional<ObservedBitmap> newest = Sure.asked(() -> daemon.bitmaps(disk.node)).stream()
                .filter(bitmap -> bitmap.recording()
                        && bitmap.name()
                                .filter(name -> BitmapName.isCheckpointBitmap(name) && !name.startsWith(PREFIX))
                                .isPresent())
                .findFirst();
        if (newest.isPresent()) {
            String name = newest.get().name().orElseThrow();
            say(daemon, new TransactionAction.BitmapDisable(disk.node, name));
            disk.lose(name);
            simulation.world.note(() -> "a stranger disables " + name + " on " + disk.name);
        }
    }

    private void addUnknown(ModelDaemon daemon, PlayedDisk disk) throws ModelRefusal {
        String name = PREFIX + String.format("%022d", simulation.world.dice.below(4));
        say(daemon, new TransactionAction.BitmapAdd(disk.node, name, true, false, OptionalLong.empty()));
    }

    /** An external snapshot: the overlay reads as what is below it, and holds no bitmap. */
    private void overlay(ModelDaemon daemon, PlayedDisk disk) throws ModelRefusal {
        if (disk.layers >= 2) {
            return;
        }
        int layers = disk.layers + 1;
        String file = "/images/" + disk.name + "." + layers + "-" + simulation.world.fresh() + ".qcow2";
        String node = disk.name + "-" + layers + "-" + simulation.world.fresh();
        simulation.machine.host.create(file, disk.cells * PlayedMachine.CELL_BYTES, Optional.of(disk.file));
        daemon.open(new NodeOptions.Qcow2(node, file, false, new NodeOptions.Backing.None()));
        try {
            daemon.transaction(List.of(new ModelAction.Snapshot(disk.node, node)));
        } catch (ModelRefusal refusal) {
            daemon.close(node);
            simulation.machine.host.remove(file);
            throw refusal;
        }
        disk.layers = layers;
        disk.below.addFirst(disk.file);
        // QEMU only reads it from now on.
        simulation.machine.files.closed(disk.file);
        disk.node = node;
        disk.file = file;
        disk.loseAll();
        simulation.world.note(() -> "a stranger puts " + Objects.requireNonNull(node) + " on top");
    }

    private static void say(ModelDaemon daemon, TransactionAction action) throws ModelRefusal {
        daemon.transaction(List.of(new ModelAction.Said(action)));
    }
}
