package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpCommand;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpSession;
import dev.tidemark.schema.crash.CrashPoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A QEMU at the other end of a QMP session. */
final class QmpQemu implements Qemu {

    private final QmpSession session;
    private final Observer observer;
    private final QmpConnector settings;

    private QmpQemu(QmpSession session, Observer observer, QmpConnector settings) {
        this.session = session;
        this.observer = observer;
        this.settings = settings;
    }

    static QmpQemu on(QmpSession session, QmpConnector settings) throws QmpException, UnusableReply {
        return new QmpQemu(session, Observer.of(session, settings.queryTimeout()), settings);
    }

    @Override
    public Look look(List<String> partialBackups) throws QmpException, UnusableReply {
        return observer.look(partialBackups);
    }

    @Override
    public Observer.Jobs jobs() throws QmpException, UnusableReply {
        return observer.jobs();
    }

    @Override
    public void run(Plan plan) throws QmpException {
        session.execute(
                plan.transaction(),
                settings.transactionTimeout(),
                () -> settings.crash().at(CrashPoint.TRANSACTION_SENT));
    }

    /**
     * Opens an image to write a backup to. Its backing chain is opened with it: without, QEMU would leave out zeroes that
     * hide older data below.
     */
    @Override
    public void openTarget(String node, Path image) throws QmpException {
        ObjectNode options = JsonNodeFactory.instance
                .objectNode()
                .put("driver", "qcow2")
                .put("node-name", node)
                .put("discard", "unmap");
        options.putObject("file").put("driver", "file").put("filename", image.toString());
        execute(new QmpCommand.BlockdevAdd(options));
    }

    @Override
    public Optional<String> flushTarget(String node) throws QmpException, UnusableReply {
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

    @Override
    public void closeNode(String node) throws QmpException {
        execute(new QmpCommand.BlockdevDel(node));
    }

    @Override
    public void cancel(String job) throws QmpException {
        execute(new QmpCommand.JobCancel(job));
    }

    @Override
    public void dismiss(String job) throws QmpException {
        execute(new QmpCommand.JobDismiss(job));
    }

    @Override
    public void endExport(String export) throws QmpException {
        execute(new QmpCommand.BlockExportDel(export, true));
    }

    @Override
    public void close() {
        session.close();
    }

    private void execute(QmpCommand command) throws QmpException {
        session.execute(command, timeout(command));
    }

    /** Closing and opening wait for storage, as a transaction does. */
    private Duration timeout(QmpCommand command) {
        return command instanceof QmpCommand.Query ? settings.queryTimeout() : settings.transactionTimeout();
    }
}
