package dev.tidemark.coordinator.cli.show;

import java.util.List;

/** A part of a page. */
interface Block {
    /** Appends its lines, none wider than the width unless a single character is. */
    void render(int width, List<String> lines);
}
