package dev.tidemark.coordinator.drill;

import com.fasterxml.jackson.annotation.JsonIgnore;

/** What became of a scenario; the shape that scripts read. */
record Result(
        String name,
        Verdict verdict,
        String detail,
        double seconds,
        @JsonIgnore Course course) {
    enum Verdict {
        PASS,
        FAIL
    }

    boolean isFailed() {
        return verdict == Verdict.FAIL;
    }

    String replay(long seed) {
        return "tidemark drill run " + String.join(" ", course.history()) + " --seed " + seed + " --jobs 1";
    }
}
