package dev.tidemark.gateway.qga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.gateway.testkit.FakeGuestAgent;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An agent is the guest's, and the guest may be hostile: whatever it answers, there is a result or a failure of the agent's own kind.
 * Another course: {@code -Dtidemark.fuzz.seed=N}, longer: {@code -Dtidemark.fuzz.rounds=N}.
 */
@Timeout(300)
class HostileGuestAgentTest {
    private static final long SEED = Long.getLong("tidemark.fuzz.seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("tidemark.fuzz.rounds", 200);
    private static final Duration LIMIT = Duration.ofMillis(150);

    /** Lines all: an agent that stops within one is waited for, which other tests do. */
    private static final List<String> WORDS = List.of(
            "{\"return\": \"frozen\"}",
            "{\"return\": \"thawed\"}",
            "{\"return\": 3}",
            "{\"return\": -1}",
            "{\"return\": 2147483648}",
            "{\"return\": 1e99}",
            "{\"return\": 1.5}",
            "{\"return\": null}",
            "{\"return\": [[[]]]}",
            "{\"return\": {\"return\": 1}}",
            "{\"error\": null}",
            "{\"error\": {\"class\": 7, \"desc\": [1]}}",
            "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}",
            "{\"return\": 1, \"return\": 2}",
            "{}",
            "[]",
            "null",
            "7",
            "\"frozen\"",
            "",
            "\u00ff\u00ff",
            "{\"return\": \"\u0000\"}",
            "[".repeat(5_000),
            "{\"return\": \"" + "x".repeat(70_000) + "\"}");

    private interface Asked {
        Object of(GuestAgent agent, Path socket) throws GuestAgentFailure;
    }

    private static final List<Asked> ASKED =
            List.of(GuestAgent::fileSystems, GuestAgent::freeze, GuestAgent::thaw, GuestAgent::thawIfFrozen);

    @Test
    void whatever_it_says_there_is_a_result_or_a_failure_of_the_agent() {
        System.out.println("tidemark.fuzz.seed=" + SEED);
        int results = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round);
            Asked asked = ASKED.get(random.nextInt(ASKED.size()));
            try (ShortDirectory files = ShortDirectory.create();
                    FakeGuestAgent agent = FakeGuestAgent.answering(files.resolve("ga"), answers(random))) {
                asked.of(new SocketGuestAgent(LIMIT, LIMIT, PeerUsers.usual()), files.resolve("ga"));
                assertThat(agent.heard()).isNotEmpty();
                results++;
            } catch (GuestAgentFailure told) {
                assertThat(String.valueOf(told.getMessage()).chars())
                        .as("%s", told)
                        .isNotEmpty()
                        .noneMatch(Character::isISOControl);
            } catch (RuntimeException | StackOverflowError accident) {
                fail("-Dtidemark.fuzz.seed=" + (SEED + round) + " -Dtidemark.fuzz.rounds=1", accident);
            }
        }
        assertThat(results).as("not everything is turned down").isPositive();
    }

    /** Mostly in order until somewhere in the conversation. */
    private static Function<String, String> answers(Random random) {
        return line -> {
            // One who synchronises wrongly is waited for.
            if (random.nextInt(line.contains("sync") ? 10 : 3) > 0) {
                String state = random.nextBoolean() ? "frozen" : "thawed";
                return line.contains("fsfreeze-freeze") || line.contains("fsfreeze-thaw")
                        ? "{\"return\": 2}\n"
                        : FakeGuestAgent.asQemuGaDoes(line, state);
            }
            String word = WORDS.get(random.nextInt(WORDS.size()));
            return (line.contains("sync") ? "\u00ff" : "") + word + "\n";
        };
    }
}
