package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.Verb;
import dev.tidemark.gateway.act.export.ExportSocket;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts things away in the one safe order (qemu-facts §11.1 #20, #21): exports, because an export outliving its job serves live
 * data; jobs, which hold nodes and bitmaps; nodes; keys; bitmaps; files. A refusal is told and passed over: the next look shows what
 * is still there.
 */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration CONCLUSION_TIME_MAX = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);

    private final Qemu qemu;
    private final Surroundings surroundings;
    private final Signals signals;

    Housekeeping(Qemu qemu, Surroundings surroundings, Signals signals) {
        this.qemu = qemu;
        this.surroundings = surroundings;
        this.signals = signals;
    }

    void putAway(MachineId machine, Leftovers leftovers) throws QmpException, UnusableReply, InterruptedException {
        if (!endExports(leftovers.exports())) {
            return;
        }
        cancel(leftovers.jobs().stream()
                .filter(job -> !job.status().equals(Decision.CONCLUDED))
                .map(ObservedJob::id)
                .toList());
        for (ObservedJob job : leftovers.jobs()) {
            tolerate("job " + job.id(), () -> qemu.dismiss(job.id()));
        }
        closeNodes(leftovers.nodes());
        forget(leftovers.secrets());
        change(leftovers.bitmaps());
        discard(machine, leftovers.partials());
    }

    /** What a machine that is no longer there did not finish. */
    void discardPartials(MachineId former) {
        discard(former, surroundings.storage().partialBackups(former));
    }

    private void discard(MachineId machine, List<String> partials) {
        for (String partial : partials) {
            try {
                surroundings.storage().discardPartial(machine, partial);
            } catch (RepositoryException failure) {
                LOG.warn("partial backup {} of machine {} stays: {}", partial, machine, failure.getMessage());
            }
        }
    }

    /** Ends exports, also under their clients, and waits until each has gone; false if one has not. */
    boolean endExports(List<String> exports) throws QmpException, UnusableReply, InterruptedException {
        if (exports.isEmpty()) {
            return true;
        }
        surroundings.crash().at(CrashPoint.BEFORE_EXPORTS_ENDED);
        for (String export : exports) {
            tolerate("export " + export, () -> qemu.endExport(export));
        }
        boolean gone = exportsGone(exports);
        surroundings.crash().at(CrashPoint.AFTER_EXPORTS_ENDED);
        return gone;
    }

    /** Stops the NBD server that was started for a machine's clients, if there is one. */
    void stopServer(MachineId machine) throws QmpException, UnusableReply {
        ExportSocket socket = surroundings.storage().exportSocket(machine);
        if (!socket.exists()) {
            return;
        }
        try {
            // Nobody else's: only who serves this very socket was told to by us.
            if (socket.isServed() && !qemu.stopServer()) {
                LOG.warn("the server on {} stays: somebody else exports something there", socket.listening());
                return;
            }
        } catch (QmpRefused refused) {
            // It has none, then, and another process answers where ours would.
            LOG.info("there is no server of {} to be stopped: {}", machine, refused.description());
        } catch (IOException failure) {
            LOG.warn("the server of {} stays: {}", machine, failure.getMessage());
            return;
        }
        surroundings.crash().at(CrashPoint.AFTER_SERVER_STOPPED);
        if (socket.mayHaveKeys()) {
            qemu.forgetCredentials();
        }
        try {
            socket.remove();
        } catch (IOException failure) {
            LOG.warn("what is left of the server of {} stays: {}", machine, failure.getMessage());
        }
    }

    /** Cancels the jobs and waits until each has ended. */
    void cancel(List<String> jobs) throws QmpException, UnusableReply, InterruptedException {
        if (jobs.isEmpty()) {
            return;
        }
        surroundings.crash().at(CrashPoint.BEFORE_CANCEL);
        for (String job : jobs) {
            tolerate("job " + job, () -> qemu.cancel(job));
        }
        surroundings.crash().at(CrashPoint.AFTER_CANCEL);
        Set<String> active = new HashSet<>(jobs);
        long end = surroundings.clockwork().nanoTime() + CONCLUSION_TIME_MAX.toNanos();
        while (!active.isEmpty()
                && !signals.isStopped()
                && surroundings.clockwork().nanoTime() < end) {
            // One that dismisses itself is no longer listed when it has ended.
            active.retainAll(qemu.jobs().jobs().stream()
                    .filter(job -> !job.status().equals(Decision.CONCLUDED))
                    .map(ObservedJob::id)
                    .toList());
            if (!active.isEmpty()) {
                signals.awaitHint(POLL);
            }
        }
        if (!active.isEmpty()) {
            LOG.warn("cancelled jobs {} have not concluded in {}", active, CONCLUSION_TIME_MAX);
        }
    }

    /** Closes nodes; one that another of them stands on goes after it. */
    void closeNodes(List<String> nodes) throws QmpException {
        Set<String> left = new LinkedHashSet<>(nodes);
        // Last those of which it is known; of the others a refusal tells it.
        nodes.stream().filter(QemuNames::isFile).forEach(file -> {
            left.remove(file);
            left.add(file);
        });
        boolean progress = true;
        while (!left.isEmpty() && progress) {
            progress = false;
            for (String node : List.copyOf(left)) {
                if (tolerate("node " + node, () -> qemu.closeNode(node))) {
                    left.remove(node);
                    progress = true;
                }
            }
        }
    }

    /** Lets QEMU forget keys. */
    void forget(List<String> secrets) throws QmpException {
        for (String secret : secrets) {
            tolerate("secret object " + secret, () -> qemu.forgetSecret(secret));
        }
    }

    /** Changes bitmaps together if that can be, else each on its own: a busy one must not keep the others. */
    void change(List<Verb> verbs) throws QmpException {
        if (verbs.isEmpty() || tolerate("bitmaps", () -> qemu.run(new Plan(verbs))) || verbs.size() == 1) {
            return;
        }
        for (Verb verb : verbs) {
            tolerate(verb.toString(), () -> qemu.run(new Plan(List.of(verb))));
        }
    }

    private boolean exportsGone(List<String> exports) throws QmpException, UnusableReply, InterruptedException {
        long end = surroundings.clockwork().nanoTime() + CONCLUSION_TIME_MAX.toNanos();
        while (!signals.isStopped() && surroundings.clockwork().nanoTime() < end) {
            if (qemu.look(List.of()).observed().exports().stream().noneMatch(exports::contains)) {
                return true;
            }
            signals.awaitHint(POLL);
        }
        LOG.warn("exports {} are still there after {}: nothing else is put away", exports, CONCLUSION_TIME_MAX);
        return false;
    }

    private interface Step {
        void take() throws QmpException;
    }

    private static boolean tolerate(String what, Step step) throws QmpException {
        try {
            step.take();
            return true;
        } catch (QmpRefused refused) {
            LOG.info("{} could not be put away: {}", what, refused.getMessage());
            return false;
        }
    }
}
