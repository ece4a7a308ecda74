package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Who descends from whom among a machine's checkpoints, which come oldest first. */
final class CheckpointFamily {
    private final List<JsonNode> checkpoints;
    private final Map<String, JsonNode> byReference = new HashMap<>();
    private final Map<String, List<JsonNode>> childrenById = new HashMap<>();

    CheckpointFamily(List<JsonNode> checkpoints) {
        this.checkpoints = List.copyOf(checkpoints);
        // Ids win over names, and of several with one name the newest wins: only that one can be alive.
        checkpoints.forEach(checkpoint -> byReference.put(name(checkpoint), checkpoint));
        checkpoints.forEach(checkpoint -> byReference.put(id(checkpoint), checkpoint));
        for (JsonNode checkpoint : checkpoints) {
            parent(checkpoint)
                    .ifPresent(parent -> childrenById
                            .computeIfAbsent(id(parent), ignored -> new ArrayList<>())
                            .add(checkpoint));
        }
    }

    /** By id, else by name. */
    Optional<JsonNode> find(String reference) {
        return Optional.ofNullable(byReference.get(reference));
    }

    /** Those whose parent is not among them. */
    List<JsonNode> roots() {
        return checkpoints.stream()
                .filter(checkpoint -> parent(checkpoint).isEmpty())
                .toList();
    }

    /** Those that are nobody's parent. */
    List<JsonNode> leaves() {
        return checkpoints.stream()
                .filter(checkpoint -> children(checkpoint).isEmpty())
                .toList();
    }

    /** All that stand on the checkpoint, oldest first. */
    List<JsonNode> descendants(JsonNode ancestor) {
        Set<String> family = new HashSet<>(Set.of(id(ancestor)));
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode checkpoint : checkpoints) {
            boolean descends = parent(checkpoint)
                    .map(parent -> family.contains(id(parent)))
                    .orElse(false);
            if (descends && family.add(id(checkpoint))) {
                found.add(checkpoint);
            }
        }
        return found;
    }

    private Optional<JsonNode> parent(JsonNode checkpoint) {
        return find(checkpoint.path("parent").asString(""))
                .filter(parent -> !id(parent).equals(id(checkpoint)));
    }

    private List<JsonNode> children(JsonNode parent) {
        return childrenById.getOrDefault(id(parent), List.of());
    }

    static String id(JsonNode checkpoint) {
        return checkpoint.path("id").asString("");
    }

    private static String name(JsonNode checkpoint) {
        return checkpoint.path("name").asString("");
    }

    /**
     * The chain as a drawing, oldest at the top. Only a fork is indented: a chain of a hundred checkpoints must not walk
     * out of the window.
     */
    List<String> drawing(int width) {
        List<String> lines = new ArrayList<>();
        for (JsonNode root : roots()) {
            draw(root, "", width, lines);
        }
        return lines;
    }

    private void draw(JsonNode first, String indent, int width, List<String> lines) {
        JsonNode checkpoint = first;
        while (true) {
            List<JsonNode> children = children(checkpoint);
            drawOne(checkpoint, indent, children.isEmpty() ? "  " : "| ", width, lines);
            if (children.isEmpty()) {
                return;
            }
            for (JsonNode fork : children.subList(0, children.size() - 1)) {
                lines.add(indent + "|\\");
                draw(fork, indent + "| ", width, lines);
            }
            lines.add(indent + "|");
            checkpoint = children.getLast();
        }
    }

    private static void drawOne(JsonNode checkpoint, String indent, String trunk, int width, List<String> lines) {
        String state = Cell.text(checkpoint, "state");
        String name = indent + "* " + Cell.text(checkpoint, "name");
        String marks = CheckpointPages.disks(checkpoint) + (state.equals("CREATED") ? "" : " " + state);
        if (name.length() + 2 + marks.length() <= width) {
            lines.add(name + "  " + marks);
            return;
        }
        lines.add(name);
        for (String mark : marks.split(" ", -1)) {
            lines.add(indent + trunk + "  " + mark);
        }
    }
}
