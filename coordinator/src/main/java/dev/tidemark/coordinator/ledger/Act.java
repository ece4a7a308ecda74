package dev.tidemark.coordinator.ledger;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What was asked for and has no event of its own: denied, refused, read, signed in. When it was, the database says.
 *
 * @param request by which
 * @param method by what its caller was known
 * @param token which one of those
 * @param act what it would have done, where the route does not tell it
 * @param vmId the machine that it was about, if there is one
 * @param target what the request named
 * @param code of the problem that was answered
 * @param times how often; more than once for what comes again and again
 * @param since when it came first, if it came more than once
 */
@JsonPropertyOrder({
    "request",
    "caller",
    "method",
    "token",
    "address",
    "route",
    "act",
    "vmId",
    "vm",
    "target",
    "decision",
    "code",
    "detail",
    "operation",
    "times",
    "since"
})
public record Act(
        Optional<String> request,
        Optional<String> caller,
        Optional<String> method,
        Optional<String> token,
        Optional<String> address,
        Optional<String> route,
        Optional<String> act,
        Optional<String> vmId,
        Optional<String> vm,
        Optional<String> target,
        Verdict decision,
        Optional<String> code,
        Optional<String> detail,
        Optional<String> operation,
        long times,
        Optional<Instant> since) {
    private static final int TEXT_LENGTH_MAX = 500;

    /** What was decided. */
    public enum Verdict {
        ALLOWED,
        /** By a role, a scope, or because nobody knows who asked. */
        DENIED,
        /** By a rule, which the code names. */
        REFUSED,
        /** It did not make sense. */
        INVALID,
        /** It could not be done, or nobody knows whether it was. */
        FAILED
    }

    public Act {
        target = target.map(Act::harmless);
        vm = vm.map(Act::harmless);
        detail = detail.map(Act::harmless);
        address = address.map(Act::harmless);
    }

    /** Of a caller, by a request. */
    public static Act of(Optional<String> caller, Map<String, String> origin, Verdict decision) {
        return new Act(
                Optional.ofNullable(origin.get("request")),
                caller,
                Optional.ofNullable(origin.get("method")),
                Optional.ofNullable(origin.get("token")),
                Optional.ofNullable(origin.get("address")),
                Optional.ofNullable(origin.get("route")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                decision,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                1,
                Optional.empty());
    }

    /** About this machine. */
    public Act about(String machineId, String machineName) {
        Draft draft = new Draft(this);
        draft.vmId = Optional.of(machineId);
        draft.vm = Optional.of(machineName);
        return draft.act();
    }

    /** About what the request names so. */
    public Act naming(Optional<String> named) {
        Draft draft = new Draft(this);
        draft.target = named;
        return draft.act();
    }

    /** That does this. */
    public Act doing(String what) {
        Draft draft = new Draft(this);
        draft.what = Optional.of(what);
        return draft.act();
    }

    /** For this reason. */
    public Act because(String itsCode, String itsDetail) {
        Draft draft = new Draft(this);
        draft.code = Optional.of(itsCode);
        draft.detail = Optional.of(itsDetail);
        return draft.act();
    }

    /** Linked to this operation. */
    public Act of(String itsOperation) {
        Draft draft = new Draft(this);
        draft.operation = Optional.of(itsOperation);
        return draft.act();
    }

    /** From there, or from all of those. */
    public Act from(String place) {
        Draft draft = new Draft(this);
        draft.address = Optional.of(place);
        return draft.act();
    }

    /** So often since then. */
    public Act often(long count, Instant first) {
        Draft draft = new Draft(this);
        draft.times = count;
        draft.since = Optional.of(first);
        return draft.act();
    }

    /** What of an act is told after it was begun; the rest stays as it is. */
    private static final class Draft {
        private final Act begun;
        private Optional<String> address;
        private Optional<String> what;
        private Optional<String> vmId;
        private Optional<String> vm;
        private Optional<String> target;
        private Optional<String> code;
        private Optional<String> detail;
        private Optional<String> operation;
        private long times;
        private Optional<Instant> since;

        Draft(Act begun) {
            this.begun = begun;
            this.address = begun.address;
            this.what = begun.act;
            this.vmId = begun.vmId;
            this.vm = begun.vm;
            this.target = begun.target;
            this.code = begun.code;
            this.detail = begun.detail;
            this.operation = begun.operation;
            this.times = begun.times;
            this.since = begun.since;
        }

        Act act() {
            return new Act(
                    begun.request,
                    begun.caller,
                    begun.method,
                    begun.token,
                    address,
                    begun.route,
                    what,
                    vmId,
                    vm,
                    target,
                    begun.decision,
                    code,
                    detail,
                    operation,
                    times,
                    since);
        }
    }

    /** What comes from outside may be anything: PostgreSQL takes no NUL, and no half of a pair. */
    private static String harmless(String text) {
        StringBuilder kept = new StringBuilder();
        text.codePoints().limit(TEXT_LENGTH_MAX).forEach(character -> {
            int type = Character.getType(character);
            boolean strange = type == Character.CONTROL || type == Character.SURROGATE || type == Character.UNASSIGNED;
            kept.appendCodePoint(strange ? '?' : character);
        });
        return kept.toString();
    }
}
