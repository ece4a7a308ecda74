package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.view.AuditFilter;
import dev.tidemark.coordinator.view.AuditPlace;
import dev.tidemark.coordinator.view.AuditQuestion;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** From what an auditor writes to what is asked of the database; for programs and for pages, so that both are told the same. */
public final class AuditInquiry {
    private static final int DAYS_MAX = 36_500;
    private static final long DAYS_USUAL = 30;

    private final Lookup lookup;
    private final FreshIds ids;

    public AuditInquiry(Lookup lookup, FreshIds ids) {
        this.lookup = lookup;
        this.ids = ids;
    }

    /** What the query says, as it was written. */
    public record Asked(
            Optional<MachineName> vm,
            Optional<String> backup,
            Optional<String> since,
            Optional<String> until,
            Optional<String> caller,
            Optional<String> decision,
            Optional<String> outcome,
            Optional<String> what,
            Optional<QueryNumber> days) {}

    /** A parameter that says nothing to a question is refused: whoever gives it takes the answer for another one. */
    public AuditFilter filter(AuditQuestion question, Asked asked) {
        boolean ofActs = isOfActs(question);
        boolean ofTimes = question != AuditQuestion.UNVERIFIED;
        requireSense(question, "backup", asked.backup(), question == AuditQuestion.BACKUP);
        requireSense(question, "vm", asked.vm(), question != AuditQuestion.BACKUP);
        requireSense(question, "since", asked.since(), ofTimes);
        requireSense(question, "until", asked.until(), ofTimes);
        requireSense(question, "caller", asked.caller(), ofTimes);
        requireSense(question, "decision", asked.decision(), ofActs);
        requireSense(question, "outcome", asked.outcome(), ofActs);
        requireSense(question, "what", asked.what(), ofActs);
        requireSense(question, "days", asked.days(), question == AuditQuestion.UNVERIFIED);
        return new AuditFilter(
                machine(question, asked.vm()),
                backup(question, asked.backup()),
                asked.since().map(text -> moment("since", text)),
                asked.until().map(text -> moment("until", text)),
                asked.caller(),
                asked.decision(),
                asked.outcome(),
                asked.what(),
                question == AuditQuestion.UNVERIFIED ? Optional.of(verifiedSince(asked.days())) : Optional.empty(),
                Callers.current().scope().restriction());
    }

    /** Whether its answer consists of acts; a decision and an outcome are of those alone. */
    public static boolean isOfActs(AuditQuestion question) {
        return switch (question) {
            case ACTS, DENIED, DELETIONS, RESTORES -> true;
            case MACHINE, BACKUP, FORCED_FULLS, UNVERIFIED -> false;
        };
    }

    /** A machine that is registered, or, by its id, one that was; what the caller does not reach is not there. */
    public MachineId machine(MachineName nameOrId) {
        return lookup.known(nameOrId).id();
    }

    private Optional<String> machine(AuditQuestion question, Optional<MachineName> vm) {
        if (question != AuditQuestion.MACHINE) {
            return vm.map(MachineName::value);
        }
        MachineName name = vm.orElseThrow(() -> missing("vm"));
        return Optional.of(machine(name).value());
    }

    private Optional<String> backup(AuditQuestion question, Optional<String> idOrPrefix) {
        return question == AuditQuestion.BACKUP
                ? Optional.of(lookup.backup(idOrPrefix.orElseThrow(() -> missing("backup")), "backup")
                        .id())
                : Optional.empty();
    }

    private Instant verifiedSince(Optional<QueryNumber> days) {
        long count =
                days.map(number -> (long) number.between(0, DAYS_MAX, "days")).orElse(DAYS_USUAL);
        return ids.now().minus(Duration.ofDays(count));
    }

    private static void requireSense(AuditQuestion question, String name, Optional<?> value, boolean makesSense) {
        if (value.isPresent() && !makesSense) {
            throw Refusal.parameter(
                    name, "'" + name + "' says nothing to the question '" + question.word() + "'", "Leave it out.");
        }
    }

    private static Refusal missing(String name) {
        return Refusal.parameter(
                name, "the question is about a " + name + ", and none is named", "Add '" + name + "'.");
    }

    /** Where a page begins. */
    public static AuditPlace place(String text) {
        return AuditPlace.parse(text)
                .orElseThrow(() -> Refusal.parameter(
                        "after",
                        "'after' is not a place in an answer",
                        "Send 'next' of the page before, as it was told."));
    }

    /** A moment in UTC. */
    public static Instant moment(String name, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException malformed) {
            Refusal refusal = Refusal.parameter(
                    name, "'" + name + "' is not a moment", "Write it in UTC, as 2026-11-22T12:00:00Z.");
            refusal.initCause(malformed);
            throw refusal;
        }
    }
}
