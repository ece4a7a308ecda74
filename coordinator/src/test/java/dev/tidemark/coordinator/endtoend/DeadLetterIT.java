package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.LocalCoordinator;
import dev.tidemark.coordinator.cli.CommandLineRun;
import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.coordinator.cli.ServeOptions.WebhookReceivers;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.webhook.AllowedReceivers;
import dev.tidemark.coordinator.webhook.HeardReceiver;
import dev.tidemark.coordinator.webhook.Patience;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * What a receiver never took, from its first attempt to the day on which it takes it after all: by the coordinator's own sender, as
 * {@code serve --webhook-attempts 2 --webhook-pause 1s} has it, and by the commands of whoever sees to it.
 */
@Timeout(300)
class DeadLetterIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final ShortDirectory directory = ShortDirectory.create();
    private final Path home = directory.resolve("home");
    private final HeardReceiver receiver = new HeardReceiver(0);
    private final LocalCoordinator coordinator = LocalCoordinator.startWithoutGateway(
            home,
            new WebhookReceivers(
                    List.of(AllowedReceivers.prefix(receiver.url())),
                    List.of(),
                    Patience.USUAL.trying(2).pausing(Duration.ofSeconds(1))));
    private final CommandLineRun commands = new CommandLineRun(home).with("COLUMNS", "60");
    private final Api api = new Api(home);

    DeadLetterIT() throws IOException {}

    @AfterEach
    void stop() {
        coordinator.close();
        receiver.close();
        Stage.delete(directory.path());
    }

    private Ended webhook(String verb, String... words) {
        Ended ended = commands.run(
                Stream.concat(Stream.of("webhook", verb), Stream.of(words)).toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.notes()).isZero();
        return ended;
    }

    private JsonNode deliveries() {
        return Json.MAPPER.readTree(webhook("deliveries", "siem", "-o", "json").results());
    }

    private void registered(String name) {
        api.start("/v1/vms", Map.of("name", name, "qmp", "/nowhere/qmp.sock"));
    }

    @Test
    void what_was_given_up_is_listed_sent_once_more_when_somebody_says_so_and_is_signed() throws Exception {
        // given a receiver that fails at the first event, however often it is tried, and takes the second
        String secret = webhook("create", "siem", "--to", receiver.url())
                .results()
                .lines()
                .filter(line -> line.startsWith("whsec_"))
                .findFirst()
                .orElseThrow()
                .strip();
        receiver.answer(number -> number <= 2 ? 500 : 204);
        // when
        registered("first");
        await().atMost(SOON).until(() -> !deliveries().path("deadLetters").isEmpty());
        registered("second");
        await().atMost(SOON).until(() -> !receiver.heard().isEmpty());
        // then
        JsonNode dead = deliveries().path("deadLetters").get(0);
        assertThat(dead.path("state").asString("")).isEqualTo("DEAD");
        assertThat(dead.path("attempts").asInt(0)).isEqualTo(2);
        assertThat(webhook("deliveries", "siem").results()).contains("500").doesNotContain("nothing was given up");
        assertThat(receiver.heard().getFirst().json().at("/data/vm").asString(""))
                .isEqualTo("second");

        // when it is asked for once more
        String index = dead.path("index").asString("");
        webhook("redeliver", "siem", index);
        // then
        await().atMost(SOON)
                .until(() -> deliveries()
                        .path("deadLetters")
                        .get(0)
                        .path("state")
                        .asString("")
                        .equals("REDELIVERED"));
        HeardReceiver.Heard late = receiver.heard().stream()
                .filter(one -> one.json().at("/data/vm").asString("").equals("first"))
                .findFirst()
                .orElseThrow();
        assertThat(late.id()).startsWith(index + "-");
        assertThat(late.isSignedWith(secret)).isTrue();
        assertThat(late.isSignedWith(webhook("rotate", "siem")
                        .results()
                        .lines()
                        .filter(line -> line.startsWith("whsec_"))
                        .findFirst()
                        .orElseThrow()
                        .strip()))
                .as("a secret that it was not signed with")
                .isFalse();
    }
}
