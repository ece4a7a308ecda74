package dev.tidemark.gateway.lease;

import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.act.CanaryQuestion;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.TargetNodes;
import dev.tidemark.gateway.act.export.TlsCredentials;
import dev.tidemark.gateway.act.repository.Target;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.NbdListening;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import dev.tidemark.gateway.reconcile.Qemu;
import dev.tidemark.gateway.reconcile.TargetLayer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A QEMU that is changed under one term only. Looking is free: it changes nothing, and what was seen is told under the term too. */
record LeasedQemu(Qemu qemu, Term term) implements Qemu {
    @Override
    public Look look(List<String> partialBackups) throws QmpException, UnusableReply {
        return qemu.look(partialBackups);
    }

    @Override
    public Observer.Jobs jobs() throws QmpException, UnusableReply {
        return qemu.jobs();
    }

    @Override
    public void run(Plan plan) throws QmpException {
        term.requireForQemu();
        qemu.run(plan);
    }

    @Override
    public void runBriefly(Plan plan) throws QmpException {
        term.requireForQemu();
        qemu.runBriefly(plan);
    }

    @Override
    public void openFile(TargetNodes nodes, Path file, boolean pastPageCache) throws QmpException {
        term.requireForQemu();
        qemu.openFile(nodes, file, pastPageCache);
    }

    @Override
    public void openDevice(TargetNodes nodes, Target device) throws QmpException {
        term.requireForQemu();
        qemu.openDevice(nodes, device);
    }

    @Override
    public void openTarget(TargetNodes nodes, List<TargetLayer> layers) throws QmpException, UnusableReply {
        term.requireForQemu();
        qemu.openTarget(nodes, layers);
    }

    @Override
    public void addSecret(String id, Path file) throws QmpException {
        term.requireForQemu();
        qemu.addSecret(id, file);
    }

    @Override
    public void forgetSecret(String id) throws QmpException {
        term.requireForQemu();
        qemu.forgetSecret(id);
    }

    @Override
    public void openTarget(TargetNodes nodes, Target place, long size) throws QmpException {
        term.requireForQemu();
        qemu.openTarget(nodes, place, size);
    }

    @Override
    public void openScratch(TargetNodes nodes, TargetLayer image, String disk) throws QmpException {
        term.requireForQemu();
        qemu.openScratch(nodes, image, disk);
    }

    @Override
    public void startServer(NbdListening listening, Optional<TlsCredentials> credentials) throws QmpException {
        term.requireForQemu();
        qemu.startServer(listening, credentials);
    }

    @Override
    public boolean stopServer() throws QmpException, UnusableReply {
        term.requireForQemu();
        return qemu.stopServer();
    }

    @Override
    public void forgetCredentials() throws QmpException {
        term.requireForQemu();
        qemu.forgetCredentials();
    }

    @Override
    public void export(String export, String node, String name, Optional<BitmapSource> bitmap) throws QmpException {
        term.requireForQemu();
        qemu.export(export, node, name, bitmap);
    }

    @Override
    public Optional<String> flushTarget(String node, Optional<String> secret) throws QmpException, UnusableReply {
        term.requireForQemu();
        return qemu.flushTarget(node, secret);
    }

    @Override
    public Optional<String> flushTarget(String node, long size) throws QmpException, UnusableReply {
        term.requireForQemu();
        return qemu.flushTarget(node, size);
    }

    @Override
    public void openCanary(Canary canary, long size) throws QmpException {
        term.requireForQemu();
        qemu.openCanary(canary, size);
    }

    @Override
    public void writeCanary(Canary canary) throws QmpException {
        term.requireForQemu();
        qemu.writeCanary(canary);
    }

    @Override
    public List<String> withoutCanary(CanaryQuestion question) throws QmpException, UnusableReply {
        term.requireForQemu();
        return qemu.withoutCanary(question);
    }

    @Override
    public void closeNode(String node) throws QmpException {
        term.requireForQemu();
        qemu.closeNode(node);
    }

    @Override
    public void limit(String job, long bytesPerSecond) throws QmpException {
        term.requireForQemu();
        qemu.limit(job, bytesPerSecond);
    }

    @Override
    public void cancel(String job) throws QmpException {
        term.requireForQemu();
        qemu.cancel(job);
    }

    @Override
    public void dismiss(String job) throws QmpException {
        term.requireForQemu();
        qemu.dismiss(job);
    }

    @Override
    public void endExport(String export) throws QmpException {
        term.requireForQemu();
        qemu.endExport(export);
    }

    @Override
    public void close() {
        qemu.close();
    }
}
