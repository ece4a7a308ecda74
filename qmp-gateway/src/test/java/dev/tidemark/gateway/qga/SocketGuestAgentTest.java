package dev.tidemark.gateway.qga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.qga.GuestAgent.FileSystems;
import dev.tidemark.gateway.testkit.FakeGuestAgent;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class SocketGuestAgentTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final ShortDirectory files = ShortDirectory.create();
    private final Path socket = files.resolve("ga");

    @AfterEach
    void close() {
        files.close();
    }

    @Test
    void a_guest_says_whether_it_is_frozen() throws GuestAgentFailure {
        try (FakeGuestAgent agent = FakeGuestAgent.inState(socket, "frozen")) {
            assertThat(ask()).isEqualTo(FileSystems.FROZEN);
            assertThat(agent.heard()).hasSize(2).noneMatch(line -> line.contains("fsfreeze-freeze"));
        }
    }

    @Test
    void a_guest_that_is_thawed_says_so_however_often_it_is_asked() throws GuestAgentFailure {
        try (FakeGuestAgent agent = FakeGuestAgent.inState(socket, "thawed")) {
            for (int count = 0; count < 3; count++) {
                assertThat(ask()).isEqualTo(FileSystems.THAWED);
            }
            assertThat(agent.heard()).hasSize(6);
        }
    }

    @Test
    void the_answers_to_somebody_elses_questions_are_passed_over() throws GuestAgentFailure {
        Function<String, String> late =
                line -> (line.contains("sync") ? "{\"return\": \"frozen\"}\n{\"return\": 1}\n" : "")
                        + FakeGuestAgent.asQemuGaDoes(line, "thawed");
        try (FakeGuestAgent agent = FakeGuestAgent.answering(socket, late)) {
            assertThat(ask()).isEqualTo(FileSystems.THAWED);
            assertThat(agent.heard()).hasSize(2);
        }
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of("silence", "did not answer in", answering(line -> "")),
                Arguments.of("a flood without an end", "more than 65536 bytes", answering(line -> "x".repeat(200_000))),
                Arguments.of(
                        "a line without an end",
                        "more than 65536 bytes",
                        answering(line -> sync(line, "") + "y".repeat(200_000))),
                Arguments.of("no JSON", "no JSON", answering(line -> "\u00ff{nonsense\n")),
                Arguments.of("deep JSON", "no JSON", answering(line -> "\u00ff" + "[".repeat(20_000) + "\n")),
                Arguments.of("another number", "another number", answering(line -> "\u00ff{\"return\": 7}\n")),
                Arguments.of(
                        "a number that is a text", "another number", answering(line -> "\u00ff{\"return\": \"7\"}\n")),
                Arguments.of(
                        "a third state", "no state", answering(line -> FakeGuestAgent.asQemuGaDoes(line, "melting"))),
                Arguments.of(
                        "a state that is an object", "no state", answering(line -> sync(line, "{\"return\": {}}\n"))),
                Arguments.of(
                        "a refusal with control characters",
                        "refused: CommandNotFound ?[2J?",
                        answering(line -> sync(
                                line,
                                "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"\\u001b[2J\\u0000\"}}\n"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void a_hostile_agent_is_told_apart_in_bounded_time(String name, String told, Function<String, String> answers) {
        assertThat(name).isNotBlank();
        try (FakeGuestAgent agent = FakeGuestAgent.answering(socket, answers)) {
            long begin = System.nanoTime();
            assertThatThrownBy(this::ask).isInstanceOf(GuestAgentFailure.class).hasMessageContaining(told);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LIMIT.multipliedBy(5));
            assertThat(agent.heard()).isNotEmpty();
        }
    }

    @Test
    void a_socket_that_is_none_says_nothing_about_the_guest() {
        assertThatThrownBy(this::ask).isInstanceOf(GuestAgentFailure.class).hasMessageContaining("cannot be asked");
    }

    private FileSystems ask() throws GuestAgentFailure {
        return new SocketGuestAgent(LIMIT).fileSystems(socket);
    }

    private static Function<String, String> answering(Function<String, String> answers) {
        return answers;
    }

    /** A proper synchronisation, then this. */
    private static String sync(String line, String rest) {
        return line.contains("sync") ? FakeGuestAgent.asQemuGaDoes(line, "") : rest;
    }
}
