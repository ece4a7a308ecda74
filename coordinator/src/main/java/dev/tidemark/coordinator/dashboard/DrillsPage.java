package dev.tidemark.coordinator.dashboard;

import java.time.Instant;
import java.util.List;

/** The reports of crash drills that lie in the home directory, newest first. */
public record DrillsPage(Frame frame, List<Report> reports) {
    /** One file. */
    public record Report(String name, Instant writtenAt, long bytes) {
        public String address() {
            return "/ui/drills/" + Addresses.encoded(name);
        }
    }

    public DrillsPage {
        reports = List.copyOf(reports);
    }
}
