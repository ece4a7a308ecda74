package dev.tidemark.coordinator.drill.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** What a scheduler asks the coordinator about one machine, under the name that it has at present. */
final class Client {
    private static final Duration OPERATION_MAX = Duration.ofMinutes(10);
    private static final int LONG_POLL_SECONDS = 5;

    private final Wire wire;
    private final Tally tally;
    private final String vm;
    private String vmId = "";

    Client(Wire wire, Tally tally, String vm) {
        this.wire = wire;
        this.tally = tally;
        this.vm = vm;
    }

    /** An operation that did not end, or an acknowledged one that is not known any more. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;
        private final Findings.Kind kind;

        Broken(Findings.Kind kind, String message) {
            super(message);
            this.kind = kind;
        }

        Findings.Kind kind() {
            return kind;
        }
    }

    String vm() {
        return vm;
    }

    String vmId() {
        return vmId;
    }

    String path(String rest) {
        return "vms/" + vm + rest;
    }

    void register(QemuUnderTest qemu, String host) throws Refused, Wire.Silent, Broken, InterruptedException {
        JsonNode operation =
                wire.post("vms", Map.of("name", vm, "qmp", qemu.qmpSocket().toString(), "host", host));
        ended(operation);
        vmId = wire.get(path("")).path("id").asString("");
    }

    /** Lets the machine go; its bitmaps go or stay. */
    boolean remove(boolean keepBitmaps) throws Refused, Wire.Silent, Broken, InterruptedException {
        return isDone(ended(wire.delete(path("?keepBitmaps=" + keepBitmaps))));
    }

    JsonNode start(String what, Map<String, ?> body) throws Refused, Wire.Silent, InterruptedException {
        return wire.post(path("/" + what), body);
    }

    JsonNode deleteCheckpoint(String id) throws Refused, Wire.Silent, InterruptedException {
        return wire.delete(path("/checkpoints/" + id));
    }

    JsonNode verify(String backup) throws Refused, Wire.Silent, InterruptedException {
        return wire.post("backups/" + backup + "/verify", Map.of());
    }

    JsonNode merge(String backup, boolean everything) throws Refused, Wire.Silent, InterruptedException {
        return wire.post("backups/" + backup + "/merge", Map.of("full", everything));
    }

    JsonNode deleteBackup(String backup) throws Refused, Wire.Silent, InterruptedException {
        return wire.delete("backups/" + backup);
    }

    JsonNode backup(String id) throws Refused, Wire.Silent, InterruptedException {
        return wire.get("backups/" + id);
    }

    List<String> checkpoints() throws Refused, Wire.Silent, InterruptedException {
        List<String> ids = new ArrayList<>();
        for (JsonNode checkpoint : wire.get(path("/checkpoints")).path("checkpoints")) {
            ids.add(checkpoint.path("id").asString(""));
        }
        return ids;
    }

    List<String> completedBackups() throws Refused, Wire.Silent, InterruptedException {
        List<String> ids = new ArrayList<>();
        for (JsonNode backup : wire.get(path("/backups")).path("backups")) {
            if (backup.path("state").asString("").equals("COMPLETED")) {
                ids.add(backup.path("id").asString(""));
            }
        }
        return ids;
    }

    JsonNode chain() throws Refused, Wire.Silent, InterruptedException {
        return wire.get(path("/chain"));
    }

    /** The whole log of the machine, page by page. */
    List<JsonNode> events() throws Refused, Wire.Silent, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        long after = 0;
        while (true) {
            JsonNode page = wire.get("vms/" + (vmId.isEmpty() ? vm : vmId) + "/events?limit=1000&after=" + after)
                    .path("events");
            if (page.isEmpty()) {
                return all;
            }
            for (JsonNode event : page) {
                all.add(event);
                after = event.path("version").asLong(0);
            }
        }
    }

    /** Bitmaps of ours that the log says are kept apart. */
    Predicate<String> quarantine() throws Refused, Wire.Silent, InterruptedException {
        List<JsonNode> drift = events().stream()
                .filter(event -> event.path("type").asString("").startsWith("drift-found."))
                .map(event -> event.path("data"))
                .filter(data -> data.path("action").asString("").equals("QUARANTINED"))
                .toList();
        return bitmap -> drift.stream()
                .anyMatch(data -> data.path("subject").asString("").equals(bitmap));
    }

    /** Whether the machine is seen, nothing is under way, and a look finds what the log says. */
    boolean isConverged() throws Wire.Silent, InterruptedException {
        try {
            JsonNode look = wire.post(path("/reconciliation"), Map.of());
            JsonNode machine = wire.get(path(""));
            return look.path("converged").asBoolean(false)
                    && machine.path("pending").isNull()
                    && machine.path("state").asString("").equals("UP");
        } catch (Refused notNow) {
            tally.count("look refused " + notNow.code());
            return false;
        }
    }

    /** How an operation stands now; holds the answer for so many seconds. */
    JsonNode look(JsonNode operation, int waitSeconds) throws Broken, Wire.Silent, InterruptedException {
        String id = operation.path("id").asString("");
        try {
            return wire.get("operations/" + id + "?wait=" + waitSeconds);
        } catch (Refused unknown) {
            throw new Broken(
                    Findings.Kind.LOST, "acknowledged operation " + id + " is not known: " + unknown.getMessage());
        }
    }

    static boolean hasEnded(JsonNode operation) {
        String state = operation.path("state").asString("");
        // A registration that cannot see its machine shows that as a failure, and goes on.
        boolean waiting = operation.path("endedAt").isNull();
        return state.equals("DONE") || (state.equals("FAILED") && !waiting);
    }

    static boolean isDone(JsonNode operation) {
        return operation.path("state").asString("").equals("DONE");
    }

    JsonNode ended(JsonNode operation) throws Broken, Wire.Silent, InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            JsonNode now = look(operation, LONG_POLL_SECONDS);
            if (hasEnded(now)) {
                return concluded(now, begin);
            }
            patience(now, begin);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Counted once for each operation, when its end was seen. */
    JsonNode concluded(JsonNode now, long begin) {
        String kind = now.path("kind").asString("");
        tally.took("operation", (System.nanoTime() - begin) / 1e9);
        tally.count(
                isDone(now)
                        ? "done " + kind
                        : "failed " + kind + " " + now.path("code").asString(""));
        return now;
    }

    /** Faults go on meanwhile, so this is long; how fast a machine converges without them is judged in a calm. */
    void patience(JsonNode now, long begin) throws Broken {
        if (System.nanoTime() - begin > OPERATION_MAX.toNanos()) {
            throw new Broken(
                    Findings.Kind.STUCK,
                    "no end of operation after " + OPERATION_MAX.toSeconds() + " s: "
                            + new LinkedHashMap<>(Map.of("operation", now)));
        }
    }
}
