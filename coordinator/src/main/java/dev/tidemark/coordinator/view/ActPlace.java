package dev.tidemark.coordinator.view;

import dev.tidemark.coordinator.view.AuditQuestions.Order;
import java.util.List;
import java.util.Optional;

/**
 * Where acts lie: commands that were accepted are told by the log, tokens by their own entries, and the rest by a book of its own.
 *
 * <p>Which acts are meant is asked of one table, in the order of time, and only of those of the page what else is known of them: whoever
 * looks up the event and the machine of each of a million operations before he leaves nearly all of them out takes seconds.
 */
enum ActPlace {
    ACCEPTED("tidemark.audit_accepted_act", "tidemark.audit_accepted_search"),
    RECORDED("tidemark.audit_recorded_act"),
    TOKENS("tidemark.audit_token_act");

    static final String DELETIONS =
            "(act IN ('DELETE_BACKUP', 'DELETE_CHECKPOINT', 'REMOVE', 'MERGE_BACKUP', 'REVOKE_TOKEN')"
                    + " OR route LIKE 'DELETE %' OR route = 'POST /v1/backups/{backup}/merge')";
    static final String RESTORES = "(act IN ('RESTORE', 'EXPORT', 'END_EXPORT') OR route IN"
            + " ('POST /v1/vms/{vm}/restores', 'POST /v1/backups/{backup}/exports', 'POST /v1/exports/{export}/end'))";

    private final String acts;
    private final Optional<String> search;

    ActPlace(String acts) {
        this.acts = acts;
        this.search = Optional.empty();
    }

    ActPlace(String acts, String search) {
        this.acts = acts;
        this.search = Optional.of(search);
    }

    /**
     * Which acts are meant.
     *
     * @param machines those that the filter names, if it names any: an act is known by the machine's id
     */
    AuditConditions conditions(AuditQuestion question, AuditFilter filter, Optional<List<String>> machines) {
        AuditConditions conditions = new AuditConditions()
                .when(filter.since(), "at >= ?", 1)
                .when(filter.until(), "at < ?", 1)
                .caller(filter)
                .when(filter.decision(), "decision = ?", 1)
                .when(filter.outcome(), "outcome = ?", 1)
                .when(filter.backup(), "target = ?", 1)
                .when(
                        filter.machines(),
                        "vm_id IN (SELECT known.id FROM tidemark.vm known"
                                + " WHERE tidemark.is_reached(known.id, known.name, ?))",
                        1);
        machines.ifPresent(ids -> {
            if (ids.size() == 1) {
                // Of one machine they come in the order of time, and the rest is not read.
                conditions.add("vm_id = ?", ids.getFirst());
            } else {
                conditions.add("vm_id = ANY (?)", ids);
            }
        });
        filter.what().map(AuditConditions::pattern).ifPresent(pattern -> {
            // One look at all three, in small letters already, leaves little for the three that say exactly which.
            conditions.add("searched LIKE lower(?)", '%' + pattern + '%');
            conditions.add("(act ILIKE ? OR route ILIKE ? OR target ILIKE ?)", pattern, pattern, pattern);
        });
        return switch (question) {
            case ACTS -> conditions;
            case DENIED -> conditions.always("decision <> 'ALLOWED'");
            case DELETIONS -> conditions.always(DELETIONS);
            case RESTORES -> conditions.always(RESTORES);
            case MACHINE, BACKUP, FORCED_FULLS, UNVERIFIED ->
                throw new IllegalArgumentException(question + " is not answered by acts");
        };
    }

    /** The question, with a limit behind the values of the conditions. */
    String question(AuditConditions conditions, Order order) {
        String inTime = " ORDER BY at" + order.word() + ", place COLLATE \"C\"" + order.word();
        return search.map(narrow -> "SELECT * FROM " + acts + " WHERE place IN (SELECT place FROM " + narrow
                        + conditions.text() + inTime + " LIMIT ?)" + inTime)
                .orElseGet(() -> "SELECT * FROM " + acts + conditions.text() + inTime + " LIMIT ?");
    }
}
