package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.act.CanaryQuestion;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.TargetNodes;
import dev.tidemark.gateway.act.export.TlsCredentials;
import dev.tidemark.gateway.act.repository.Target;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.NbdListening;
import dev.tidemark.gateway.qmp.QmpCommand;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.gateway.qmp.QmpSession;
import dev.tidemark.gateway.qmp.TransactionAction;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapAdd;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import dev.tidemark.gateway.qmp.TransactionAction.BlockdevBackup;
import dev.tidemark.gateway.qmp.TransactionAction.Sync;
import dev.tidemark.gateway.watch.ImageWatch;
import dev.tidemark.schema.crash.CrashPoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A QEMU at the other end of a QMP session. */
final class QmpQemu implements Qemu {
    private static final Logger LOG = LoggerFactory.getLogger(QmpQemu.class);

    /** After so long Windows thaws by itself, and the software in any guest takes notice. */
    private static final Duration FROZEN_TIME_MAX = Duration.ofSeconds(10);

    /**
     * QEMU's default of 64 makes them wait for each other at the target's file, and with them a guest whose old data has to be copied
     * first: measured, its slowest write took 600 ms, and 12 ms with 8 (ext4, a full of 2 GiB).
     */
    private static final int WORKERS_MAX = 8;

    private final QmpSession session;
    private final Observer observer;
    private final QmpConnector settings;
    private final ImageWatch images;
    private Optional<Boolean> limitsWorkers = Optional.empty();

    private QmpQemu(QmpSession session, Observer observer, QmpConnector settings, ImageWatch images) {
        this.session = session;
        this.observer = observer;
        this.settings = settings;
        this.images = images;
    }

    static QmpQemu on(QmpSession session, QmpConnector settings, ImageWatch images) throws QmpException, UnusableReply {
        return new QmpQemu(session, Observer.of(session, settings.queryTimeout()), settings, images);
    }

    @Override
    public Look look(List<String> partialBackups) throws QmpException, UnusableReply {
        images.beforeLook();
        return images.vouched(observer.look(partialBackups));
    }

    @Override
    public Observer.Jobs jobs() throws QmpException, UnusableReply {
        return observer.jobs();
    }

    @Override
    public void run(Plan plan) throws QmpException {
        run(plan, settings.transactionTimeout());
    }

    @Override
    public void runBriefly(Plan plan) throws QmpException {
        Duration limit = settings.transactionTimeout();
        run(plan, limit.compareTo(FROZEN_TIME_MAX) > 0 ? FROZEN_TIME_MAX : limit);
    }

    private void run(Plan plan, Duration timeLimit) throws QmpException {
        session.execute(
                tuned(plan.transaction()), timeLimit, () -> settings.crash().at(CrashPoint.TRANSACTION_SENT));
    }

    private QmpCommand.Transaction tuned(QmpCommand.Transaction transaction) {
        if (!limitsWorkers.orElse(false)) {
            return transaction;
        }
        return new QmpCommand.Transaction(transaction.actions().stream()
                .map(action -> action instanceof BlockdevBackup backup
                                && !backup.compress()
                                && !(backup.sync() instanceof Sync.None)
                        ? backup.withWorkers(WORKERS_MAX)
                        : action)
                .toList());
    }

    /**
     * Past the host's page cache, where its file system can do that, a backup drives nothing else
     * out of memory, and neither it nor the guest waits for a write-back of gigabytes.
     */
    @Override
    public void openFile(TargetNodes nodes, Path file, boolean pastPageCache) throws QmpException {
        ObjectNode options = JsonNodeFactory.instance
                .objectNode()
                .put("driver", "file")
                .put("node-name", nodes.file())
                .put("filename", file.toString())
                .put("discard", "unmap");
        if (pastPageCache) {
            options.putObject("cache").put("direct", true);
        }
        try {
            execute(new QmpCommand.BlockdevAdd(options));
        } catch (QmpRefused refused) {
            if (!pastPageCache) {
                throw refused;
            }
            LOG.info("{} is written through the page cache: {}", file, refused.description());
            options.remove("cache");
            execute(new QmpCommand.BlockdevAdd(options));
        }
        lock(nodes);
    }

    @Override
    public void openDevice(TargetNodes nodes, Target device) throws QmpException {
        ObjectNode options = JsonNodeFactory.instance.objectNode().put("node-name", nodes.file());
        options.setAll(device.options());
        execute(new QmpCommand.BlockdevAdd(options));
        lock(nodes);
    }

    /** With a size, however small, nobody else may change that of the file; without one it would be a mere filter, which locks nothing. */
    private void lock(TargetNodes nodes) throws QmpException {
        execute(new QmpCommand.BlockdevAdd(raw(nodes.lock(), 0).put("file", nodes.file())));
    }

    private static ObjectNode raw(String node, long size) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("driver", "raw")
                .put("node-name", node)
                .put("size", size);
    }

    /** Its backing chain is opened with it: without, QEMU would leave out zeroes that hide older data below. */
    @Override
    public void openTarget(TargetNodes nodes, List<TargetLayer> layers) throws QmpException, UnusableReply {
        ObjectNode options = image(nodes, layers.getFirst()).put("discard", "unmap");
        ObjectNode at = options;
        for (TargetLayer below : layers.subList(1, layers.size())) {
            at = encrypted(at.putObject("backing").put("driver", "qcow2"), below);
            at.putObject("file")
                    .put("driver", "file")
                    .put("filename", below.file().toString());
        }
        if (layers.size() > 1) {
            at.putNull("backing");
        }
        if (limitsWorkers.isEmpty()) {
            limitsWorkers = Optional.of(observer.accepts("blockdev-backup", "x-perf"));
        }
        openOnFile(nodes, options);
    }

    private static ObjectNode image(TargetNodes nodes, TargetLayer layer) {
        return encrypted(
                JsonNodeFactory.instance
                        .objectNode()
                        .put("driver", "qcow2")
                        .put("node-name", nodes.target())
                        .put("file", nodes.file()),
                layer);
    }

    private static ObjectNode encrypted(ObjectNode options, TargetLayer layer) {
        layer.secret()
                .ifPresent(
                        id -> options.putObject("encrypt").put("format", "luks").put("key-secret", id));
        return options;
    }

    /** The file stays open, and the one that it is, while nothing stands on it. */
    private void openOnFile(TargetNodes nodes, ObjectNode options) throws QmpException {
        execute(new QmpCommand.BlockdevDel(nodes.lock()));
        execute(new QmpCommand.BlockdevAdd(options));
    }

    @Override
    public void openTarget(TargetNodes nodes, Target place, long size) throws QmpException {
        ObjectNode options = raw(nodes.target(), size);
        if (place.device().isPresent()) {
            openOnFile(nodes, options.put("file", nodes.file()));
        } else {
            options.set("file", place.options());
            execute(new QmpCommand.BlockdevAdd(options));
        }
    }

    @Override
    public void addSecret(String id, Path file) throws QmpException {
        execute(new QmpCommand.SecretAdd(id, file.toString()));
    }

    @Override
    public void forgetSecret(String id) throws QmpException {
        execute(new QmpCommand.CredentialsDel(id));
    }

    @Override
    public void openScratch(TargetNodes nodes, TargetLayer image, String disk) throws QmpException {
        openOnFile(nodes, image(nodes, image).put("backing", disk));
    }

    @Override
    public void startServer(NbdListening listening, Optional<TlsCredentials> credentials) throws QmpException {
        if (credentials.isEmpty()) {
            execute(new QmpCommand.NbdServerStart(listening, Optional.empty()));
            return;
        }
        // Those of an earlier try may be of other keys.
        forgetCredentials();
        TlsCredentials keys = credentials.get();
        execute(new QmpCommand.CredentialsAdd(
                QemuNames.EXPORT_CREDENTIALS, keys.directory().toString(), keys instanceof TlsCredentials.SharedKey));
        execute(new QmpCommand.NbdServerStart(listening, Optional.of(QemuNames.EXPORT_CREDENTIALS)));
    }

    @Override
    public void forgetCredentials() throws QmpException {
        try {
            execute(new QmpCommand.CredentialsDel(QemuNames.EXPORT_CREDENTIALS));
        } catch (QmpRefused none) {
            LOG.debug("no credentials to forget: {}", none.description());
        }
    }

    @Override
    public boolean stopServer() throws QmpException, UnusableReply {
        if (observer.hasNbdExports()) {
            return false;
        }
        execute(new QmpCommand.NbdServerStop());
        return true;
    }

    @Override
    public void export(String export, String node, String name, Optional<BitmapSource> bitmap) throws QmpException {
        execute(new QmpCommand.BlockExportAdd(export, node, name, bitmap));
    }

    @Override
    public Optional<String> flushTarget(String node, Optional<String> secret) throws QmpException, UnusableReply {
        return flush(node, OptionalLong.empty(), secret);
    }

    @Override
    public Optional<String> flushTarget(String node, long size) throws QmpException, UnusableReply {
        return flush(node, OptionalLong.of(size), Optional.empty());
    }

    private Optional<String> flush(String node, OptionalLong rawSize, Optional<String> secret)
            throws QmpException, UnusableReply {
        if (!observer.reopens()) {
            return Optional.of("this QEMU has no blockdev-reopen (since 6.1) that would tell a failed flush");
        }
        Map<String, String> children = observer.children(node);
        String file = children.get("file");
        if (file == null) {
            return Optional.of("QEMU shows no file below it");
        }
        execute(new QmpCommand.BlockdevReopenReadOnly(
                node, file, Optional.ofNullable(children.get("backing")), rawSize, secret));
        return Optional.empty();
    }

    /** What it is made of holds nothing, on no disk: it is there to be written to, and only so that a bitmap marks it. */
    @Override
    public void openCanary(Canary canary, long size) throws QmpException {
        ObjectNode window = JsonNodeFactory.instance
                .objectNode()
                .put("driver", "raw")
                .put("node-name", canary.window())
                .put("offset", size - Canary.SECTOR)
                .put("size", Canary.SECTOR);
        window.set("file", nothing(canary.node(), size));
        execute(new QmpCommand.BlockdevAdd(window));
        execute(new QmpCommand.BlockdevAdd(nothing(canary.source(), Canary.SECTOR)));
        execute(new QmpCommand.Transaction(List.of(
                new BitmapAdd(canary.node(), canary.bitmap(), false, false, OptionalLong.of(Canary.GRANULARITY)))));
    }

    /** A mirror: a backup to such a node would let QEMU print a warning that reads like a danger to the real backups. */
    @Override
    public void writeCanary(Canary canary) throws QmpException {
        execute(new QmpCommand.BlockdevMirror(canary.job(), canary.source(), canary.window()));
    }

    @Override
    public List<String> withoutCanary(CanaryQuestion question) throws QmpException, UnusableReply {
        List<TransactionAction> actions = question.actions();
        if (actions.isEmpty()) {
            return List.of();
        }
        execute(new QmpCommand.Transaction(actions));
        return question.lacking(observer.dirtyBytes(question.canary().node()));
    }

    private static ObjectNode nothing(String node, long size) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("driver", "null-co")
                .put("node-name", node)
                .put("size", size)
                .put("read-zeroes", false);
    }

    @Override
    public void closeNode(String node) throws QmpException {
        execute(new QmpCommand.BlockdevDel(node));
    }

    @Override
    public void limit(String job, long bytesPerSecond) throws QmpException {
        execute(new QmpCommand.BlockJobSetSpeed(job, bytesPerSecond));
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
