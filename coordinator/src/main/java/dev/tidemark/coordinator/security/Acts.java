package dev.tidemark.coordinator.security;

import dev.tidemark.coordinator.ledger.Act;
import dev.tidemark.coordinator.ledger.Act.Verdict;
import dev.tidemark.coordinator.ledger.ActBook;
import dev.tidemark.coordinator.view.ActTargets;
import java.time.Clock;
import java.util.Set;

/**
 * Writes down who was let do what, and who was not. What is done is recorded before it is done, or together with it: a command by its
 * events, a token by its entry. What cannot be recorded is not done.
 *
 * <p>Calls without a valid credential, and calls beyond a limit, are counted: nobody fills the disk with them.
 */
public final class Acts implements AutoCloseable {
    private static final Set<Permission> READS_THAT_MATTER =
            Set.of(Permission.AUDIT, Permission.EVIDENCE, Permission.GRANT);

    /** What changes something without an event or an entry in its caller's name. */
    private static final Set<String> RECORDED_BEFORE = Set.of("POST /v1/vms/{vm}/reconciliation");

    private static final int UNAUTHENTICATED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;
    private static final Set<Integer> SENSELESS = Set.of(400, 405, 406, 408, 411, 413, 414, 415, 431);

    private final ActBook book;
    private final ActTargets targets;
    private final Recurrences recurrences;

    public Acts(ActBook book, ActTargets targets, Clock clock) {
        this.book = book;
        this.targets = targets;
        this.recurrences = new Recurrences(book, clock);
    }

    /**
     * Before a request is carried out that its caller may make: a read that matters is recorded now.
     *
     * @throws dev.tidemark.coordinator.ledger.LedgerException if it cannot be recorded; then it must not be carried out
     */
    public void permitted(ActTrail trail) {
        boolean matters = trail.changes()
                ? RECORDED_BEFORE.contains(trail.origin().get("route"))
                : trail.permission().map(READS_THAT_MATTER::contains).orElse(false);
        if (matters) {
            allowed(trail);
        }
    }

    /** A request was carried out; if it changed something of which nobody has a record yet, it is recorded now. */
    public void carriedOut(ActTrail trail) {
        boolean gateway = trail.permission().map(Permission.GATEWAY::equals).orElse(false);
        if (trail.changes() && !trail.isSettled() && !gateway && trail.caller().isPresent()) {
            allowed(trail);
        }
    }

    /**
     * It is done, or about to be.
     *
     * @throws dev.tidemark.coordinator.ledger.LedgerException if that cannot be recorded
     */
    void allowed(ActTrail trail) {
        Act act = act(trail, Verdict.ALLOWED);
        book.append(trail.operation().map(act::of).orElse(act));
        trail.settle();
    }

    /** Somebody signed in to pages, or out of them, and is known from now on, or no more. */
    public void signed(Identity caller, ActTrail trail, boolean in) {
        trail.routed(caller, trail.call(), trail.permission(), trail.variables());
        book.append(act(trail, Verdict.ALLOWED).doing(in ? "SIGN_IN" : "SIGN_OUT"));
        trail.settle();
    }

    /**
     * The request was turned down.
     *
     * @throws dev.tidemark.coordinator.ledger.LedgerException if that cannot be recorded
     */
    public void turnedDown(ActTrail trail, int status, String code, String detail) {
        if (trail.isSettled()) {
            return;
        }
        boolean limited = status == TOO_MANY;
        if (status == UNAUTHENTICATED || (trail.caller().isEmpty() && (limited || status == FORBIDDEN))) {
            recurrences.stranger(trail, code, detail);
            trail.settle();
            return;
        }
        boolean denied = status == FORBIDDEN || trail.isBeyondReach();
        if (trail.caller().isEmpty() || !(trail.changes() || denied || limited || gropes(trail, status))) {
            // To ask for what is not there is no act.
            return;
        }
        if (limited) {
            recurrences.limited(trail, code, detail);
        } else {
            book.append(act(trail, denied ? Verdict.DENIED : verdict(status))
                    .because(code, Confidential.withoutAddresses(detail)));
        }
        trail.settle();
    }

    /**
     * Whether somebody who is kept to some machines asks for what is not there. It is recorded as what is there and out of his reach is: else
     * the time that a record takes would tell him which names there are.
     */
    private static boolean gropes(ActTrail trail, int status) {
        return status == NOT_FOUND
                && trail.caller().map(caller -> !caller.scope().isAll()).orElse(false);
    }

    private static Verdict verdict(int status) {
        if (status >= 500) {
            return Verdict.FAILED;
        }
        return SENSELESS.contains(status) ? Verdict.INVALID : Verdict.REFUSED;
    }

    private Act act(ActTrail trail, Verdict verdict) {
        Act act = Act.of(trail.caller().map(Identity::name), trail.origin(), verdict)
                .naming(trail.named().or(() -> ActTargets.named(trail.variables())));
        return targets.machine(trail.variables())
                .map(found -> act.about(found.id(), found.name()))
                .orElse(act);
    }

    /** Writes down what was counted and not written yet. */
    @Override
    public void close() {
        recurrences.close();
    }
}
