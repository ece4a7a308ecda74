package dev.tidemark.gateway.qga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.qga.GuestAgent.FileSystems;
import dev.tidemark.gateway.qga.GuestAgent.Thaw;
import dev.tidemark.gateway.qga.GuestAgentFailure.Reason;
import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.gateway.testkit.FakeGuest;
import dev.tidemark.gateway.testkit.FakeGuest.Manner;
import dev.tidemark.gateway.testkit.FakeGuestAgent;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class SocketGuestAgentTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    /** For an answer that comes. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
                Arguments.of(
                        "other numbers without an end",
                        "another number",
                        answering(line -> "\u00ff{\"return\": 7}\n".repeat(100))),
                Arguments.of(
                        "numbers that are texts",
                        "another number",
                        answering(line -> "\u00ff{\"return\": \"7\"}\n".repeat(100))),
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
        try (FakeGuestAgent agent = FakeGuestAgent.answering(socket, answers)) {
            // One who says nothing is waited for, but not for ever; whatever else is said is judged when it is heard.
            SocketGuestAgent asking = name.equals("silence") ? impatient() : agent();
            assertThatThrownBy(() -> asking.fileSystems(socket))
                    .isInstanceOf(GuestAgentFailure.class)
                    .hasMessageContaining(told);
            await().until(() -> !agent.heard().isEmpty());
        }
    }

    @Test
    void older_synchronisations_that_are_answered_late_are_passed_over() throws GuestAgentFailure {
        try (FakeGuest guest = FakeGuest.on(socket)) {
            guest.behaves(Manner.LATE);
            assertThat(agent().freeze(socket)).isEqualTo(2);
            assertThat(guest.isFrozen()).isTrue();
            assertThat(agent().thaw(socket)).isEqualTo(new Thaw(2, Optional.empty()));
            assertThat(guest.isFrozen()).isFalse();
        }
    }

    @Test
    void a_guest_that_is_frozen_already_is_not_frozen_again_and_not_touched() {
        try (FakeGuest guest = FakeGuest.on(socket)) {
            guest.freezeByHand();
            assertThat(failure(() -> agent().freeze(socket)).reason()).isEqualTo(Reason.FROZEN_BEFORE);
            assertThat(guest.isFrozen()).isTrue();
            assertThat(guest.heard()).noneMatch(line -> line.contains("freeze-freeze") || line.contains("thaw"));
        }
    }

    @Test
    void a_guest_that_says_that_it_is_thawed_is_left_alone_by_whoever_did_not_freeze_it() throws GuestAgentFailure {
        try (FakeGuest guest = FakeGuest.on(socket)) {
            assertThat(agent().thawIfFrozen(socket)).isEqualTo(new Thaw(0, Optional.empty()));
            assertThat(guest.thaws()).isZero();
            guest.freezeByHand();
            assertThat(agent().thawIfFrozen(socket)).isEqualTo(new Thaw(2, Optional.empty()));
            assertThat(guest.isFrozen()).isFalse();
        }
    }

    static Stream<Arguments> unwilling() {
        return Stream.of(
                Arguments.of(Manner.SILENT, Reason.UNAVAILABLE, false),
                Arguments.of(Manner.GARBLED, Reason.UNAVAILABLE, false),
                Arguments.of(Manner.REFUSES_TO_FREEZE, Reason.REFUSED, false),
                Arguments.of(Manner.FREEZES_WITHOUT_A_WORD, Reason.UNKNOWN, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unwilling")
    void whoever_cannot_freeze_knows_whether_the_guest_may_be_frozen(Manner manner, Reason reason, boolean frozen) {
        try (FakeGuest guest = FakeGuest.on(socket)) {
            guest.behaves(manner);
            SocketGuestAgent asking = switch (manner) {
                case SILENT -> impatient();
                case FREEZES_WITHOUT_A_WORD -> new SocketGuestAgent(PATIENCE, LIMIT, PeerUsers.usual());
                default -> agent();
            };
            GuestAgentFailure failure = failure(() -> asking.freeze(socket));
            assertThat(failure.reason()).isEqualTo(reason);
            assertThat(guest.isFrozen()).isEqualTo(frozen);
            assertThat(failure.mayBeFrozen() || !guest.isFrozen()).isTrue();
        }
    }

    @Test
    void a_thaw_that_is_refused_is_asked_for_again() throws GuestAgentFailure {
        try (FakeGuest guest = FakeGuest.on(socket)) {
            guest.behaves(Manner.THAWS_AT_THE_SECOND_TRY);
            agent().freeze(socket);
            assertThat(agent().thaw(socket)).isEqualTo(new Thaw(2, Optional.of("GenericError not now")));
            assertThat(guest.isFrozen()).isFalse();
        }
    }

    @Test
    void how_many_thawed_tells_of_an_early_thaw() throws GuestAgentFailure {
        try (FakeGuest guest = FakeGuest.on(socket)) {
            guest.behaves(Manner.THAWS_EARLY);
            assertThat(agent().freeze(socket)).isEqualTo(2);
            assertThat(agent().thaw(socket).fileSystems()).isZero();
            guest.behaves(Manner.THAWS_HALF_EARLY);
            assertThat(agent().freeze(socket)).isEqualTo(2);
            assertThat(agent().thaw(socket).fileSystems()).isOne();
        }
    }

    @Test
    void an_agent_that_dies_frozen_leaves_a_guest_of_which_nobody_knows() throws GuestAgentFailure {
        try (FakeGuest guest = FakeGuest.on(socket)) {
            guest.behaves(Manner.DIES_FROZEN);
            agent().freeze(socket);
            assertThat(failure(() -> impatient().thaw(socket))).hasMessageContaining("did not answer in");
            assertThat(guest.isFrozen()).isTrue();
            guest.behaves(Manner.PROPER);
            assertThat(agent().thawIfFrozen(socket).fileSystems()).isEqualTo(2);
        }
    }

    private static GuestAgentFailure failure(ThrowingCallable call) {
        return Objects.requireNonNull(catchThrowableOfType(GuestAgentFailure.class, call));
    }

    @Test
    void a_socket_that_is_none_says_nothing_about_the_guest() {
        assertThatThrownBy(this::ask).isInstanceOf(GuestAgentFailure.class).hasMessageContaining("cannot be asked");
    }

    private static SocketGuestAgent agent() {
        return new SocketGuestAgent(PATIENCE, PATIENCE, PeerUsers.usual());
    }

    /** For one that does not answer. */
    private static SocketGuestAgent impatient() {
        return new SocketGuestAgent(LIMIT, LIMIT, PeerUsers.usual());
    }

    private FileSystems ask() throws GuestAgentFailure {
        return agent().fileSystems(socket);
    }

    private static Function<String, String> answering(Function<String, String> answers) {
        return answers;
    }

    /** A proper synchronisation, then this. */
    private static String sync(String line, String rest) {
        return line.contains("sync") ? FakeGuestAgent.asQemuGaDoes(line, "") : rest;
    }
}
