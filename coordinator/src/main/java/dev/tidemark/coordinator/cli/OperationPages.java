package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Documents;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Operations, what came of them, and what would come of them. */
final class OperationPages {
    private OperationPages() {}

    /** What an operation is about, and what is therefore shown when it has ended. */
    enum Subject {
        MACHINE,
        CHECKPOINT,
        BACKUP,
        RESTORE,
        EXPORT,
        NONE
    }

    static Subject subject(JsonNode operation) {
        return switch (operation.path("kind").asString("")) {
            case "REGISTER" -> Subject.MACHINE;
            case "CREATE_CHECKPOINT", "DELETE_CHECKPOINT" -> Subject.CHECKPOINT;
            case "BACKUP",
                    "ABORT_BACKUP",
                    "FINISH_BACKUP",
                    "CHANGE_SPEED",
                    "VERIFY",
                    "DELETE_BACKUP",
                    "MERGE_BACKUP",
                    "PROTECT_BACKUP",
                    "UNPROTECT_BACKUP" -> Subject.BACKUP;
            case "RESTORE" -> Subject.RESTORE;
            case "EXPORT", "END_EXPORT" -> Subject.EXPORT;
            default -> Subject.NONE;
        };
    }

    /** An export has the id of the operation that asked for it. */
    static String export(JsonNode operation) {
        return operation
                .path(operation.path("kind").asString("").equals("EXPORT") ? "id" : "target")
                .asString("");
    }

    static Page operation(JsonNode operation) {
        return new Page()
                .fields(new Fields()
                        .field("operation", Cell.text(operation, "id"))
                        .field("kind", Cell.text(operation, "kind"))
                        .field("vm", Cell.text(operation, "vm"))
                        .field("state", Cell.text(operation, "state"))
                        .fieldIfAny("waits for", Cell.text(operation, "waitsFor"))
                        .fieldIfAny("stands still", Cell.standsStill(operation))
                        .fieldIfAny("target", Cell.text(operation, "target"))
                        .fieldIfAny("code", Cell.text(operation, "code"))
                        .fieldIfAny("error", Cell.text(operation, "error"))
                        .fieldIfAny("started", Cell.time(operation, "startedAt"))
                        .fieldIfAny("ended", Cell.time(operation, "endedAt")));
    }

    /** What came of an operation. */
    static Page outcome(JsonNode operation, JsonNode outcome) {
        return switch (subject(operation)) {
            case MACHINE -> VmPages.one(outcome);
            case CHECKPOINT -> CheckpointPages.one(outcome);
            case BACKUP -> BackupPages.one(outcome);
            case RESTORE -> BackupPages.restore(outcome);
            case EXPORT -> ExportPages.one(outcome);
            case NONE -> operation(operation);
        };
    }

    static Page decision(JsonNode decision) {
        Page page = new Page()
                .fields(new Fields()
                        .field("decision", Cell.text(decision, "decision") + " (dry run, nothing was done)"));
        explanation(page, decision);
        List<JsonNode> events = Cell.list(decision, "events");
        if (!events.isEmpty()) {
            page.gap().line("events");
            events.forEach(event -> page.line("- " + Cell.text(event, "type")));
        }
        return transaction(page, decision);
    }

    static void explanation(Page page, JsonNode document) {
        Cell.list(document, "explanation").forEach(line -> page.line("- " + line.asString("")));
    }

    /** The QMP transaction to the letter, so that it can be compared with QEMU's documentation. */
    static Page transaction(Page page, JsonNode document) {
        JsonNode transaction = document.path("transaction");
        if (!transaction.isObject()) {
            return page.gap().line("transaction: none is needed");
        }
        return page.gap()
                .line("transaction")
                .verbatim(Documents.json(transaction).lines().toList());
    }
}
