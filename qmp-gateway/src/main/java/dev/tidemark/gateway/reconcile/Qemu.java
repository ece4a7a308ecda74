package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpCommand;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The few things that a reconciler says to QEMU. */
final class Qemu {

    private final QmpSession session;
    private final Observer observer;
    private final Surroundings surroundings;
    private final DirtyCounts counts = new DirtyCounts();

    private Qemu(QmpSession session, Observer observer, Surroundings surroundings) {
        this.session = session;
        this.observer = observer;
        this.surroundings = surroundings;
    }

    static Qemu on(QmpSession session, Surroundings surroundings) throws QmpException, UnusableReply {
        return new Qemu(session, Observer.of(session, surroundings.queryTimeout()), surroundings);
    }

    boolean isOpen() {
        return session.isOpen();
    }

    Look look(List<String> partialBackups) throws QmpException, UnusableReply {
        return counts.judged(observer.look(partialBackups));
    }

    Observer.Jobs jobs() throws QmpException, UnusableReply {
        return observer.jobs();
    }

    void run(Plan plan) throws QmpException {
        session.execute(plan.transaction(), surroundings.transactionTimeout());
    }

    /**
     * Opens an image to write a backup to. Its backing chain is opened with it: without, QEMU would leave out zeroes that
     * hide older data below.
     */
    void openTarget(String node, Path image) throws QmpException {
        ObjectNode options = JsonNodeFactory.instance
                .objectNode()
                .put("driver", "qcow2")
                .put("node-name", node)
                .put("discard", "unmap");
        options.putObject("file").put("driver", "file").put("filename", image.toString());
        execute(new QmpCommand.BlockdevAdd(options));
    }

    /**
     * Makes sure that all that was written to a target has reached its file, before it is closed: a flush that fails at the
     * close is told to stderr only, and the file would lack what QEMU still held.
     *
     * @return why nobody can tell whether it has; empty if it has
     * @throws dev.tidemark.gateway.qmp.QmpRefused if it has not
     */
    Optional<String> flushTarget(String node) throws QmpException, UnusableReply {
        if (!observer.reopens()) {
            return Optional.of("this QEMU has no blockdev-reopen (since 6.1) that would tell a failed flush");
        }
        Map<String, String> children = observer.children(node);
        String file = children.get("file");
        if (file == null) {
            return Optional.of("QEMU shows no file below it");
        }
        execute(new QmpCommand.BlockdevReopenReadOnly(node, file, Optional.ofNullable(children.get("backing"))));
        return Optional.empty();
    }

    void closeNode(String node) throws QmpException {
        execute(new QmpCommand.BlockdevDel(node));
    }

    void cancel(String job) throws QmpException {
        execute(new QmpCommand.JobCancel(job));
    }

    void dismiss(String job) throws QmpException {
        execute(new QmpCommand.JobDismiss(job));
    }

    void endExport(String export) throws QmpException {
        execute(new QmpCommand.BlockExportDel(export, true));
    }

    private void execute(QmpCommand command) throws QmpException {
        session.execute(command, timeout(command));
    }

    /** Closing and opening wait for storage, as a transaction does. */
    private Duration timeout(QmpCommand command) {
        return command instanceof QmpCommand.Query ? surroundings.queryTimeout() : surroundings.transactionTimeout();
    }
}
