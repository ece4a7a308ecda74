package dev.tidemark.coordinator.drill;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * What became of a scenario; the shape that scripts read.
 *
 * @param history all that the machine had gone through, this scenario last: what it takes to see it again
 */
record Result(
        String name,
        Verdict verdict,
        String detail,
        double seconds,
        @JsonIgnore List<String> history) {
    enum Verdict {
        PASS,
        FAIL
    }

    Result {
        history = List.copyOf(history);
    }

    boolean isFailed() {
        return verdict == Verdict.FAIL;
    }

    String replay(long seed) {
        return "tidemark drill run " + String.join(" ", history) + " --seed " + seed + " --jobs 1";
    }
}
