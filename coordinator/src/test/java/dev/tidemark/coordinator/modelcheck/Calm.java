package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.Layout.STEP;
import static dev.tidemark.coordinator.modelcheck.World.BEGUN;
import static dev.tidemark.coordinator.modelcheck.World.IDLE;
import static dev.tidemark.coordinator.modelcheck.World.RUNNING;
import static dev.tidemark.coordinator.modelcheck.World.SYNCED;

/**
 * What happens once faults stop: one fair order of the protocol's own steps. A machine comes to rest when nothing is pending or
 * left over, and a look agrees with the log: healthy, or broken and told, so that the next backup is full (I18).
 */
final class Calm {
    /** Far more than any way to rest takes. */
    static final int STEPS_MAX = 80;

    private final Layout layout;
    private final Bug bug;
    private final Steps steps;

    Calm(Layout layout, Bug bug) {
        this.layout = layout;
        this.bug = bug;
        this.steps = new Steps(layout, bug);
    }

    /** Takes the next step; false if the machine is at rest. */
    boolean step(World w) {
        if (w.v[layout.uncommitted] == 1) {
            w.v[layout.uncommitted] = 0;
            return true;
        }
        if (w.v[layout.up] == 0) {
            steps.qemu.start(w);
            return true;
        }
        if (w.v[layout.flight] != IDLE) {
            steps.arrive(w);
            return true;
        }
        for (int other = 1; other < layout.scope.gateways(); other++) {
            // The other gateway is gone; it may have owned the socket.
            if (w.v[layout.session] == other + 1) {
                w.v[layout.session] = 0;
            }
        }
        for (int disk = 0; disk < w.disks; disk++) {
            for (int b = 0; b < w.checkpoints; b++) {
                if (w.job(disk, b) == RUNNING) {
                    steps.qemu.end(w, disk, b, true);
                    return true;
                }
            }
        }
        return gateway(w);
    }

    private boolean gateway(World w) {
        Gateway gateway = steps.gateway;
        if (gateway.complete(w, 0) || gateway.wake(w, 0)) {
            return true;
        }
        if (!gateway.owns(w, 0) && gateway.get(w, 0, STEP) != Gateway.AT_REST) {
            gateway.rest(w, 0);
            return true;
        }
        int step = gateway.get(w, 0, STEP);
        if (step == Gateway.AT_REST) {
            return gateway.look(w, 0);
        }
        if (step == Gateway.TARGETS_OPEN) {
            send(w);
            return true;
        }
        Gateway.Next next = gateway.decide(w, 0);
        Outcome outcome = gateway.outcome;
        if (next == Gateway.Next.CONCLUDE) {
            steps.recordAndAnswer(w, 0, outcome);
            return true;
        }
        if (step == Gateway.LOOKED) {
            steps.recordAndAnswer(w, 0, Outcome.NONE);
            return true;
        }
        if (bug != Bug.NEVER_SWEEPS && gateway.isSomethingLeftOver(w, 0)) {
            gateway.sweep(w, 0, true);
            return true;
        }
        return take(w, next, outcome);
    }

    private void send(World w) {
        int[] transaction = new int[layout.flightLength];
        steps.gateway.plan(w, 0, transaction, 0);
        steps.gateway.send(w, 0, transaction, true);
    }

    private boolean take(World w, Gateway.Next next, Outcome outcome) {
        Gateway gateway = steps.gateway;
        switch (next) {
            case BLOCKED -> steps.recordAndAnswer(w, 0, Outcome.EVIDENCE_CHANGED);
            case RUN -> {
                if (gateway.get(w, 0, Layout.SENT) == 1) {
                    steps.recordAndAnswer(w, 0, Outcome.FAILED);
                } else {
                    send(w);
                }
            }
            case START -> {
                if (gateway.get(w, 0, Layout.SENT) == 1) {
                    steps.recordAndAnswer(w, 0, Outcome.FAILED);
                } else {
                    gateway.begin(w, 0);
                }
            }
            case CANCEL -> {
                gateway.outcome = outcome;
                gateway.cancel(w, 0);
            }
            case FINISH -> gateway.finish(w, 0);
            case PUT_AWAY -> {
                gateway.outcome = outcome;
                gateway.putAway(w, 0, true);
            }
            case FOLLOW -> gateway.rest(w, 0);
            case NOTHING -> {
                boolean current = gateway.get(w, 0, Layout.FRESH) == 1;
                gateway.rest(w, 0);
                if (current) {
                    // What was looked at may have changed since.
                    gateway.look(w, 0);
                    return gateway.isEvidenceDifferent(w, 0) || gateway.isSomethingLeftOver(w, 0);
                }
            }
            case CONCLUDE -> throw new IllegalStateException("told before");
        }
        return true;
    }

    /** Nothing pending, nothing left, and what a look shows is what the log says. To be asked after {@link #step} gave false. */
    boolean isAtRest(World w) {
        if (w.v[layout.kind] != IDLE || w.v[layout.nodes] != 0 || steps.gateway.isEvidenceDifferent(w, 0)) {
            return false;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            if (w.v[layout.temporary + disk] != 0 || w.v[layout.mark + disk] != 0) {
                return false;
            }
        }
        for (int b = 0; b < w.checkpoints; b++) {
            int phase = w.v[layout.phase + b];
            if (w.anyJob(b) || phase == BEGUN || phase == SYNCED) {
                return false;
            }
        }
        return true;
    }
}
