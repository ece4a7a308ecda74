package dev.tidemark.coordinator.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is told, step by step, and kept as data at the same time. */
final class Story {
    private final PrintWriter out;
    private final List<Map<String, Object>> steps = new ArrayList<>();
    private List<String> lines = new ArrayList<>();

    Story(PrintWriter out) {
        this.out = out;
    }

    void step(String title) {
        lines = new ArrayList<>();
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("title", title);
        step.put("lines", lines);
        steps.add(step);
        out.println();
        out.println(steps.size() + ". " + title);
        out.flush();
    }

    void line(String text) {
        lines.add(text);
        out.println("   " + text);
        out.flush();
    }

    List<Map<String, Object>> steps() {
        return steps;
    }

    static String size(long bytes) {
        if (bytes < 1024 * 1024) {
            return String.format("%.0f KiB", bytes / 1024.0);
        }
        return String.format("%.1f MiB", bytes / 1048576.0);
    }
}
