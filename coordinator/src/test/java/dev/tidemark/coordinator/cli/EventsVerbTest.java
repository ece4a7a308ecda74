package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.coordinator.cli.PlayedCoordinator.Asked;
import dev.tidemark.coordinator.cli.show.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark events}: goes on by itself where the connection was lost. */
@SuppressWarnings("NullAway.Init")
class EventsVerbTest {
    private static final String EVENTS = "GET /v1/events";

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
    void a_lost_stream_is_taken_up_behind_the_last_whole_event() {
        String cut = event(9);
        coordinator
                .answers(
                        EVENTS,
                        "retry: 1000\nid: 5-aa\n\n: still here\n\n" + event(7) + cut.substring(0, cut.length() - 2))
                .refuses(EVENTS, 503, "STOPPING")
                .breaks(EVENTS)
                .answers(EVENTS, "id: 7-aa\n\n" + cut + progress() + "id: 12-aa\n\n")
                .refuses(EVENTS, 401, "UNAUTHENTICATED");
        Ended ended = commands.run("events", "--vm", "web1", "--from", "start", "-o", "json");
        assertThat(ended.results().lines().limit(2))
                .containsExactly(
                        "{\"position\":\"7-aa\",\"vm\":\"web1\",\"version\":7,\"type\":\"drift-gone.v1\",\"at\":"
                                + "\"2026-01-02T03:04:05.678Z\",\"operation\":null,\"data\":{\"n\":1}}",
                        "{\"position\":\"9-aa\",\"vm\":\"web1\",\"version\":9,\"type\":\"drift-gone.v1\",\"at\":"
                                + "\"2026-01-02T03:04:05.678Z\",\"operation\":null,\"data\":{\"n\":1}}");
        assertThat(ended.exitCode()).isEqualTo(5);
        assertThat(ended.notes()).contains("waiting for it to come back", "the coordinator is back");
        assertThat(coordinator.asked())
                .extracting(Asked::lastEvent)
                .startsWith("", "7-aa", "7-aa")
                .endsWith("12-aa");
        assertThat(coordinator.asked()).extracting(Asked::path).containsOnly("/v1/events?vm=web1&from=start");
    }

    @Test
    void people_get_a_line_for_each_event_and_progress_if_they_want_it() {
        coordinator.answers(EVENTS, event(7) + progress()).refuses(EVENTS, 401, "UNAUTHENTICATED");
        Ended ended = commands.run("events", "--progress");
        assertThat(ended.results()).isEqualTo("""
                        2026-01-02T03:04:05Z  web1  7  drift-gone.v1
                          web1  01ARZ3NDEKTSV4RRFFQ69G5FAV  copy 1.0 KiB of 4.0 KiB  1.0 KiB/s  0:03 left
                        """);
    }

    @Test
    void a_coordinator_that_was_never_there_is_not_waited_for() {
        coordinator.refuses(EVENTS, 503, "STORAGE_UNAVAILABLE");
        assertThat(commands.run("events").exitCode()).isEqualTo(6);
        coordinator.close();
        assertThat(commands.run("events").exitCode()).isEqualTo(6);
    }

    @Test
    void a_reader_that_has_gone_ends_it() {
        coordinator.answers(EVENTS, event(7));
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int next) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Terminal terminal =
                new Terminal(closed, new ByteArrayOutputStream(), Map.of("TIDEMARK_HOME", home.toString()), false);
        assertThat(new TidemarkCommand(() -> new SilentLocalVerbs()).run(terminal, "events"))
                .isZero();
    }

    private static String event(int version) {
        return "id: " + version + "-aa\nevent: drift-gone.v1\ndata: {\"vm\":\"web1\",\"version\":" + version
                + ",\"type\":\"drift-gone.v1\",\"at\":\"2026-01-02T03:04:05.678Z\",\"operation\":null,"
                + "\"data\":{\"n\":1}}\n\n";
    }

    private static String progress() {
        return "event: progress\ndata: {\"vm\":\"web1\",\"operation\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"phase\":\"COPY\","
                + "\"bytesDone\":1024,\"bytesTotal\":4096,\"bytesPerSecond\":1024,\"secondsLeft\":3}\n\n";
    }
}
