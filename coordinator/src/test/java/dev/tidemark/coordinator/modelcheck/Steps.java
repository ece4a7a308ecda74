package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.Layout.SENT;
import static dev.tidemark.coordinator.modelcheck.Layout.STEP;
import static dev.tidemark.coordinator.modelcheck.World.RUNNING;

/** Every step that a state allows. */
@SuppressWarnings("EnumOrdinal") // a state is packed into a few numbers
final class Steps {
    /** Takes each step with the state that it leads to, which is used again for the next. */
    interface Sink {
        void next(Action action, int first, int second, World next);
    }

    private final Layout layout;
    private final Scope scope;
    private final Bug bug;
    private final World next;
    private final int[] transaction;
    private final Environment environment;
    final Qemu qemu;
    final Log log;
    final Conclusion conclusion;
    final Gateway gateway;

    Steps(Layout layout, Bug bug) {
        this.layout = layout;
        this.scope = layout.scope;
        this.bug = bug;
        next = new World(layout);
        transaction = new int[layout.flightLength];
        qemu = new Qemu(layout, bug);
        log = new Log(layout, bug);
        conclusion = new Conclusion(layout, bug, log);
        gateway = new Gateway(layout, bug, qemu);
        environment = new Environment(layout, qemu);
    }

    void from(World w, Sink sink) {
        commands(w, sink);
        environment.from(w, sink);
        boolean fault = w.v[layout.faults] < scope.faultsMax();
        flight(w, sink);
        for (int number = 0; number < scope.gateways(); number++) {
            gateway(w, number, fault, sink);
        }
    }

    private World copy(World w) {
        next.copyFrom(w);
        return next;
    }

    private World faulty(World w) {
        next.copyFrom(w);
        next.v[layout.faults]++;
        return next;
    }

    private void commands(World w, Sink sink) {
        if (w.v[layout.uncommitted] == 1) {
            World n = copy(w);
            n.v[layout.uncommitted] = 0;
            sink.next(Action.COMMIT, 0, 0, n);
            n = copy(w);
            log.forgetUncommitted(n);
            sink.next(Action.COORDINATOR_DIES, 0, 0, n);
        }
        if (log.requestCreation(copy(w))) {
            sink.next(Action.ASK_FOR_CHECKPOINT, 0, 0, next);
        }
        for (int repository = 0; scope.backups() && repository < scope.repositories(); repository++) {
            if (log.requestBackup(copy(w), repository == 1)) {
                sink.next(Action.ASK_FOR_BACKUP, repository, 0, next);
            }
        }
        for (int c = 0; c < w.checkpoints; c++) {
            if (log.requestDeletion(copy(w), c)) {
                sink.next(Action.ASK_FOR_DELETION, c, 0, next);
            }
        }
        if (log.requestAbort(copy(w))) {
            sink.next(Action.ASK_FOR_ABORT, 0, 0, next);
        }
    }

    private void flight(World w, Sink sink) {
        if (w.v[layout.flight] == World.IDLE) {
            return;
        }
        World n = copy(w);
        arrive(n);
        sink.next(Action.LATE_TRANSACTION, 0, 0, n);
        if (bug != Bug.CHECKPOINT_IN_TWO_STEPS) {
            n = copy(w);
            clearFlight(n);
            sink.next(Action.LATE_TRANSACTION_LOST, 0, 0, n);
        }
    }

    /** What was under way arrives. */
    void arrive(World w) {
        System.arraycopy(w.v, layout.flight, transaction, 0, layout.flightLength);
        clearFlight(w);
        qemu.execute(w, transaction, 0);
    }

    private void clearFlight(World w) {
        java.util.Arrays.fill(w.v, layout.flight, layout.flight + layout.flightLength, 0);
    }

    private void gateway(World w, int g, boolean fault, Sink sink) {
        if (gateway.wake(copy(w), g)) {
            sink.next(Action.WAKE, g, 0, next);
        }
        if (gateway.look(copy(w), g)) {
            sink.next(Action.LOOK, g, 0, next);
        }
        if (gateway.complete(copy(w), g)) {
            sink.next(Action.COMPLETE, g, 0, next);
        }
        boolean pending = gateway.get(w, g, Layout.HELD_KIND) != World.IDLE;
        if (w.v[layout.up] == 0 && gateway.get(w, g, STEP) == Gateway.AT_REST && pending) {
            World n = copy(w);
            if (conclusion.unreachable(n)) {
                gateway.answered(n, g, false, false);
                sink.next(Action.REPORT_UNREACHABLE, g, 0, n);
            }
        }
        if (fault && scope.has(Fault.GATEWAY_CRASH)) {
            World n = faulty(w);
            gateway.crash(n, g);
            sink.next(Action.GATEWAY_DIES, g, 0, n);
        }
        if (fault && scope.has(Fault.DISCONNECT) && gateway.owns(w, g)) {
            World n = faulty(w);
            n.v[layout.session] = 0;
            sink.next(Action.DISCONNECT, g, 0, n);
        }
        int step = gateway.get(w, g, STEP);
        if (step == Gateway.TARGETS_OPEN) {
            send(w, g, fault, sink);
        } else if (step != Gateway.AT_REST) {
            act(w, g, step, fault, sink);
        }
    }

    private void act(World w, int g, int step, boolean fault, Sink sink) {
        World n = copy(w);
        gateway.rest(n, g);
        sink.next(Action.REST, g, 0, n);

        Gateway.Next decided = gateway.decide(w, g);
        Outcome outcome = gateway.outcome;
        if (decided == Gateway.Next.CONCLUDE) {
            report(w, g, outcome, fault, sink);
            return;
        }
        boolean different = gateway.isEvidenceDifferent(w, g);
        boolean left = bug != Bug.NEVER_SWEEPS && gateway.isSomethingLeftOver(w, g);
        if (step == Gateway.LOOKED) {
            report(w, g, Outcome.NONE, fault, sink);
        }
        boolean gaveUp = gateway.get(w, g, SENT) == 1
                && (decided == Gateway.Next.RUN || decided == Gateway.Next.START)
                && bug != Bug.TRUST_THE_REPLY;
        if (gaveUp) {
            report(w, g, Outcome.FAILED, fault, sink);
        }
        // The first look of a session is told in any case: who answers may be another QEMU.
        boolean news = different || left || gateway.get(w, g, Layout.SESSION_TOLD) == 0;
        if ((step == Gateway.LOOKED && news && bug != Bug.OBSTACLE_IGNORED) || gateway.isStartUntold(w, g)) {
            return;
        }
        if (left && gateway.owns(w, g)) {
            sweep(w, g, true, sink);
            if (fault && scope.has(Fault.GATEWAY_CRASH)) {
                sweep(w, g, false, sink);
            }
        }
        take(w, g, decided, outcome, fault, sink);
    }

    private void sweep(World w, int g, boolean all, Sink sink) {
        World n = copy(w);
        gateway.sweep(n, g, all);
        if (bug == Bug.SWEEPS_THE_CHAIN && all) {
            int chain = n.v[layout.chain];
            if (Integer.bitCount(chain) > 1) {
                qemu.remove(n, 0, Integer.numberOfTrailingZeros(chain));
                n.breaks(Invariant.I12_SAFE_REMOVAL);
            }
        }
        sink.next(Action.SWEEP, g, all ? 1 : 0, n);
    }

    private void take(World w, int g, Gateway.Next decided, Outcome outcome, boolean fault, Sink sink) {
        boolean owns = gateway.owns(w, g);
        switch (decided) {
            case BLOCKED -> report(w, g, Outcome.EVIDENCE_CHANGED, fault, sink);
            case RUN -> send(w, g, fault, sink);
            case START -> {
                if (!owns && bug != Bug.TARGETS_MADE_UNDER_A_JOB) {
                    // It asks QEMU for jobs before it touches a file, and gets no answer.
                    return;
                }
                World n = copy(w);
                gateway.begin(n, g);
                sink.next(Action.BEGIN, g, 0, n);
            }
            case CANCEL -> {
                if (owns) {
                    World n = copy(w);
                    gateway.outcome = outcome;
                    gateway.cancel(n, g);
                    sink.next(Action.CANCEL, g, 0, n);
                }
            }
            case FINISH -> {
                if (owns && gateway.get(w, g, Layout.COMPLETING) == 0) {
                    World n = copy(w);
                    gateway.finish(n, g);
                    sink.next(Action.FINISH, g, 0, n);
                }
            }
            case PUT_AWAY -> {
                if (owns) {
                    putAway(w, g, outcome, true, sink);
                    if (fault && scope.has(Fault.GATEWAY_CRASH)) {
                        putAway(w, g, outcome, false, sink);
                    }
                }
            }
            case FOLLOW -> {
                if (bug == Bug.UNION_DROPPED_EARLY && owns) {
                    dropUnion(w, g, sink);
                }
            }
            case NOTHING, CONCLUDE -> {
                // No step.
            }
        }
    }

    /** What the job has not copied yet by the union that it reads, it never will. */
    private void dropUnion(World w, int g, Sink sink) {
        World n = copy(w);
        int b = gateway.get(n, g, Layout.HELD_SUBJECT);
        for (int disk = 0; disk < n.disks; disk++) {
            if (n.is(layout.temporary + disk, b) && n.job(disk, b) == RUNNING) {
                n.clear(layout.temporary + disk, b);
                n.set(layout.wrong, b);
            }
        }
        gateway.rest(n, g);
        sink.next(Action.SWEEP, g, 1, n);
    }

    private void putAway(World w, int g, Outcome outcome, boolean all, Sink sink) {
        World n = copy(w);
        gateway.outcome = outcome;
        gateway.putAway(n, g, all);
        sink.next(Action.PUT_AWAY, g, all ? 1 : 0, n);
    }

    private void report(World w, int g, Outcome outcome, boolean fault, Sink sink) {
        World n = copy(w);
        recordAndAnswer(n, g, outcome);
        sink.next(Action.REPORT, g, outcome.ordinal(), n);
        if (fault && scope.has(Fault.REPLY_LOST)) {
            n = faulty(w);
            record(n, g, outcome);
            sink.next(Action.REPORT_UNANSWERED, g, outcome.ordinal(), n);
        }
    }

    void recordAndAnswer(World w, int g, Outcome outcome) {
        boolean events = record(w, g, outcome);
        boolean concluded = outcome != Outcome.NONE;
        gateway.answered(w, g, concluded, !events && gateway.get(w, g, Layout.FRESH) == 1);
    }

    private boolean record(World w, int g, Outcome outcome) {
        boolean refused = outcome == Outcome.FAILED || outcome == Outcome.ABORTED;
        if (bug == Bug.CLEAR_BASE_ON_FAILURE && refused && w.v[layout.kind] == World.BACK_UP) {
            for (int disk = 0; disk < w.disks; disk++) {
                int since = w.v[layout.plan + disk];
                if (since != World.FULL) {
                    w.v[layout.bits + w.pair(disk, since - 1)] = 0;
                }
            }
        }
        return conclusion.conclude(w, g, outcome);
    }

    private void send(World w, int g, boolean fault, Sink sink) {
        gateway.plan(w, g, transaction, 0);
        if (!gateway.owns(w, g)) {
            return;
        }
        World n = copy(w);
        if (bug == Bug.CHECKPOINT_IN_TWO_STEPS && transaction[Layout.SENT_KIND] == World.CREATE) {
            if (w.v[layout.flight] == World.IDLE) {
                qemu.disablePrevious(n, transaction, 0);
                transaction[Layout.SENT_KIND] = World.ADD_ONLY;
                System.arraycopy(transaction, 0, n.v, layout.flight, layout.flightLength);
                gateway.send(n, g, transaction, false);
                sink.next(Action.SEND_LATE, g, 0, n);
            }
            return;
        }
        gateway.send(n, g, transaction, true);
        sink.next(Action.SEND, g, 0, n);
        if (fault && scope.has(Fault.SEND_LOST)) {
            n = faulty(w);
            gateway.send(n, g, transaction, false);
            sink.next(Action.SEND_LOST, g, 0, n);
        }
        if (fault && scope.has(Fault.LATE_EXECUTION) && w.v[layout.flight] == World.IDLE) {
            n = faulty(w);
            System.arraycopy(transaction, 0, n.v, layout.flight, layout.flightLength);
            n.v[layout.session] = 0;
            gateway.send(n, g, transaction, false);
            sink.next(Action.SEND_LATE, g, 0, n);
        }
        if (bug == Bug.DELETE_AGAIN && transaction[Layout.SENT_KIND] == World.DELETE) {
            n = copy(w);
            qemu.execute(n, transaction, 0);
            gateway.deleteByPlace(n, g, transaction, 0);
            gateway.send(n, g, transaction, true);
            sink.next(Action.SEND, g, 1, n);
        }
        if (bug == Bug.START_AGAIN_BLINDLY && transaction[Layout.SENT_KIND] == World.BACK_UP) {
            n = copy(w);
            gateway.send(n, g, transaction, true);
            qemu.execute(n, transaction, 0);
            sink.next(Action.SEND, g, 1, n);
        }
    }
}
