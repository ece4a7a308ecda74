package dev.tidemark.gateway.qmp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** What a QEMU says of its own commands ({@code query-qmp-schema}), and whether a command fits that. */
final class QmpSchema {
    private final Map<String, JsonNode> entities = new HashMap<>();

    QmpSchema(JsonNode answer) {
        answer.forEach(entity -> entities.put(entity.get("name").stringValue(), entity));
    }

    List<String> commands() {
        return entities.values().stream()
                .filter(entity -> entity.get("meta-type").stringValue().equals("command"))
                .map(entity -> entity.get("name").stringValue())
                .sorted()
                .toList();
    }

    boolean knows(String command) {
        return entities.containsKey(command)
                && entity(command).get("meta-type").stringValue().equals("command");
    }

    /** What is wrong with a command, as this QEMU sees it; empty if nothing is. */
    List<String> misfits(String command, JsonNode arguments) {
        List<String> found = new ArrayList<>();
        check(entity(command).get("arg-type").stringValue(), arguments, command, found);
        return found;
    }

    private void check(String type, JsonNode value, String at, List<String> found) {
        JsonNode entity = entity(type);
        switch (entity.get("meta-type").stringValue()) {
            case "builtin" -> expect(isBuiltin(entity.get("json-type").stringValue(), value), at, found);
            case "enum" ->
                expect(
                        value.isString()
                                && entity.get("values")
                                        .valueStream()
                                        .anyMatch(word -> word.stringValue().equals(value.stringValue())),
                        at,
                        found);
            case "array" -> {
                expect(value.isArray(), at, found);
                value.forEach(entry -> check(entity.get("element-type").stringValue(), entry, at + "[]", found));
            }
            case "alternate" -> {
                boolean any = false;
                List<String> best = new ArrayList<>();
                for (JsonNode member : entity.get("members")) {
                    List<String> wrong = new ArrayList<>();
                    check(member.get("type").stringValue(), value, at, wrong);
                    any |= wrong.isEmpty();
                    best = best.isEmpty() || wrong.size() < best.size() ? wrong : best;
                }
                if (!any) {
                    found.addAll(best);
                }
            }
            case "object" -> checkObject(entity, value, at, found);
            default -> found.add(at + " is of type " + type);
        }
    }

    private JsonNode entity(String name) {
        return Objects.requireNonNull(entities.get(name), name);
    }

    private void checkObject(JsonNode entity, JsonNode value, String at, List<String> found) {
        if (!value.isObject()) {
            found.add(at + " is no object");
            return;
        }
        Map<String, JsonNode> members = members(entity, value);
        value.properties().forEach(given -> {
            JsonNode member = members.get(given.getKey());
            if (member == null) {
                found.add(at + " has a member '" + given.getKey() + "'");
            } else {
                check(member.get("type").stringValue(), given.getValue(), at + "." + given.getKey(), found);
            }
        });
        members.forEach((name, member) -> {
            if (!member.has("default") && !value.has(name)) {
                found.add(at + " lacks '" + name + "'");
            }
        });
    }

    private Map<String, JsonNode> members(JsonNode entity, JsonNode value) {
        Map<String, JsonNode> members = new HashMap<>();
        entity.get("members").forEach(member -> members.put(member.get("name").stringValue(), member));
        if (entity.has("tag")) {
            String told = value.path(entity.get("tag").stringValue()).asString("");
            entity.get("variants").forEach(variant -> {
                if (variant.get("case").stringValue().equals(told)) {
                    members.putAll(members(entity(variant.get("type").stringValue()), value));
                }
            });
        }
        return members;
    }

    private static boolean isBuiltin(String kind, JsonNode value) {
        return switch (kind) {
            case "string" -> value.isString();
            case "number" -> value.isNumber();
            case "int" -> value.isIntegralNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "value" -> true;
            default -> false;
        };
    }

    private static void expect(boolean holds, String at, List<String> found) {
        if (!holds) {
            found.add(at + " is of another kind");
        }
    }
}
