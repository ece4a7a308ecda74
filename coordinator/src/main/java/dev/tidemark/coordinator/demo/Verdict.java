package dev.tidemark.coordinator.demo;

import java.util.Locale;

/** One disk of one backup: how it was made, and whether its restore equals what the disk held at its moment. */
record Verdict(String backup, String disk, String kind, String cause, long bytes, boolean identical) {
    static final String HEADING = String.format(
            Locale.ROOT, "%-13s %-12s %-22s %10s  %s", "backup", "kind", "cause", "bytes", "restored identical");

    String row() {
        return String.format(
                Locale.ROOT,
                "%-13s %-12s %-22s %10s  %s",
                backup + " " + disk,
                kind,
                cause.isEmpty() ? "-" : cause,
                Story.size(bytes),
                identical ? "yes" : "NO");
    }
}
