package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.server.AnswersOfTheEdge;
import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.coordinator.testkit.ReceivedAnswers;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Nothing stands in the OpenAPI document that cannot be received: each status of each operation, and each code of a problem under each of
 * its statuses, is brought about here, and every answer is held against the document on its way.
 */
@Timeout(120)
@ExtendWith(Site.Shared.class)
class EveryAnswerIT {
    /** What is not brought about here, and why. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "408 BODY_TOO_SLOW", "a body has to trickle for twenty seconds: LimitedBodyTest lets it have none",
            "404 REPORT_NOT_FOUND", "the drills are pages, whose refusals are pages too: DashboardIT");

    private final Site site;

    EveryAnswerIT(Site site) {
        this.site = site;
    }

    @Test
    void every_documented_answer_is_received_and_is_as_documented() throws Exception {
        // given
        ReceivedAnswers.forget();
        // when
        try (AnswersOfTheEdge edge = new AnswersOfTheEdge()) {
            edge.bringAbout();
        }
        new AnswersOfMachines(site).bringAbout();
        // then
        Set<String> received = ReceivedAnswers.all();
        Set<String> promised = Contract.published().answers();
        assertThat(missing(promised, received)).isEmpty();
        assertThat(received).as("what is received now needs no excuse").doesNotContainAnyElementsOf(ELSEWHERE.keySet());
        assertThat(promised).containsAll(ELSEWHERE.keySet());

        // The judge can find something: with any one answer less, that one is named.
        for (String one : promised) {
            if (!ELSEWHERE.containsKey(one)) {
                Set<String> less = new TreeSet<>(received);
                less.remove(one);
                assertThat(missing(promised, less)).containsExactly(one);
            }
        }
    }

    private static Set<String> missing(Set<String> promised, Set<String> received) {
        Set<String> missing = new TreeSet<>(promised);
        missing.removeAll(received);
        missing.removeAll(ELSEWHERE.keySet());
        return missing;
    }
}
