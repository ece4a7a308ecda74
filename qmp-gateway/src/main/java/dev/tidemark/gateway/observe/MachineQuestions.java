package dev.tidemark.gateway.observe;

import dev.tidemark.gateway.qmp.QmpCommand.Query;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.gateway.qmp.QmpSession;
import dev.tidemark.schema.event.MachineFacts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a machine says of the command line with which it was started. It decides nothing, so that whatever this QEMU cannot be asked,
 * or refuses to say, is left out. What may be plugged in while it runs is asked with every look, the rest once.
 */
final class MachineQuestions {
    private static final String NO_UUID = "00000000-0000-0000-0000-000000000000";
    private static final List<Query> ONCE = List.of(Query.MACHINE_TYPE, Query.NAME, Query.UUID, Query.KVM);
    private static final List<Query> ALWAYS = List.of(Query.PROCESSORS, Query.MEMORY);

    private final MachineFacts once;
    private final List<Query> always;

    private MachineQuestions(MachineFacts once, List<Query> always) {
        this.once = once;
        this.always = always;
    }

    static MachineQuestions of(QmpSession session, Duration timeout, Set<String> commands)
            throws QmpException, UnusableReply {
        Optional<String> type = Optional.empty();
        Optional<String> name = Optional.empty();
        Optional<String> uuid = Optional.empty();
        Optional<Boolean> kvm = Optional.empty();
        for (Query query : ONCE) {
            if (!commands.contains(query.wireName())) {
                continue;
            }
            JsonNode answer;
            try {
                answer = session.execute(query, timeout);
            } catch (QmpRefused silent) {
                continue;
            }
            Reply reply = new Reply(query.wireName(), answer);
            switch (query) {
                case MACHINE_TYPE -> type = Optional.of(reply.asText());
                case NAME -> name = reply.optionalText("name");
                case UUID -> uuid = reply.optionalText("UUID").filter(text -> !text.equals(NO_UUID));
                default -> kvm = Optional.of(reply.flag("enabled"));
            }
        }
        return new MachineQuestions(
                new MachineFacts(type, name, uuid, kvm, OptionalLong.empty(), OptionalLong.empty()),
                ALWAYS.stream()
                        .filter(query -> commands.contains(query.wireName()))
                        .toList());
    }

    /** To be asked with every look. */
    List<Query> always() {
        return always;
    }

    /** With the answers of a look. */
    MachineFacts facts(Map<Query, Reply> answers) throws UnusableReply {
        Reply processors = answers.get(Query.PROCESSORS);
        Reply memory = answers.get(Query.MEMORY);
        return new MachineFacts(
                once.type(),
                once.name(),
                once.uuid(),
                once.kvm(),
                processors == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(processors.elements().size()),
                memory == null ? OptionalLong.empty() : OptionalLong.of(bytes(memory)));
    }

    private static long bytes(Reply memory) throws UnusableReply {
        long base = memory.number("base-memory");
        long plugged = memory.optional("plugged-memory").isPresent() ? memory.number("plugged-memory") : 0;
        if (plugged > Long.MAX_VALUE - base) {
            throw UnusableReply.malformed(memory.where(), "adds up to more than 2^63 - 1 bytes");
        }
        return base + plugged;
    }
}
