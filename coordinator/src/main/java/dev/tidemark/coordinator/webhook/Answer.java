package dev.tidemark.coordinator.webhook;

import java.time.Duration;
import java.util.Optional;

/** What became of one request. */
sealed interface Answer {
    /** 2xx: the receiver has it. */
    record Accepted(int status) implements Answer {}

    /** 410: the receiver wants no more of them. */
    record Gone() implements Answer {}

    /** Anything else, or nothing at all; {@code askedPause} if the receiver said when to come again. */
    record NotAccepted(String trouble, Optional<Duration> askedPause) implements Answer {
        NotAccepted(String trouble) {
            this(trouble, Optional.empty());
        }
    }

    /** It was not even tried, for what only the operator of the coordinator can mend. */
    record NotSent(String trouble) implements Answer {}
}
