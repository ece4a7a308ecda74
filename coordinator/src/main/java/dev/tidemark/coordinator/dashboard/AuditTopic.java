package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.AuditQuestion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an auditor can ask on the page: the prepared questions, and the chain as of a time. */
public enum AuditTopic {
    ACTS("All acts", "Everything that was asked of the coordinator."),
    DENIED("Denied", "What was denied, refused by a rule, did not make sense or failed."),
    DELETIONS("Deletions", "Who deleted what, and who tried."),
    RESTORES("Restores", "Restores and exports, and attempts that failed or were not allowed."),
    FORCED_FULLS("Forced fulls", "Every disk that was copied in full though an incremental was wanted, and why."),
    UNVERIFIED("Not verified", "Machines without a restore point that was verified in so many days: 30 if not given."),
    MACHINE("A machine", "What happened to a machine, to the last detail; also to one that was removed, by its id."),
    BACKUP("A backup", "What happened to a backup, from the request to the deletion."),
    CHAIN("A chain then", "A machine's chains as of a moment, worked out again from the log.");

    /** What can be asked for. */
    public enum Field {
        CALLER("Who", "token:nightly, or *ight*"),
        WHAT("What", "backup, or delete_*"),
        VM("Machine", "name or id"),
        BACKUP("Backup", "its id, or 6 letters of it"),
        SINCE("From (UTC)", "2026-11-22 12:00"),
        UNTIL("Until (UTC)", "2026-11-22 12:00"),
        AT("As of (UTC)", "2026-11-22 12:00"),
        DECISION("Decision", ""),
        OUTCOME("Outcome", ""),
        DAYS("Days", "30");

        private final String label;
        private final String hint;

        Field(String label, String hint) {
            this.label = label;
            this.hint = hint;
        }

        /** As it is written in addresses. */
        public String parameter() {
            return name().toLowerCase(Locale.ROOT);
        }

        public String label() {
            return label;
        }

        public String hint() {
            return hint;
        }

        /** What can be chosen; nothing where something is written. */
        public List<String> choices() {
            return switch (this) {
                case DECISION -> List.of("ALLOWED", "DENIED", "REFUSED", "INVALID", "FAILED");
                case OUTCOME -> List.of("PENDING", "RUNNING", "UNKNOWN", "DONE", "FAILED");
                case CALLER, WHAT, VM, BACKUP, SINCE, UNTIL, AT, DAYS -> List.of();
            };
        }
    }

    private final String title;
    private final String meaning;

    AuditTopic(String title, String meaning) {
        this.title = title;
        this.meaning = meaning;
    }

    /** As it is written in addresses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<AuditTopic> named(String word) {
        return Arrays.stream(values())
                .filter(topic -> topic.word().equals(word))
                .findFirst();
    }

    public String title() {
        return title;
    }

    public String meaning() {
        return meaning;
    }

    /** Empty for the chain, whose answer has no rows. */
    Optional<AuditQuestion> question() {
        return AuditQuestion.named(word());
    }

    /** In the order of the form. */
    public List<Field> fields() {
        return switch (this) {
            case ACTS, DELETIONS, RESTORES, DENIED ->
                List.of(Field.CALLER, Field.WHAT, Field.VM, Field.SINCE, Field.UNTIL, Field.DECISION, Field.OUTCOME);
            case FORCED_FULLS -> List.of(Field.CALLER, Field.VM, Field.SINCE, Field.UNTIL);
            case UNVERIFIED -> List.of(Field.DAYS, Field.VM);
            case MACHINE -> List.of(Field.VM, Field.CALLER, Field.SINCE, Field.UNTIL);
            case BACKUP -> List.of(Field.BACKUP, Field.CALLER, Field.SINCE, Field.UNTIL);
            case CHAIN -> List.of(Field.VM, Field.AT);
        };
    }

    /** Whether there is no answer without it. */
    public boolean requires(Field field) {
        return switch (this) {
            case MACHINE -> field == Field.VM;
            case BACKUP -> field == Field.BACKUP;
            case CHAIN -> true;
            case ACTS, DELETIONS, RESTORES, DENIED, FORCED_FULLS, UNVERIFIED -> false;
        };
    }
}
