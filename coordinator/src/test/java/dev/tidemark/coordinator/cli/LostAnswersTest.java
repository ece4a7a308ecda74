package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.coordinator.cli.PlayedCoordinator.Asked;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connection breaks after the request was taken: the same wish is sent again, never another one. */
@SuppressWarnings("NullAway.Init")
class LostAnswersTest {
    @TempDir
    Path home;

    private PlayedCoordinator coordinator;
    private CommandLineRun commands;

    @BeforeEach
    void start() throws IOException {
        coordinator = new PlayedCoordinator();
        commands = CommandLineRun.against(coordinator, home);
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    @Test
    void a_request_without_an_answer_is_sent_again_under_the_same_key() {
        coordinator.breaks("POST /v1/vms/web1/checkpoints");
        coordinator.answers(
                "POST /v1/vms/web1/checkpoints", 202, Answers.operation("CREATE_CHECKPOINT", "PENDING", "x"));
        assertThat(commands.run("checkpoint", "create", "web1", "--no-wait").exitCode())
                .isZero();
        assertThat(coordinator.asked()).hasSize(2);
        assertThat(coordinator.asked())
                .extracting(Asked::key)
                .doesNotContain("")
                .containsOnly(coordinator.asked().getFirst().key());
    }

    @Test
    void each_invocation_has_a_key_of_its_own() {
        coordinator.answers(
                "POST /v1/vms/web1/checkpoints", 202, Answers.operation("CREATE_CHECKPOINT", "PENDING", "x"));
        commands.run("checkpoint", "create", "web1", "--no-wait");
        commands.run("checkpoint", "create", "web1", "--no-wait");
        assertThat(coordinator.asked()).extracting(Asked::key).doesNotHaveDuplicates();
    }

    @Test
    void a_request_that_never_gets_an_answer_has_an_unknown_outcome() {
        coordinator.breaks("POST /v1/vms/web1/checkpoints");
        Ended ended = commands.run("checkpoint", "create", "web1", "-o", "json");
        assertThat(ended.exitCode()).isEqualTo(8);
        assertThat(ended.notes()).contains("whether the request was accepted is unknown");
        assertThat(ended.results()).contains("OUTCOME_UNKNOWN");
        assertThat(coordinator.asked()).hasSize(4);
    }

    @Test
    void a_coordinator_that_has_too_much_of_us_is_asked_again_when_it_says() {
        String route = "POST /v1/vms/web1/checkpoints";
        coordinator
                .limits(route, "0")
                .limits(route, "0")
                .limits(route, "0")
                .limits(route, "0")
                .limits(route, "0");
        coordinator.answers(route, 202, Answers.operation("CREATE_CHECKPOINT", "PENDING", "x"));
        assertThat(commands.run("checkpoint", "create", "web1", "--no-wait").exitCode())
                .isZero();
        assertThat(coordinator.asked()).hasSize(6);
        assertThat(coordinator.asked())
                .extracting(Asked::key)
                .containsOnly(coordinator.asked().getFirst().key());
    }

    @Test
    void later_than_our_patience_is_never() {
        for (String wait : new String[] {"3600", "-1", "tomorrow", "99999999999999999999"}) {
            coordinator.limits("GET /v1/vms", wait);
        }
        for (int number = 0; number < 4; number++) {
            assertThat(commands.run("vm", "list").notes()).contains("too often");
        }
        assertThat(coordinator.asked()).hasSize(4);
    }

    @Test
    void a_list_in_pages_is_one_list() {
        coordinator.answers("GET /v1/vms", "{\"vms\":[{\"name\":\"a\"}],\"next\":\"x.1\"}");
        coordinator.answers("GET /v1/vms", "{\"vms\":[{\"name\":\"b\"}],\"next\":\"y.2\"}");
        coordinator.answers("GET /v1/vms", "{\"vms\":[{\"name\":\"c\"}],\"next\":null}");
        Ended ended = commands.run("vm", "list", "-o", "json");
        assertThat(Json.MAPPER.readTree(ended.results()))
                .isEqualTo(Json.MAPPER.readTree("{\"vms\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}"));
        assertThat(coordinator.asked())
                .extracting(Asked::path)
                .containsExactly("/v1/vms", "/v1/vms?after=x.1", "/v1/vms?after=y.2");
    }

    @Test
    void a_list_that_comes_in_one_answer_is_asked_for_once() {
        coordinator.lines("GET /v1/vms", "{\"name\":\"a\"}", "{\"name\":\"b\"}", "{\"end\":2}");
        Ended ended = commands.run("vm", "list", "-o", "json");
        assertThat(Json.MAPPER.readTree(ended.results()))
                .isEqualTo(Json.MAPPER.readTree("{\"vms\":[{\"name\":\"a\"},{\"name\":\"b\"}]}"));
        assertThat(coordinator.asked()).hasSize(1);
    }

    @Test
    void a_list_that_was_cut_off_is_asked_for_again_and_its_part_is_not_shown() {
        coordinator.lines("GET /v1/vms", "{\"name\":\"a\"}");
        coordinator.lines("GET /v1/vms", "{\"name\":\"a\"}", "{\"name\":\"b\"}", "{\"end\":3}");
        coordinator.lines("GET /v1/vms", "{\"name\":\"a\"}", "{\"name\":\"b\"}", "{\"end\":2}");
        Ended whole = commands.run("vm", "list");
        assertThat(whole.exitCode()).isZero();
        assertThat(whole.results().lines()).hasSize(3);

        coordinator.lines("GET /v1/vms", "{\"name\":\"a\"}");
        commands.run("vm", "list");
        Ended never = commands.run("vm", "list");
        assertThat(never.exitCode()).isEqualTo(6);
        assertThat(never.results()).isEmpty();
        assertThat(never.notes()).contains("cut off after 1 lines");
    }

    @Test
    void a_line_that_is_no_json_is_not_guessed_at() {
        coordinator.lines("GET /v1/vms", "{\"name\":\"a\"", "{\"end\":1}");
        Ended ended = commands.run("vm", "list");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.results()).isEmpty();
        assertThat(ended.notes()).contains("a line of it is not JSON");
    }

    @Test
    void a_list_that_goes_round_in_circles_ends() {
        coordinator.answers("GET /v1/vms", "{\"vms\":[{\"name\":\"a\"}],\"next\":\"x.1\"}");
        assertThat(commands.run("vm", "list").notes()).contains("round in circles");
    }

    @Test
    void a_question_that_never_gets_an_answer_changed_nothing() {
        coordinator.breaks("GET /v1/vms");
        assertThat(commands.run("vm", "list").exitCode()).isEqualTo(6);
    }
}
