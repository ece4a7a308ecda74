package dev.tidemark.coordinator.cli;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** How to go on with an operation that nobody waits for any more. */
final class OperationHints {
    private OperationHints() {}

    /** The commands to go on with, the most useful one first. */
    static List<String> commands(JsonNode operation) {
        String id = operation.path("id").asString("");
        String vm = operation.path("vm").asString("");
        String target = operation.path("target").asString("");
        return switch (operation.path("kind").asString("")) {
            case "BACKUP" -> List.of("tidemark backup watch " + target, "tidemark backup abort " + target);
            case "EXPORT", "END_EXPORT" -> List.of("tidemark export show " + OperationPages.export(operation));
            case "CREATE_CHECKPOINT" -> List.of("tidemark checkpoint show " + vm + " " + target);
            case "DELETE_CHECKPOINT" -> List.of("tidemark checkpoint list " + vm);
            case "CHANGE_RETENTION" -> List.of("tidemark retention show " + vm);
            case "REGISTER" -> List.of("tidemark vm show " + vm);
            case "REMOVE" -> List.of("tidemark vm list");
            case "ABORT_BACKUP",
                    "FINISH_BACKUP",
                    "CHANGE_SPEED",
                    "DELETE_BACKUP",
                    "MERGE_BACKUP",
                    "PROTECT_BACKUP",
                    "UNPROTECT_BACKUP" -> List.of("tidemark backup show " + target);
            case "VERIFY", "RESTORE" -> List.of("tidemark backup watch " + id, "tidemark backup abort " + id);
            default -> List.of("tidemark backup watch " + id);
        };
    }

    /** Said when Ctrl-C ends a wait. */
    static List<String> afterInterrupt(JsonNode operation) {
        return List.of(
                "interrupted: operation " + operation.path("id").asString("") + " goes on without this command",
                "to go on: " + String.join(", or ", commands(operation)));
    }

    /** Said when Ctrl-C comes before the coordinator's answer. */
    static List<String> beforeAnswer(String lookCommand) {
        return List.of(
                "interrupted before the coordinator answered: whether it took the request is unknown",
                "to look: " + lookCommand);
    }
}
