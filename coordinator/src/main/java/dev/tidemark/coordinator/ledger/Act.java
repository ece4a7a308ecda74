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
        return new Act(
                request,
                caller,
                method,
                token,
                address,
                route,
                act,
                Optional.of(machineId),
                Optional.of(machineName),
                target,
                decision,
                code,
                detail,
                operation,
                times,
                since);
    }

    /** About what the request names so. */
    public Act naming(Optional<String> named) {
        return new Act(
                request, caller, method, token, address, route, act, vmId, vm, named, decision, code, detail, operation,
                times, since);
    }

    /** That does this. */
    public Act doing(String what) {
        return new Act(
                request,
                caller,
                method,
                token,
                address,
                route,
                Optional.of(what),
                vmId,
                vm,
                target,
                decision,
                code,
                detail,
                operation,
                times,
                since);
    }

    /** For this reason. */
    public Act because(String itsCode, String itsDetail) {
        return new Act(
                request,
                caller,
                method,
                token,
                address,
                route,
                act,
                vmId,
                vm,
                target,
                decision,
                Optional.of(itsCode),
                Optional.of(itsDetail),
                operation,
                times,
                since);
    }

    /** Linked to this operation. */
    public Act of(String itsOperation) {
        return new Act(
                request,
                caller,
                method,
                token,
                address,
                route,
                act,
                vmId,
                vm,
                target,
                decision,
                code,
                detail,
                Optional.of(itsOperation),
                times,
                since);
    }

    /** From there, or from all of those. */
    public Act from(String place) {
        return new Act(
                request,
                caller,
                method,
                token,
                Optional.of(place),
                route,
                act,
                vmId,
                vm,
                target,
                decision,
                code,
                detail,
                operation,
                times,
                since);
    }

    /** So often since then. */
    public Act often(long count, Instant first) {
        return new Act(
                request,
                caller,
                method,
                token,
                address,
                route,
                act,
                vmId,
                vm,
                target,
                decision,
                code,
                detail,
                operation,
                count,
                Optional.of(first));
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
