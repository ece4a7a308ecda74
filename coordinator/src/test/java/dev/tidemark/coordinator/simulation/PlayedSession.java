package dev.tidemark.coordinator.simulation;

import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.act.CanaryQuestion;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.TargetNodes;
import dev.tidemark.gateway.act.export.TlsCredentials;
import dev.tidemark.gateway.act.repository.Target;
import dev.tidemark.gateway.model.ModelAction;
import dev.tidemark.gateway.model.ModelDaemon;
import dev.tidemark.gateway.model.ModelRefusal;
import dev.tidemark.gateway.model.NodeOptions;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.NbdListening;
import dev.tidemark.gateway.qmp.QmpCommand;
import dev.tidemark.gateway.qmp.QmpEvent;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpInterrupted;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.gateway.qmp.QmpUnavailable;
import dev.tidemark.gateway.qmp.TransactionAction;
import dev.tidemark.gateway.reconcile.Qemu;
import dev.tidemark.gateway.reconcile.TargetLayer;
import dev.tidemark.schema.contract.ObservedBitmap;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import tools.jackson.databind.node.JsonNodeFactory;

/** A session with the model, on a line that breaks as lines do. */
final class PlayedSession implements Qemu {
    private static final long TIMEOUT_NANOSECONDS = 5_000_000_000L;

    private final Simulation simulation;
    private final GatewayLife life;
    private final ModelDaemon daemon;
    private final Consumer<QmpEvent> onEvent;
    private final Runnable onEnd;
    private boolean open = true;

    PlayedSession(
            Simulation simulation, GatewayLife life, ModelDaemon daemon, Consumer<QmpEvent> onEvent, Runnable onEnd) {
        this.simulation = simulation;
        this.life = life;
        this.daemon = daemon;
        this.onEvent = onEvent;
        this.onEnd = onEnd;
    }

    @Override
    public Look look(List<String> partialBackups) throws QmpException, UnusableReply {
        life.images.beforeLook();
        Look look = asked(Site.LOOK, "query", () -> simulation.looked(simulation.machine.look(daemon, partialBackups)));
        return simulation.saboteur.seen(simulation, life.images.vouched(look));
    }

    @Override
    public Observer.Jobs jobs() throws QmpException, UnusableReply {
        return simulation.saboteur.seen(asked(Site.JOBS, "query-jobs", daemon::jobs));
    }

    @Override
    public void run(Plan plan) throws QmpException {
        for (Plan part : simulation.saboteur.sent(simulation, plan)) {
            said(Site.RUN, "transaction", () -> simulation.machine.run(daemon, part));
        }
    }

    @Override
    public void openFile(TargetNodes nodes, Path file, boolean pastPageCache) throws QmpException {
        said(Site.OPEN_FILE, "blockdev-add", () -> {
            // The model has images, and no files below them.
            daemon.open(new NodeOptions.Null(nodes.file(), PlayedMachine.CELL_BYTES));
            daemon.open(new NodeOptions.Part(nodes.lock(), nodes.file(), 0, PlayedMachine.CELL_BYTES));
            simulation.machine.changed();
        });
    }

    @Override
    public void openDevice(TargetNodes nodes, Target device) {
        throw new IllegalStateException("nobody asks for a target that is no file: " + device);
    }

    @Override
    public void openTarget(TargetNodes nodes, List<TargetLayer> layers) throws QmpException {
        String node = nodes.target();
        Path image = layers.getFirst().file();
        said(Site.OPEN_TARGET, "blockdev-add", () -> {
            daemon.close(nodes.lock());
            daemon.open(new NodeOptions.Qcow2(node, image.toString(), false, new NodeOptions.Backing.OfHeader()));
            simulation.machine.opened(node, simulation.storage.target(image.toString()));
        });
    }

    @Override
    public void openTarget(TargetNodes nodes, Target place, long size) {
        throw new IllegalStateException("nobody asks for a target that is no file: " + place);
    }

    @Override
    public Optional<String> flushTarget(String node, long size) {
        throw new IllegalStateException("nobody asks for a target that is no file: " + node);
    }

    @Override
    public void addSecret(String id, Path file) {
        throw new IllegalStateException("nothing is encrypted here: " + id);
    }

    @Override
    public void forgetSecret(String id) {
        throw new IllegalStateException("nothing is encrypted here: " + id);
    }

    @Override
    public void openScratch(TargetNodes nodes, TargetLayer layer, String disk) throws QmpException {
        String node = nodes.target();
        Path image = layer.file();
        said(Site.OPEN_SCRATCH, "blockdev-add", () -> {
            daemon.close(nodes.lock());
            daemon.open(new NodeOptions.Qcow2(node, image.toString(), false, new NodeOptions.Backing.Node(disk)));
            simulation.machine.opened(node, simulation.storage.target(image.toString()));
        });
    }

    @Override
    public void startServer(NbdListening listening, Optional<TlsCredentials> credentials) throws QmpException {
        said(Site.START_SERVER, "nbd-server-start", () -> {
            daemon.execute(new QmpCommand.NbdServerStart(listening, Optional.empty()));
            simulation.storage.served();
        });
    }

    @Override
    public boolean stopServer() throws QmpException, UnusableReply {
        if (!asked(Site.LOOK, "query-block-exports", daemon::exportIds).isEmpty()) {
            return false;
        }
        said(Site.STOP_SERVER, "nbd-server-stop", () -> {
            daemon.execute(new QmpCommand.NbdServerStop());
            simulation.storage.noLongerServed();
        });
        return true;
    }

    @Override
    public void forgetCredentials() {
        throw new IllegalStateException("nobody has any here");
    }

    @Override
    public void export(String export, String node, String name, Optional<TransactionAction.BitmapSource> bitmap)
            throws QmpException {
        said(Site.EXPORT, "block-export-add", () -> {
            daemon.execute(new QmpCommand.BlockExportAdd(export, node, name, bitmap));
            simulation.machine.changed();
        });
    }

    @Override
    public void openCanary(Canary canary, long size) throws QmpException {
        said(Site.OPEN_CANARY, "blockdev-add", () -> {
            daemon.open(new NodeOptions.Null(canary.node(), size));
            daemon.open(new NodeOptions.Part(
                    canary.window(), canary.node(), size - PlayedMachine.CELL_BYTES, PlayedMachine.CELL_BYTES));
            daemon.open(new NodeOptions.Null(canary.source(), PlayedMachine.CELL_BYTES));
            daemon.transaction(List.of(new ModelAction.Said(new TransactionAction.BitmapAdd(
                    canary.node(), canary.bitmap(), false, false, OptionalLong.of(Canary.GRANULARITY)))));
            simulation.machine.changed();
        });
    }

    /** What the mirror does, at once. */
    @Override
    public void writeCanary(Canary canary) throws QmpException {
        said(Site.WRITE_CANARY, "blockdev-mirror", () -> daemon.write(canary.window(), 0, 1, 1));
    }

    @Override
    public List<String> withoutCanary(CanaryQuestion question) throws QmpException, UnusableReply {
        List<TransactionAction> actions = question.actions();
        if (actions.isEmpty()) {
            return List.of();
        }
        said(
                Site.ASK_CANARY,
                "transaction",
                () -> daemon.transaction(
                        actions.stream().<ModelAction>map(ModelAction.Said::new).toList()));
        Map<String, Long> dirtyBytes = new HashMap<>();
        for (ObservedBitmap bitmap :
                asked(Site.LOOK, "query", () -> daemon.bitmaps(question.canary().node()))) {
            bitmap.name().ifPresent(name -> dirtyBytes.put(name, bitmap.dirtyBytes()));
        }
        return question.lacking(dirtyBytes);
    }

    @Override
    public Optional<String> flushTarget(String node, Optional<String> secret) throws QmpException, UnusableReply {
        if (simulation.saboteur == Saboteur.FLUSH_SKIPPED) {
            return Optional.empty();
        }
        Map<String, String> children = asked(Site.LOOK, "query", () -> daemon.children(node));
        String file = children.get("file");
        if (file == null) {
            return Optional.of("QEMU shows no file below it");
        }
        said(Site.FLUSH, "blockdev-reopen", () -> {
            daemon.execute(new QmpCommand.BlockdevReopenReadOnly(
                    node, file, Optional.ofNullable(children.get("backing")), OptionalLong.empty(), secret));
            simulation.machine.flushed(node);
        });
        return Optional.empty();
    }

    @Override
    public void closeNode(String node) throws QmpException {
        said(Site.CLOSE_NODE, "blockdev-del", () -> {
            Optional<String> below =
                    Optional.ofNullable(daemon.children(node).get("file")).filter(QemuNames::isCanaryBelowWindow);
            daemon.close(node);
            if (below.isPresent()) {
                // It was opened with its window, and goes with it.
                daemon.close(below.get());
            }
            simulation.machine.closed(node);
        });
    }

    @Override
    public void limit(String job, long bytesPerSecond) throws QmpException {
        said(
                Site.LIMIT,
                "block-job-set-speed",
                () -> daemon.execute(new QmpCommand.BlockJobSetSpeed(job, bytesPerSecond)));
    }

    @Override
    public void cancel(String job) throws QmpException {
        said(Site.CANCEL, "job-cancel", () -> daemon.execute(new QmpCommand.JobCancel(job)));
    }

    @Override
    public void dismiss(String job) throws QmpException {
        if (simulation.saboteur != Saboteur.DISMISS_FORGOTTEN) {
            said(Site.DISMISS, "job-dismiss", () -> daemon.execute(new QmpCommand.JobDismiss(job)));
        }
    }

    @Override
    public void endExport(String export) throws QmpException {
        said(Site.END_EXPORT, "block-export-del", () -> daemon.execute(new QmpCommand.BlockExportDel(export, true)));
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            simulation.machine.dropLate();
        }
    }

    /** QEMU is gone. */
    void ended() {
        open = false;
        if (!life.isDead()) {
            onEnd.run();
        }
    }

    /** QEMU says that something happened. */
    void hint() {
        if (open && !life.isDead()) {
            onEvent.accept(new QmpEvent("JOB_STATUS_CHANGE", JsonNodeFactory.instance.objectNode(), 0, 0));
        }
    }

    private interface Saying {
        void say() throws ModelRefusal;
    }

    private interface Asking<T> {
        T ask() throws ModelRefusal;
    }

    private <T> T asked(Site site, String command, Asking<T> asking) throws QmpException, UnusableReply {
        before(site, command);
        Fault fault = simulation.fault(site);
        if (fault == Fault.UNUSABLE) {
            throw UnusableReply.malformed(command, "is not what was expected");
        }
        prevented(fault, command);
        T answer;
        try {
            answer = asking.ask();
        } catch (ModelRefusal refusal) {
            throw refused(command, refusal.description());
        }
        after(site, command);
        return answer;
    }

    private void said(Site site, String command, Saying saying) throws QmpException {
        before(site, command);
        Fault fault = simulation.fault(site);
        if (fault == Fault.REFUSED) {
            throw refused(command, "as played");
        }
        if (fault == Fault.LATE) {
            simulation.machine.later(() -> executeLate(saying));
            life.elapse(TIMEOUT_NANOSECONDS);
            throw new QmpInterrupted(command, QmpInterrupted.Reason.TIMED_OUT, "no answer in time");
        }
        prevented(fault, command);
        try {
            saying.say();
        } catch (ModelRefusal refusal) {
            throw refused(command, refusal.description());
        }
        if (fault == Fault.LOST_AFTER) {
            life.elapse(TIMEOUT_NANOSECONDS);
            throw new QmpInterrupted(command, QmpInterrupted.Reason.TIMED_OUT, "no answer in time");
        }
        if (fault == Fault.CUT_AFTER) {
            throw cut(command);
        }
        after(site, command);
    }

    private void executeLate(Saying saying) {
        if (simulation.machine.daemon() != daemon) {
            return;
        }
        try {
            saying.say();
        } catch (ModelRefusal refusal) {
            simulation.world.note(() -> "late, and refused: " + refusal.description());
        }
    }

    private void before(Site site, String command) throws QmpException {
        simulation.pass(life, site, false);
        if (!open) {
            throw new QmpUnavailable(QmpUnavailable.Reason.CLOSED, command + ": the session has ended");
        }
        simulation.machine.runLate();
    }

    private void prevented(Fault fault, String command) throws QmpException {
        if (fault == Fault.LOST_BEFORE) {
            life.elapse(TIMEOUT_NANOSECONDS);
            throw new QmpInterrupted(command, QmpInterrupted.Reason.TIMED_OUT, "no answer in time");
        }
        if (fault == Fault.CUT_BEFORE) {
            throw cut(command);
        }
    }

    private QmpInterrupted cut(String command) {
        open = false;
        simulation.machine.dropLate();
        return new QmpInterrupted(command, QmpInterrupted.Reason.DISCONNECTED, "the connection broke");
    }

    private void after(Site site, String command) throws QmpException {
        simulation.pass(life, site, true);
        if (!open) {
            throw new QmpInterrupted(command, QmpInterrupted.Reason.DISCONNECTED, "QEMU went away");
        }
    }

    private static QmpRefused refused(String command, String description) {
        return new QmpRefused(command, "GenericError", description);
    }
}
