package dev.tidemark.gateway.qmp;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Commands → bytes, each with an id that its session never uses again. The only place where bytes for a QEMU are made, and so the gate. */
final class CommandEncoder {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final AtomicLong lastId = new AtomicLong();
    private final ReachablePlaces places;

    CommandEncoder(ReachablePlaces places) {
        this.places = places;
    }

    static ObjectNode noArguments() {
        return JsonNodeFactory.instance.objectNode();
    }

    /**
     * Makes the bytes of a command.
     *
     * @throws ForbiddenCommand if {@link AllowedCommands} does not know it
     */
    PendingCommand encode(String name, ObjectNode arguments) {
        AllowedCommands.require(name, arguments, places);
        long id = lastId.incrementAndGet();
        ObjectNode message = JsonNodeFactory.instance.objectNode().put("execute", name);
        if (!arguments.isEmpty()) {
            message.set("arguments", arguments);
        }
        message.put("id", id);
        byte[] json;
        try {
            json = MAPPER.writeValueAsBytes(message);
        } catch (JacksonException unencodable) {
            throw new IllegalArgumentException(name + " cannot be written as JSON", unencodable);
        }
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return new PendingCommand(id, name, line);
    }
}
