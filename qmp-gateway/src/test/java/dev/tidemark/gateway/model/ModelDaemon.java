package dev.tidemark.gateway.model;

import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.qmp.QmpCommand;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.event.QemuFacts;
import java.util.List;
import java.util.Map;

/**
 * One process of qemu-storage-daemon. What it is told either happens wholly or is refused and changes nothing. Jobs stand still
 * until they are told to go on, so that a test decides what happens in between.
 *
 * <p>After {@link #quit} or {@link #kill} only a new one on the same {@link Host} may be used.
 */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString"}) // for as long as this is a skeleton
public final class ModelDaemon {
    private final Host host;
    private final QemuFacts facts;

    /** Starts; nothing is open yet. */
    public ModelDaemon(Host host, QemuFacts facts) {
        this.host = host;
        this.facts = facts;
    }

    // What production says.

    /** One command of production's, but for queries. */
    public void execute(QmpCommand command) throws ModelRefusal {
        throw new UnsupportedOperationException("not yet: " + command + host.cellBytes() + facts);
    }

    /** The plan's one transaction. */
    public void run(Plan plan) throws ModelRefusal {
        execute(plan.transaction());
    }

    // What others say.

    /** {@code blockdev-add}. */
    public void open(NodeOptions options) throws ModelRefusal {
        throw new UnsupportedOperationException("not yet: " + options);
    }

    /** {@code blockdev-del}. */
    public void close(String node) throws ModelRefusal {
        throw new UnsupportedOperationException("not yet: " + node);
    }

    /** {@code transaction}. */
    public void transaction(List<ModelAction> actions) throws ModelRefusal {
        throw new UnsupportedOperationException("not yet: " + actions);
    }

    /** {@code block_resize}. */
    public void resize(String node, long bytes) throws ModelRefusal {
        throw new UnsupportedOperationException("not yet: " + node + bytes);
    }

    /** {@code blockdev-reopen} of a qcow2 node on the same children. */
    public void reopen(String node, boolean readOnly) throws ModelRefusal {
        throw new UnsupportedOperationException("not yet: " + node + readOnly);
    }

    /** {@code block-export-add}, NBD: while it lives, the node cannot be closed and the bitmaps are busy. */
    public void export(String id, String node, boolean writable, List<String> bitmaps) throws ModelRefusal {
        throw new UnsupportedOperationException("not yet: " + id + node + writable + bitmaps);
    }

    // What the guest does, through whatever stands on the node.

    /** Writes these cells. A value of 0 is data that happens to be zeros. */
    public void write(String node, int firstCell, int cells, long value) throws ModelRefusal {
        throw new UnsupportedOperationException("not yet: " + node + firstCell + cells + value);
    }

    /** Writes zeros, or discards: on qcow2 as QEMU does it, both read as zeros and both mark. */
    public void zero(String node, int firstCell, int cells) throws ModelRefusal {
        throw new UnsupportedOperationException("not yet: " + node + firstCell + cells);
    }

    /** What a reader of the node sees. */
    public Cells read(String node) {
        throw new UnsupportedOperationException("not yet: " + node);
    }

    // What time does to jobs.

    /** The job copies its next cells; when none is left it concludes. */
    public void proceed(String job, int cells) {
        throw new UnsupportedOperationException("not yet: " + job + cells);
    }

    /** The job copies all that is left and concludes. */
    public void finish(String job) {
        proceed(job, Integer.MAX_VALUE);
    }

    /** The job concludes with this error. */
    public void fail(String job, String error) {
        throw new UnsupportedOperationException("not yet: " + job + error);
    }

    // How it ends.

    /** {@code quit} or SIGTERM: jobs are cancelled, persistent bitmaps stored as far as there is room. */
    public void quit() {
        throw new UnsupportedOperationException("not yet");
    }

    /** SIGKILL: nothing is stored; what was stored before comes back inconsistent. */
    public void kill() {
        throw new UnsupportedOperationException("not yet");
    }

    // What the queries tell.

    /** What production's observer would make of all queries together. */
    public Look look(List<String> partialBackups) {
        throw new UnsupportedOperationException("not yet: " + partialBackups);
    }

    /** What production's observer would make of the queries for jobs. */
    public Observer.Jobs jobs() {
        throw new UnsupportedOperationException("not yet");
    }

    /** The names of the nodes on which a node stands, by role. */
    public Map<String, String> children(String node) {
        throw new UnsupportedOperationException("not yet: " + node);
    }

    /** A node's bitmaps, nameless ones of jobs among them. */
    public List<ObservedBitmap> bitmaps(String node) {
        throw new UnsupportedOperationException("not yet: " + node);
    }

    /** What a bitmap marks, a bit per cell. */
    public long dirtyCells(String node, String bitmap) {
        throw new UnsupportedOperationException("not yet: " + node + bitmap);
    }

    /** Whether a node of this name is open. */
    public boolean isOpen(String node) {
        throw new UnsupportedOperationException("not yet: " + node);
    }
}
