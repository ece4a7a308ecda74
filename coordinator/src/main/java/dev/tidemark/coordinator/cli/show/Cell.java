package dev.tidemark.coordinator.cli.show;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads members of an answer for a page: whatever is missing becomes a dash. */
public final class Cell {
    /** Stands for what is not there. */
    public static final String NOTHING = "-";

    private Cell() {}

    /** A member as text. */
    public static String text(JsonNode node, String member) {
        JsonNode value = node.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return NOTHING;
        }
        String text = value.isValueNode() ? value.asString("") : value.toString();
        return text.isEmpty() ? NOTHING : Text.harmless(text);
    }

    /** A member in bytes, as a human size. */
    public static String size(JsonNode node, String member) {
        JsonNode value = node.path(member);
        return value.canConvertToLong() ? Text.size(value.longValue()) : text(node, member);
    }

    /** A member that is an instant. */
    public static String time(JsonNode node, String member) {
        return Text.time(text(node, member));
    }

    /** Since when something does not move, and what it awaits. */
    public static String standsStill(JsonNode job) {
        JsonNode progress = job.path("progress");
        return progress.path("awaits").isString()
                ? "since " + time(progress, "stalledSince") + ": " + text(progress, "awaits")
                : NOTHING;
    }

    /** A member that is true or false. */
    public static String yesNo(JsonNode node, String member) {
        JsonNode value = node.path(member);
        return value.isBoolean() ? (value.booleanValue() ? "yes" : "no") : text(node, member);
    }

    /** The elements of a member that is a list; none if it is missing. */
    public static List<JsonNode> list(JsonNode node, String member) {
        List<JsonNode> elements = new ArrayList<>();
        JsonNode value = node.path(member);
        if (value.isArray()) {
            value.forEach(elements::add);
        }
        return elements;
    }
}
