package dev.tidemark.coordinator.view;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What auditors ask; each is a view in the database, too (migration V2_23_1, docs/audit.md). */
public enum AuditQuestion {
    /** Everything that was asked of the coordinator. */
    ACTS,
    /** What was denied, refused, or did not make sense. */
    DENIED,
    /** Who deleted what, and who tried. */
    DELETIONS,
    /** Restores and exports, and attempts that failed or were not allowed. */
    RESTORES,
    /** A machine's events. */
    MACHINE,
    /** A backup's events, from the request to the deletion. */
    BACKUP,
    /** Every full that should have been an incremental, and why. */
    FORCED_FULLS,
    /** Machines without a restore point that was verified lately. */
    UNVERIFIED;

    /** As it is written in addresses and on command lines. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What its answer consists of. */
    public Class<? extends AuditRow> rows() {
        return switch (this) {
            case ACTS, DENIED, DELETIONS, RESTORES -> AuditRow.Act.class;
            case MACHINE, BACKUP -> AuditRow.Event.class;
            case FORCED_FULLS -> AuditRow.ForcedFull.class;
            case UNVERIFIED -> AuditRow.Unverified.class;
        };
    }

    public static Optional<AuditQuestion> named(String word) {
        return Arrays.stream(values())
                .filter(question -> question.word().equals(word))
                .findFirst();
    }
}
