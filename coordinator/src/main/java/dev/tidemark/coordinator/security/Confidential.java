package dev.tidemark.coordinator.security;

import dev.tidemark.schema.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What opens an NBD export to whoever knows it, in the log and in answers: for callers who may read what machines and backups hold, and
 * for nobody else. It is taken out where answers leave, by the names of the members, so that no route can forget it.
 */
public final class Confidential {
    private static final Set<String> MEMBERS = Set.of("exportKey", "uri");

    /** Where a copy lies that is in no repository: also in the middle of a sentence. */
    private static final Pattern ADDRESS = Pattern.compile("nbds?(\\+unix)?:/[^\\s\"',;()]*");

    private static final String NOT_SHOWN = "nbd:(not shown)";

    private Confidential() {}

    /** The document with null in place of what is confidential; it is changed itself. */
    public static JsonNode blank(JsonNode document) {
        switch (document) {
            case ObjectNode object -> {
                for (Map.Entry<String, JsonNode> member : List.copyOf(object.properties())) {
                    if (MEMBERS.contains(member.getKey())) {
                        object.putNull(member.getKey());
                    } else if (member.getValue().isString()) {
                        object.put(member.getKey(), withoutAddresses(member.getValue()));
                    } else {
                        blank(member.getValue());
                    }
                }
            }
            case ArrayNode array -> {
                for (int index = 0; index < array.size(); index++) {
                    if (array.get(index).isString()) {
                        array.set(index, withoutAddresses(array.get(index)));
                    } else {
                        blank(array.get(index));
                    }
                }
            }
            default -> {
                // A value has no members.
            }
        }
        return document;
    }

    private static String withoutAddresses(JsonNode text) {
        return withoutAddresses(text.stringValue());
    }

    /** A text for readers, without the addresses in it. */
    public static String withoutAddresses(String text) {
        return ADDRESS.matcher(text).replaceAll(NOT_SHOWN);
    }

    /** The same of a text; one that holds nothing confidential stays as it is, to the letter. */
    public static String blank(String json) {
        // What is stored was written by our own mapper, which escapes no letters: a name cannot hide.
        return MEMBERS.stream().anyMatch(json::contains)
                        || ADDRESS.matcher(json).find()
                ? Json.MAPPER.writeValueAsString(blank(Json.MAPPER.readTree(json)))
                : json;
    }
}
