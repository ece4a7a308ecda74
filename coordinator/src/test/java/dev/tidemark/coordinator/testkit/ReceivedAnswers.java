package dev.tidemark.coordinator.testkit;

import dev.tidemark.schema.json.Json;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which of the documented answers the tests of this process have received: each operation with its status, as {@code GET /v1/vms 200}, a
 * refusal with its code too, as {@code GET /v1/vms/{vm} 404 VM_NOT_FOUND}; and what was refused where no operation is, as
 * {@code 404 ROUTE_NOT_FOUND}.
 */
public final class ReceivedAnswers {
    private static final int FIRST_REFUSAL = 400;
    private static final Set<String> RECEIVED = ConcurrentHashMap.newKeySet();

    private ReceivedAnswers() {}

    static void note(String method, String path, Contract.Answer answer) {
        Optional<String> operation = Contract.published().operation(method, path);
        if (answer.status() < FIRST_REFUSAL) {
            operation.ifPresent(known -> RECEIVED.add(known + " " + answer.status()));
        } else if (!method.equals("HEAD")) {
            String code = Json.MAPPER.readTree(answer.text()).path("code").asString("");
            RECEIVED.add(operation.map(known -> known + " ").orElse("") + answer.status() + " " + code);
        }
    }

    /** As if nothing had been received yet. */
    public static void forget() {
        RECEIVED.clear();
    }

    /** All since then. */
    public static Set<String> all() {
        return new TreeSet<>(RECEIVED);
    }
}
