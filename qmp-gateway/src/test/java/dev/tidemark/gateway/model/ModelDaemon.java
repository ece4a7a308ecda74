package dev.tidemark.gateway.model;

import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.qmp.NbdListening;
import dev.tidemark.gateway.qmp.QmpCommand;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapEnable;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.event.QemuFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One process of qemu-storage-daemon. What it is told either happens wholly or is refused and changes nothing. Jobs stand still
 * until they are told to go on, so that a test decides what happens in between.
 *
 * <p>After {@link #quit} or {@link #kill} only a new one on the same {@link Host} may be used.
 */
public final class ModelDaemon {
    private final Host host;
    private final QemuFacts facts;
    private final ModelFaults faults;
    private final Graph graph;
    private final Opening opening;
    private Optional<String> server = Optional.empty();

    /** Starts; nothing is open yet. */
    public ModelDaemon(Host host, QemuFacts facts) {
        this(host, facts, ModelFaults.NONE);
    }

    /** Starts one that is wrong on purpose. */
    public ModelDaemon(Host host, QemuFacts facts, ModelFaults faults) {
        this.host = host;
        this.facts = facts;
        this.faults = faults;
        this.graph = new Graph(host.cellBytes());
        this.opening = new Opening(host, graph, faults);
    }

    // What production says.

    /**
     * One command of production's.
     *
     * @throws IllegalArgumentException if it is a query; see {@link #look}, {@link #jobs} and {@link #children}
     */
    public void execute(QmpCommand command) throws ModelRefusal {
        switch (command) {
            case QmpCommand.Query query -> throw new IllegalArgumentException("not answered as JSON: " + query);
            case QmpCommand.BlockdevAdd add -> open(opening.read(add.options()));
            case QmpCommand.BlockdevReopenReadOnly(
                    String node,
                    String file,
                    Optional<String> backing,
                    OptionalLong size,
                    Optional<String> secret) -> reopen(node, true);
            case QmpCommand.BlockdevMirror mirror -> throw new ModelRefusal("the model has no mirrors: " + mirror);
            case QmpCommand.BlockdevDel(String node) -> close(node);
            case QmpCommand.BlockExportDel(String export, boolean hard) -> endExport(export);
            case QmpCommand.NbdServerStart(NbdListening listening, Optional<String> credentials) ->
                startServer(listening.toString());
            case QmpCommand.CredentialsAdd add -> throw new ModelRefusal("the model has no keys: " + add);
            case QmpCommand.SecretAdd add -> throw new ModelRefusal("the model has no keys: " + add);
            case QmpCommand.CredentialsDel del -> throw new ModelRefusal("the model has no keys: " + del);
            case QmpCommand.NbdServerStop() -> stopServer();
            case QmpCommand.BlockExportAdd(String export, String node, String name, Optional<BitmapSource> bitmap) -> {
                if (server.isEmpty()) {
                    throw new ModelRefusal("NBD server not running");
                }
                export(
                        export,
                        node,
                        false,
                        bitmap.stream().map(BitmapSource::name).toList());
            }
            case QmpCommand.JobCancel(String id) -> cancel(id);
            case QmpCommand.JobDismiss(String id) -> dismiss(id);
            case QmpCommand.BlockJobSetSpeed(String id, long speed) -> limit(id, speed);
            case QmpCommand.Transaction(var actions) ->
                transaction(
                        actions.stream().<ModelAction>map(ModelAction.Said::new).toList());
        }
    }

    /** {@code nbd-server-start}: a process has one at most. */
    public void startServer(String socket) throws ModelRefusal {
        if (server.isPresent()) {
            throw new ModelRefusal("NBD server already running");
        }
        server = Optional.of(socket);
    }

    /** {@code nbd-server-stop}: every export goes with it, whoever made it. */
    public void stopServer() throws ModelRefusal {
        if (server.isEmpty()) {
            throw new ModelRefusal("NBD server not running");
        }
        server = Optional.empty();
        for (String export : exportIds()) {
            endExport(export);
        }
    }

    /** Where the NBD server was told to listen, if there is one. */
    public Optional<String> server() {
        return server;
    }

    private void limit(String id, long speed) throws ModelRefusal {
        Job job = job(id);
        if (job.status.equals(Job.CONCLUDED)) {
            throw new ModelRefusal("job '" + id + "' in state 'concluded' cannot accept command verb 'set-speed'");
        }
        job.speed = speed;
    }

    /** The plan's one transaction. */
    public void run(Plan plan) throws ModelRefusal {
        execute(plan.transaction());
    }

    // What others say.

    /** {@code blockdev-add}. */
    public void open(NodeOptions options) throws ModelRefusal {
        opening.open(options);
    }

    /** {@code blockdev-del}. That bitmaps could not be stored is told to nobody. */
    public void close(String name) throws ModelRefusal {
        Node node = graph.node(name);
        if (node instanceof Node.Qcow2 qcow2 && qcow2.implicit) {
            throw new ModelRefusal("Node " + name + " is not owned by the monitor");
        }
        graph.requireUnused(node);
        opening.close(node);
    }

    /**
     * {@code transaction}.
     *
     * @throws ModelCrash if QEMU would die of it
     */
    public void transaction(List<ModelAction> actions) throws ModelRefusal {
        try {
            new Transaction(graph, faults).run(actions);
        } catch (ModelCrash crash) {
            kill();
            throw crash;
        }
    }

    /** {@code block-dirty-bitmap-enable} by itself, of which QEMU does not die, and whose refusal changes nothing. */
    public void enable(String node, String bitmap) throws ModelRefusal {
        Bitmap found = graph.node(node).bitmap(bitmap);
        boolean disabled = found.disabled;
        try {
            transaction(List.of(new ModelAction.Said(new BitmapEnable(node, bitmap))));
        } catch (ModelRefusal refusal) {
            found.disabled = disabled;
            throw refusal;
        }
    }

    /** {@code block_resize}: marks nothing (hazard S1). */
    public void resize(String name, long bytes) throws ModelRefusal {
        Node node = graph.node(name);
        graph.requireResizePossible(node);
        Node.Qcow2 qcow2 = (Node.Qcow2) node;
        int old = node.cells();
        int cells = Math.toIntExact(bytes / host.cellBytes());
        if (cells < old) {
            qcow2.image.shrink(cells);
        } else {
            qcow2.image.grow(cells, qcow2.below());
        }
        for (Bitmap bitmap : node.bitmaps) {
            bitmap.truncate(cells);
            if (cells < old && faults.has(ModelFaults.Fault.SHRINK_MARKS)) {
                bitmap.record(1L << (cells - 1));
            }
            if (cells > old && faults.has(ModelFaults.Fault.GROW_MARKS)) {
                bitmap.record(Cells.range(old, cells));
            }
        }
    }

    /**
     * {@code blockdev-reopen} of a qcow2 node on the same children. If it is refused because somebody writes to the node, QEMU 7.2
     * has stored the bitmaps already and keeps them read-only: every write to a node with a persistent bitmap then fails, until it
     * is reopened for writing.
     */
    public void reopen(String name, boolean readOnly) throws ModelRefusal {
        Node node = graph.node(name);
        if (!(node instanceof Node.Qcow2 qcow2)) {
            throw new ModelRefusal("Cannot change the option 'driver'");
        }
        if (!readOnly) {
            BitmapStore.thaw(qcow2);
        } else {
            // Also if it is read-only already: a bitmap that was added since cannot be stored, and that is refused.
            BitmapStore.freeze(qcow2);
            if (graph.writtenFromAbove(node) || graph.isTarget(node)) {
                // Refused too late: the bitmaps stay frozen, and every write fails from now on.
                qcow2.readOnly = false;
                throw new ModelRefusal("Read-only block node '" + name + "' cannot support read-write users");
            }
        }
    }

    /** {@code block-export-add}, NBD: while it lives, the node cannot be closed or resized and the bitmaps are busy. */
    public void export(String id, String name, boolean writable, List<String> bitmaps) throws ModelRefusal {
        Node node = graph.node(name);
        if (graph.exports.containsKey(id)) {
            throw new ModelRefusal("Block export id '" + id + "' is already in use");
        }
        if (writable && (node.readOnly() || graph.isSource(node))) {
            throw new ModelRefusal("Block node is read-only");
        }
        if (writable && graph.isBelowSource(node)) {
            throw new ModelRefusal("Permission conflict on node '" + name + "': a backup reads it through an overlay");
        }
        List<Bitmap> exported = new ArrayList<>();
        for (String wanted : bitmaps) {
            exported.add(opening.exportable(node, wanted, writable));
        }
        exported.forEach(bitmap -> bitmap.busy = true);
        graph.exports.put(id, new Export(id, node, writable, exported));
    }

    /** Whether a window shows the node, or a job's filter stands on it. */
    public boolean isSeenThroughAnother(String name) {
        Node node = graph.nodes.get(name);
        return node != null
                && (graph.isSource(node) || graph.parents(node).stream().anyMatch(Node.Window.class::isInstance));
    }

    /** {@code block-export-del}. */
    public void endExport(String id) throws ModelRefusal {
        Export export = graph.exports.remove(id);
        if (export == null) {
            throw new ModelRefusal("Export '" + id + "' is not found");
        }
        export.bitmaps.forEach(bitmap -> bitmap.busy = false);
    }

    /** {@code job-cancel}. */
    public void cancel(String id) throws ModelRefusal {
        Job job = job(id);
        if (job.isConcluded()) {
            throw new ModelRefusal("Job '" + id + "' in state 'concluded' cannot accept command verb 'cancel'");
        }
        job.conclude(Optional.of("Operation canceled"));
    }

    /** {@code job-dismiss}. */
    public void dismiss(String id) throws ModelRefusal {
        if (!job(id).isConcluded()) {
            throw new ModelRefusal("Job '" + id + "' in state 'running' cannot accept command verb 'dismiss'");
        }
        graph.jobs.remove(id);
    }

    // What the guest does, through whatever stands on the node.

    /** Writes these cells. A value of 0 is data that happens to be zeros. */
    public void write(String node, int firstCell, int cells, long value) throws ModelRefusal {
        change(node, Node.Change.WRITE, firstCell, cells, value);
    }

    /** Writes zeros, as few data as possible. */
    public void zero(String node, int firstCell, int cells) throws ModelRefusal {
        change(node, Node.Change.ZERO, firstCell, cells, 0);
    }

    /** Discards. Parts of clusters are left as they are, but marked. */
    public void discard(String node, int firstCell, int cells) throws ModelRefusal {
        change(node, Node.Change.DISCARD, firstCell, cells, 0);
    }

    /** What a reader of the node sees. */
    public Cells read(String node) throws ModelRefusal {
        return graph.node(node).content();
    }

    // What time does to jobs.

    /** The job copies its next cells; when none is left it concludes. One that was cancelled stands as it is. */
    public void proceed(String job, int cells) throws ModelRefusal {
        job(job).proceed(cells);
    }

    /** The job copies all that is left and concludes; one with {@code sync=none} never does by itself. */
    public void finish(String job) throws ModelRefusal {
        proceed(job, Integer.MAX_VALUE);
    }

    /** The job concludes with this error, unless it has concluded. */
    public void fail(String job, String error) throws ModelRefusal {
        if (!job(job).isConcluded()) {
            job(job).conclude(Optional.of(error));
        }
    }

    // How it ends.

    /** {@code quit} or SIGTERM: jobs are cancelled, persistent bitmaps stored as far as there is room. */
    public void quit() {
        for (Job job : graph.jobs.values()) {
            if (!job.isConcluded()) {
                job.conclude(Optional.of("Operation canceled"));
            }
        }
        graph.exports.clear();
        graph.nodes.values().forEach(Opening::storeAsFarAsPossible);
        kill();
    }

    /** SIGKILL: nothing is stored; what was stored before comes back inconsistent. */
    public void kill() {
        server = Optional.empty();
        graph.nodes.clear();
        graph.jobs.clear();
        graph.exports.clear();
    }

    // What the queries tell.

    /** What production's observer would make of all queries together. */
    public Look look(List<String> partialBackups) {
        return new Sights(graph).look(facts, partialBackups);
    }

    /** What production's observer would make of the queries for jobs. */
    public Observer.Jobs jobs() {
        List<ObservedJob> jobs = new Sights(graph).jobs();
        Map<String, String> ioStatus = new HashMap<>();
        Map<String, Long> speeds = new HashMap<>();
        for (ObservedJob job : jobs) {
            if (!job.status().equals(Job.CONCLUDED)) {
                ioStatus.put(job.id(), "ok");
            }
        }
        graph.jobs.forEach((id, job) -> speeds.put(id, job.speed));
        return new Observer.Jobs(jobs, ioStatus, speeds);
    }

    /** The names of the nodes on which a node stands, by role. */
    public Map<String, String> children(String name) throws ModelRefusal {
        Map<String, String> children = new LinkedHashMap<>();
        switch (graph.node(name)) {
            case Node.Qcow2 qcow2 -> {
                children.put("file", qcow2.fileNode);
                if (qcow2.backing != null) {
                    children.put("backing", qcow2.backing.name);
                }
            }
            case Node.Null empty -> children.clear();
            case Node.Window window -> children.put("file", window.children().getFirst().name);
        }
        return children;
    }

    /** A node's bitmaps, newest first, nameless ones of jobs among them. */
    public List<ObservedBitmap> bitmaps(String node) throws ModelRefusal {
        return Sights.bitmaps(graph.node(node));
    }

    /** What a bitmap marks, a bit per cell. */
    public long dirtyCells(String node, String bitmap) throws ModelRefusal {
        return graph.node(node).bitmap(bitmap).dirtyCells();
    }

    /** What a bitmap marks, a bit per granule. */
    public boolean[] dirtyGranules(String node, String bitmap) throws ModelRefusal {
        return graph.node(node).bitmap(bitmap).bits();
    }

    /** Whether a node of this name is open. */
    public boolean isOpen(String node) {
        return graph.nodes.containsKey(node);
    }

    /** The node that an export shows now. */
    public Optional<String> exportedNode(String export) {
        return Optional.ofNullable(graph.exports.get(export)).map(found -> found.node.name);
    }

    /** The size that the clients of an export see. */
    public int exportedCells(String export) {
        return Optional.ofNullable(graph.exports.get(export))
                .map(found -> found.cells)
                .orElse(0);
    }

    /** What is open, but for nodes that QEMU named itself. */
    public List<String> nodeNames() {
        return graph.nodes.keySet().stream()
                .filter(name -> !name.startsWith("#"))
                .toList();
    }

    /** Whether the node refuses writes. */
    public boolean isReadOnly(String node) throws ModelRefusal {
        return graph.node(node).readOnly();
    }

    /** The node's size. */
    public long virtualBytes(String node) throws ModelRefusal {
        return graph.node(node).cells() * host.cellBytes();
    }

    /** The exports that live. */
    public List<String> exportIds() {
        return List.copyOf(graph.exports.keySet());
    }

    /** How every job stands, whoever started it. */
    public List<ObservedJob> allJobs() {
        return graph.jobs.values().stream().map(Job::observed).toList();
    }

    /** Whether all jobs that were to copy to the node, and are not yet dismissed, have ended well; false if there is none. */
    public boolean isFinishedTarget(String node) {
        List<Job> jobs = graph.jobs.values().stream()
                .filter(job -> job.target.name.equals(node))
                .toList();
        return !jobs.isEmpty() && jobs.stream().allMatch(job -> job.isConcluded() && job.error.isEmpty());
    }

    /** How a job stands. */
    public Optional<ObservedJob> observedJob(String id) {
        return Optional.ofNullable(graph.jobs.get(id)).map(Job::observed);
    }

    private void change(String name, Node.Change change, int first, int cells, long value) throws ModelRefusal {
        Node node = graph.node(name);
        if (node.readOnly()) {
            throw new ModelRefusal("Block node is read-only");
        }
        if (first < 0 || cells <= 0 || first + cells > node.cells()) {
            throw new ModelRefusal("No space left on device");
        }
        node.change(change, Cells.range(first, first + cells), value);
    }

    private Job job(String id) throws ModelRefusal {
        Job job = graph.jobs.get(id);
        if (job == null) {
            throw new ModelRefusal("Job not found");
        }
        return job;
    }
}
