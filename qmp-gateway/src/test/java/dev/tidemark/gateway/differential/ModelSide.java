package dev.tidemark.gateway.differential;

import dev.tidemark.gateway.model.Cells;
import dev.tidemark.gateway.model.Host;
import dev.tidemark.gateway.model.Image;
import dev.tidemark.gateway.model.ModelAction;
import dev.tidemark.gateway.model.ModelDaemon;
import dev.tidemark.gateway.model.ModelFaults;
import dev.tidemark.gateway.model.ModelRefusal;
import dev.tidemark.gateway.model.NodeOptions;
import dev.tidemark.gateway.model.NodeOptions.Backing;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapAdd;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapEnable;
import dev.tidemark.gateway.qmp.TransactionAction.BlockdevBackup;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.event.QemuFacts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The model, told the same as the real daemon. */
final class ModelSide implements Side {
    static final int CELL_BYTES = 16_384;
    /** QEMU copies so much of a slowed-down job at once. */
    private static final int FIRST_CHUNK_CELLS = 65_536 / CELL_BYTES;

    private final Host host = new Host(CELL_BYTES);
    private final Map<String, Image> aside = new HashMap<>();
    private final Set<String> files = new LinkedHashSet<>();
    private final Map<String, String> fileByNode = new HashMap<>();
    private final ModelFaults faults;
    ModelDaemon daemon;

    ModelSide(ModelFaults faults) {
        this.faults = faults;
        this.daemon = start();
    }

    @Override
    public boolean take(Step step) {
        try {
            act(step);
            return true;
        } catch (ModelRefusal refused) {
            return false;
        }
    }

    /** Whether a node that is open stands on the file. */
    boolean isOpen(String file) {
        return fileByNode.entrySet().stream()
                .anyMatch(entry -> entry.getValue().equals(file) && daemon.isOpen(entry.getKey()));
    }

    /**
     * Whether QEMU 7.2 could die of the step: it enables, in a transaction, a bitmap that is not there. That is shown once by a
     * test of its own; a random sequence would end there.
     */
    boolean mayKill(Step step) {
        if (!(step instanceof Step.Transact(List<ModelAction> actions))) {
            return false;
        }
        Set<String> added = new TreeSet<>();
        for (ModelAction action : actions) {
            if (action instanceof ModelAction.Said(BitmapAdd add)) {
                added.add(add.node() + "/" + add.name());
            }
            if (action instanceof ModelAction.Said(BitmapEnable(String node, String name))
                    && !added.contains(node + "/" + name)
                    && !bitmapNames(node).contains(name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a layer of another size comes below a window or a job's filter. QEMU 7.2 lets those keep the length that they had,
     * until something asks them anew, and fails what goes beyond; a disk's layers are of its length.
     */
    boolean changesLengthBelow(Step step) {
        return step instanceof Step.Transact(List<ModelAction> actions)
                && actions.stream()
                        .anyMatch(action -> action instanceof ModelAction.Snapshot(String node, String overlay)
                                && daemon.isSeenThroughAnother(node)
                                && daemon.nodeNames().contains(overlay)
                                && !sure(() -> daemon.virtualBytes(node))
                                        .equals(sure(() -> daemon.virtualBytes(overlay))));
    }

    @Override
    public State state(boolean digests) {
        State state = new State(new TreeMap<>(), new TreeMap<>(), new TreeSet<>(daemon.exportIds()));
        for (String node : daemon.nodeNames()) {
            List<State.BitmapState> bitmaps = new ArrayList<>();
            for (ObservedBitmap bitmap : sure(() -> daemon.bitmaps(node))) {
                bitmap.name().ifPresent(name -> bitmaps.add(bitmap(node, name, bitmap, digests)));
            }
            state.nodes()
                    .put(
                            node,
                            new State.NodeState(
                                    sure(() -> daemon.isReadOnly(node)),
                                    sure(() -> daemon.virtualBytes(node)),
                                    bitmaps));
        }
        for (ObservedJob job : daemon.allJobs()) {
            state.jobs()
                    .put(
                            job.id(),
                            !job.status().equals("concluded")
                                    ? State.RUNNING
                                    : job.error().isEmpty() ? State.DONE : State.FAILED);
        }
        return state;
    }

    @Override
    public Set<String> concluded() {
        Set<String> ended = new TreeSet<>();
        for (ObservedJob job : daemon.allJobs()) {
            if (job.status().equals("concluded")) {
                ended.add(job.id());
            }
        }
        return ended;
    }

    @Override
    public long[] read(String node) {
        Cells cells = sure(() -> daemon.read(node));
        long[] values = new long[(int) (sure(() -> daemon.virtualBytes(node)) / CELL_BYTES)];
        for (int cell = 0; cell < values.length; cell++) {
            values[cell] = cells.at(cell);
        }
        return values;
    }

    /** A node's size in cells. */
    int cells(String node) {
        return (int) (sure(() -> daemon.virtualBytes(node)) / CELL_BYTES);
    }

    /** The names of a node's bitmaps; none if it is not open. */
    List<String> bitmapNames(String node) {
        return daemon.isOpen(node)
                ? sure(() -> daemon.bitmaps(node)).stream()
                        .flatMap(bitmap -> bitmap.name().stream())
                        .toList()
                : List.of();
    }

    /** What is worth reading back: disks, and targets whose job has succeeded. */
    List<String> readable() {
        return daemon.nodeNames().stream()
                .filter(node -> !node.startsWith("t") || daemon.isFinishedTarget(node))
                .toList();
    }

    private void act(Step step) throws ModelRefusal {
        switch (step) {
            case Step.CreateImage(String file, int cells) -> {
                host.create(file, bytes(cells), Optional.empty());
                files.add(file);
            }
            case Step.OpenImage(String node, String file, boolean readOnly, Optional<String> backing) -> {
                Backing from = backing.<Backing>map(Backing.Node::new).orElseGet(Backing.None::new);
                daemon.open(new NodeOptions.Qcow2(node, file, readOnly, from));
                fileByNode.put(node, file);
            }
            case Step.OpenNull(String node, int cells, boolean broken) ->
                daemon.open(
                        broken ? new NodeOptions.Broken(node, bytes(cells)) : new NodeOptions.Null(node, bytes(cells)));
            case Step.OpenPart(String node, String below, int offset, int cells) ->
                daemon.open(new NodeOptions.Part(node, below, bytes(offset), bytes(cells)));
            case Step.OpenFilter(String node, String below) -> daemon.open(new NodeOptions.Filter(node, below));
            case Step.Close(String node) -> daemon.close(node);
            case Step.Reopen(String node, boolean readOnly) -> daemon.reopen(node, readOnly);
            case Step.Alone(ModelAction.Said(BitmapEnable(String node, String bitmap))) -> daemon.enable(node, bitmap);
            case Step.Alone(ModelAction action) -> transact(List.of(action));
            case Step.Transact(List<ModelAction> actions) -> transact(actions);
            case Step.Resize(String node, int cells) -> daemon.resize(node, bytes(cells));
            case Step.AddExport(String id, String node, boolean writable, List<String> bitmaps) ->
                daemon.export(id, node, writable, bitmaps);
            case Step.EndExport(String id) -> daemon.endExport(id);
            case Step.Guest guest -> guest(guest);
            case Step.FinishJob(String job) -> daemon.finish(job);
            case Step.CancelJob(String job) -> daemon.cancel(job);
            case Step.DismissJob(String job) -> daemon.dismiss(job);
            case Step.Restart restart -> restart(restart);
        }
    }

    private void transact(List<ModelAction> actions) throws ModelRefusal {
        daemon.transaction(actions);
        for (ModelAction action : actions) {
            if (action instanceof ModelAction.Said(BlockdevBackup backup)) {
                daemon.proceed(
                        backup.jobId(), backup.target().equals(QmpText.BROKEN) ? Integer.MAX_VALUE : FIRST_CHUNK_CELLS);
            }
        }
    }

    private void guest(Step.Guest guest) throws ModelRefusal {
        String node = daemon.exportedNode(guest.export()).orElse("");
        if (guest.first() + guest.cells() > daemon.exportedCells(guest.export())) {
            node = "";
        }
        switch (guest.input()) {
            case WRITE -> daemon.write(node, guest.first(), guest.cells(), guest.value());
            case ZERO -> daemon.zero(node, guest.first(), guest.cells());
            case DISCARD -> daemon.discard(node, guest.first(), guest.cells());
        }
    }

    private void restart(Step.Restart restart) {
        switch (restart.ending()) {
            case QUIT -> daemon.quit();
            case KILL -> daemon.kill();
            case QUIT_WITHOUT_ROOM -> {
                files.forEach(file -> host.image(file).ifPresent(image -> image.setFull(true)));
                daemon.quit();
                files.forEach(file -> host.image(file).ifPresent(image -> image.setFull(false)));
            }
        }
        restart.aside()
                .flatMap(host::image)
                .ifPresent(image -> aside.put(restart.aside().orElseThrow(), image.copy()));
        restart.back().filter(aside::containsKey).ifPresent(file -> {
            Image copy = aside.get(file);
            if (copy != null) {
                host.put(file, copy);
            }
        });
        fileByNode.clear();
        daemon = start();
    }

    private ModelDaemon start() {
        return new ModelDaemon(host, new QemuFacts("7.2.0", OptionalLong.empty(), OptionalLong.empty()), faults);
    }

    private State.BitmapState bitmap(String node, String name, ObservedBitmap bitmap, boolean digests) {
        return new State.BitmapState(
                name,
                bitmap.recording(),
                bitmap.persistent(),
                bitmap.inconsistent(),
                bitmap.busy(),
                bitmap.granularity(),
                bitmap.dirtyBytes(),
                digests ? digest(sure(() -> daemon.dirtyGranules(node, name))) : "");
    }

    /** As QEMU takes it: over the lowest level of its tree, in whole words of the processor. */
    private static String digest(boolean[] granules) {
        ByteBuffer words = ByteBuffer.allocate(Math.max(1, (granules.length + Long.SIZE - 1) / Long.SIZE) * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int granule = 0; granule < granules.length; granule++) {
            if (granules[granule]) {
                words.put(granule / 8, (byte) (words.get(granule / 8) | (1 << (granule % 8))));
            }
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(words.array()));
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError(missing);
        }
    }

    private interface Asked<T> {
        T ask() throws ModelRefusal;
    }

    private static <T> T sure(Asked<T> question) {
        try {
            return question.ask();
        } catch (ModelRefusal refused) {
            throw new AssertionError("asked for what is not there", refused);
        }
    }

    private static long bytes(int cells) {
        return (long) cells * CELL_BYTES;
    }
}
