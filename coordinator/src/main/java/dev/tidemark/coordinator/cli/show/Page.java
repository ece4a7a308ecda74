package dev.tidemark.coordinator.cli.show;

import java.util.ArrayList;
import java.util.List;

/** A result as a person reads it: blocks from top to bottom. */
public final class Page {
    private final List<Block> blocks = new ArrayList<>();

    public Page fields(Fields fields) {
        blocks.add(fields);
        return this;
    }

    public Page table(Table table) {
        blocks.add(table);
        return this;
    }

    /** A sentence, wrapped. */
    public Page line(String text) {
        String harmless = Text.harmless(text);
        blocks.add((width, lines) -> lines.addAll(Text.wrapped(harmless, Math.max(1, width))));
        return this;
    }

    /** An empty line. */
    public Page gap() {
        blocks.add((width, lines) -> lines.add(""));
        return this;
    }

    /** Lines whose breaks mean something, as in JSON or a drawing: never wrapped. */
    public Page verbatim(List<String> verbatim) {
        List<String> kept = List.copyOf(verbatim);
        blocks.add((width, lines) -> kept.forEach(line -> lines.add(Text.harmless(line))));
        return this;
    }

    /** The page's lines at a width. */
    public List<String> render(int width) {
        List<String> lines = new ArrayList<>();
        for (Block block : blocks) {
            block.render(width, lines);
        }
        return lines;
    }
}
