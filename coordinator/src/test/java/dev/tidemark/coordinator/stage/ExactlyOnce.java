package dev.tidemark.coordinator.stage;

import dev.tidemark.coordinator.stage.Acknowledged.Kind;
import dev.tidemark.schema.json.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Judges that each command that was acknowledged was done, once: in the log, in what was sent to QEMU, in what QEMU holds and in the
 * repository. And that nothing else was: what nobody was told of may be a command that was done a second time.
 */
final class ExactlyOnce {
    private static final List<String> BAD = List.of("chain-broken.", "drift-found.", "operation-in-doubt.");

    private final List<Acknowledged> acknowledged;
    private final Evidence evidence;
    private final List<Row> rows;
    private final List<String> findings = new ArrayList<>();

    private record Row(String type, JsonNode payload) {
        /** As {@code LogRows} gives it: who, which, the how manieth, what type, what. */
        static Row of(String text) {
            String[] words = text.split(" ", 5);
            return new Row(words[3], Json.MAPPER.readTree(words[4]));
        }

        String text(String member) {
            return payload.path(member).asString("");
        }
    }

    private ExactlyOnce(List<Acknowledged> acknowledged, Evidence evidence) {
        this.acknowledged = acknowledged;
        this.evidence = evidence;
        this.rows = evidence.log().stream().map(Row::of).toList();
    }

    /** What is wrong. */
    static List<String> findings(List<Acknowledged> acknowledged, Evidence evidence) {
        ExactlyOnce judged = new ExactlyOnce(acknowledged, evidence);
        judged.log();
        judged.bitmaps();
        judged.commands();
        judged.directories();
        return List.copyOf(judged.findings);
    }

    private void log() {
        Set<String> backups = rows.stream()
                .filter(row -> Kind.BACKUP.isIntent(row.type()))
                .map(row -> row.text("operation"))
                .collect(Collectors.toSet());
        for (Kind kind : Kind.values()) {
            Map<String, Integer> intents = new HashMap<>();
            Map<String, Integer> conclusions = new HashMap<>();
            for (Row row : rows) {
                String operation = row.text("operation");
                if (kind.isIntent(row.type())) {
                    intents.merge(operation, 1, Integer::sum);
                } else if (kind.isConclusion(row.type()) && (kind == Kind.BACKUP || !backups.contains(operation))) {
                    // A backup makes a checkpoint, of which the log tells beside it.
                    conclusions.merge(operation, 1, Integer::sum);
                }
            }
            Map<String, Integer> wanted = of(kind, Acknowledged::operation);
            compare(kind + " intents in the log", wanted, intents);
            compare(kind + " conclusions in the log", wanted, conclusions);
        }
        rows.stream()
                .filter(row -> BAD.stream().anyMatch(row.type()::startsWith)
                        || row.type().contains("-failed."))
                .forEach(row -> findings.add("the log has " + row));
    }

    private void bitmaps() {
        List<String> wanted = new ArrayList<>(checkpoints());
        acknowledged.stream().filter(one -> one.kind() == Kind.DELETE).forEach(one -> wanted.remove(one.target()));
        List<String> held = evidence.bitmaps().stream()
                .filter(name -> name.startsWith("tm-"))
                .map(name -> name.substring("tm-".length()))
                .sorted()
                .toList();
        Collections.sort(wanted);
        if (!wanted.equals(held)) {
            findings.add("QEMU holds the bitmaps " + held + ", and those of what was acknowledged are " + wanted);
        }
    }

    private void commands() {
        Map<String, Integer> wanted = new TreeMap<>();
        checkpoints().forEach(checkpoint -> wanted.put("block-dirty-bitmap-add tm-" + checkpoint, 1));
        for (Acknowledged one : acknowledged) {
            if (one.kind() == Kind.BACKUP) {
                wanted.put("blockdev-backup tm-" + one.operation() + "-0", 1);
            } else if (one.kind() == Kind.DELETE) {
                wanted.put("block-dirty-bitmap-remove tm-" + one.target(), 1);
            }
        }
        Map<String, Integer> sent = new TreeMap<>();
        for (String command : evidence.commands()) {
            for (JsonNode action :
                    Json.MAPPER.readTree(command).path("arguments").path("actions")) {
                JsonNode data = action.path("data");
                String name = data.path("job-id").asString(data.path("name").asString(""));
                String type = action.path("type").asString("");
                if (!name.startsWith("tm-tmp-")
                        && Set.of("block-dirty-bitmap-add", "block-dirty-bitmap-remove", "blockdev-backup")
                                .contains(type)) {
                    sent.merge(type + " " + name, 1, Integer::sum);
                }
            }
        }
        compare("actions that QEMU was given", wanted, sent);
    }

    private void directories() {
        Set<String> wanted = of(Kind.BACKUP, Acknowledged::target).keySet();
        Set<String> there = new TreeSet<>(evidence.directories());
        if (!there.equals(new TreeSet<>(wanted))) {
            findings.add("the repository has " + there + ", and acknowledged are " + new TreeSet<>(wanted));
        }
    }

    /** Those that were ever made for what was acknowledged: on their own, or with a backup. */
    private List<String> checkpoints() {
        Set<String> operations =
                acknowledged.stream().map(Acknowledged::operation).collect(Collectors.toSet());
        List<String> checkpoints = new ArrayList<>();
        for (Row row : rows) {
            if (Kind.BACKUP.isIntent(row.type()) && operations.contains(row.text("operation"))) {
                String checkpoint = row.payload().path("checkpoint").path("id").asString("");
                if (!checkpoint.isEmpty()) {
                    checkpoints.add(checkpoint);
                }
            }
        }
        acknowledged.stream().filter(one -> one.kind() == Kind.CREATE).forEach(one -> checkpoints.add(one.target()));
        return checkpoints;
    }

    private Map<String, Integer> of(Kind kind, Function<Acknowledged, String> member) {
        return acknowledged.stream()
                .filter(one -> one.kind() == kind)
                .collect(Collectors.toMap(member, one -> 1, Integer::sum, TreeMap::new));
    }

    private void compare(String what, Map<String, Integer> wanted, Map<String, Integer> found) {
        Set<String> all = new TreeSet<>(wanted.keySet());
        all.addAll(found.keySet());
        for (String one : all) {
            int times = found.getOrDefault(one, 0);
            if (times != wanted.getOrDefault(one, 0)) {
                findings.add(what + ": " + one + " is there " + times + " times, and was acknowledged "
                        + wanted.getOrDefault(one, 0) + " times");
            }
        }
    }
}
