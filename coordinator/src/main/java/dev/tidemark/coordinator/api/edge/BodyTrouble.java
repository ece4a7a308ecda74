package dev.tidemark.coordinator.api.edge;

import java.io.IOException;

/** A body that is too long or too slow. Its reader may wrap this; whoever sorts the exceptions looks for it inside. */
final class BodyTrouble extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    private BodyTrouble(Problem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }

    static BodyTrouble tooLarge(long bytesMax) {
        return new BodyTrouble(tooLargeProblem(bytesMax));
    }

    static Problem tooLargeProblem(long bytesMax) {
        return Problem.of(413, "BODY_TOO_LARGE", "the body is longer than " + bytesMax + " bytes", "Send less at once.")
                .withHeader("Connection", "close");
    }

    static BodyTrouble tooSlow(long seconds) {
        return new BodyTrouble(Problem.of(
                        408,
                        "BODY_TOO_SLOW",
                        "the body was not complete after " + seconds + " seconds",
                        "Send the request again, in one go.")
                .withHeader("Connection", "close"));
    }
}
