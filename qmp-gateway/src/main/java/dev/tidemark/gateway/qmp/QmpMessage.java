package dev.tidemark.gateway.qmp;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** One line from QEMU. The four kinds are all that the protocol has (QEMU docs/interop/qmp-spec, section 2). */
sealed interface QmpMessage permits QmpMessage.Greeting, QmpMessage.Reply, QmpEvent {

    /** The first line of a connection. */
    record Greeting(QemuVersion version, Set<String> capabilities) implements QmpMessage {}

    /** The answer to the command with this id; ids are the numbers that this client made. */
    sealed interface Reply extends QmpMessage permits Success, Failure {
        long id();
    }

    /** The command was executed. */
    record Success(long id, JsonNode value) implements Reply {}

    /** The command was refused. */
    record Failure(long id, String errorClass, String description) implements Reply {}
}
