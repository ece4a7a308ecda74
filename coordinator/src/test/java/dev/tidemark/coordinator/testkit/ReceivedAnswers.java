package dev.tidemark.coordinator.testkit;

import dev.tidemark.schema.json.Json;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which of the documented answers the tests of this process have received: each operation with each status, as {@code GET /v1/vms 200}, and
 * each status with each code of a problem, as {@code 404 VM_NOT_FOUND}.
 */
public final class ReceivedAnswers {
    private static final Set<String> RECEIVED = ConcurrentHashMap.newKeySet();

    private ReceivedAnswers() {}

    static void note(String method, String path, Contract.Answer answer) {
        Contract.published()
                .operation(method, path)
                .ifPresent(operation -> RECEIVED.add(operation + " " + answer.status()));
        if (answer.status() >= 400 && !method.equals("HEAD")) {
            RECEIVED.add(answer.status() + " "
                    + Json.MAPPER.readTree(answer.text()).path("code").asString(""));
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
