package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.cli.CommandLineRun;
import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.coordinator.webhook.HeardReceiver;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code tidemark webhook}, as somebody types it on a narrow terminal, with a real coordinator, real events and a receiver. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class WebhookCommandsIT {
    private static final int COLUMNS = 60;
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Machine machine = new Machine(1);
    private final Client client;
    private final Api api;
    private final HeardReceiver receiver;
    private final CommandLineRun commands;

    WebhookCommandsIT(Site site) throws IOException {
        api = site.api();
        client = Client.of(site, machine);
        receiver = new HeardReceiver(site.webhookPort());
        commands = new CommandLineRun(site.home()).with("COLUMNS", Integer.toString(COLUMNS));
    }

    @AfterEach
    void close() {
        receiver.close();
        machine.close();
    }

    /** It ends like that, and what it shows fits. */
    private String webhook(int exitCode, String... words) {
        List<String> arguments = new ArrayList<>(List.of("webhook"));
        arguments.addAll(Arrays.asList(words));
        Ended ended = commands.run(arguments.toArray(String[]::new));
        assertThat(ended.exitCode())
                .as("%s: %s%s", arguments, ended.results(), ended.notes())
                .isEqualTo(exitCode);
        if (!List.of(words).contains("json")) {
            assertThat(ended.results()
                            .lines()
                            // In one piece, so that it can be copied.
                            .filter(line -> !line.startsWith("whsec_")))
                    .as("%s", arguments)
                    .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(COLUMNS));
        }
        return ended.results() + ended.notes();
    }

    private static String secret(String said) {
        return said.lines()
                .filter(line -> line.startsWith("whsec_"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(said))
                .strip();
    }

    private void heard(int count) {
        await().atMost(SOON).until(() -> receiver.heard().size() >= count);
        assertThat(receiver.heard()).hasSize(count);
    }

    @Test
    void a_webhook_from_its_making_to_its_end() throws Exception {
        // made
        assertThat(webhook(0, "list")).contains("no webhooks");
        String made = webhook(0, "create", "siem", "--to", receiver.url(), "--events", "backup-completed");
        String secret = secret(made);
        assertThat(webhook(0, "show", "siem"))
                .contains("siem", "backup-completed")
                .doesNotContain(secret, "whsec_");
        assertThat(webhook(4, "create", "siem", "--to", receiver.url())).contains("there is a webhook 'siem'");
        assertThat(webhook(1, "create", "other", "--to", "https://elsewhere.example/in"))
                .contains("--allow-webhook");
        // tried
        assertThat(webhook(0, "test", "siem")).contains("accepted");
        heard(1);
        assertThat(receiver.heard().getLast().isSignedWith(secret)).isTrue();
        receiver.answer(number -> 500);
        assertThat(webhook(1, "test", "siem")).contains("not accepted", "500");
        // told of what happens
        receiver.answer(number -> 204);
        String backup = client.backUp().id();
        heard(2);
        assertThat(receiver.heard().getLast().json().at("/data/data/backup").asString(""))
                .isEqualTo(backup);
        assertThat(receiver.heard().getLast().isSignedWith(secret)).isTrue();
        await().atMost(SOON).until(() -> delivered() == 1);
        assertThat(webhook(0, "list")).contains("siem", "active");
        // a receiver that wants no more
        receiver.answer(number -> 410);
        client.backUp();
        await().atMost(SOON)
                .until(() ->
                        api.get("/v1/webhooks/siem").path("state").asString("").equals("DISABLED"));
        assertThat(webhook(0, "list")).contains("disabled", "410");
        assertThat(webhook(0, "show", "siem")).contains("disabled", "410");
        receiver.answer(number -> 204);
        assertThat(webhook(0, "enable", "siem")).doesNotContain("disabled");
        heard(3);
        // another secret, and the former one too until it is let go
        String other = secret(webhook(0, "rotate", "siem"));
        assertThat(other).isNotEqualTo(secret);
        webhook(0, "test", "siem");
        assertThat(receiver.heard().getLast().isSignedWith(secret)).isTrue();
        assertThat(receiver.heard().getLast().isSignedWith(other)).isTrue();
        webhook(0, "rotate", "siem", "--end");
        webhook(0, "test", "siem");
        assertThat(receiver.heard().getLast().isSignedWith(secret)).isFalse();
        assertThat(receiver.heard().getLast().isSignedWith(other)).isTrue();
        heard(5);
        // what is not accepted is shown while it is tried, and nothing was given up yet
        assertThat(webhook(0, "deliveries", "siem")).contains("nothing was given up");
        receiver.answer(number -> 503);
        client.backUp();
        await().atMost(SOON)
                .until(() ->
                        api.get("/v1/webhooks/siem/deliveries").path("trying").isObject());
        assertThat(webhook(0, "deliveries", "siem")).contains("not accepted", "503");
        assertThat(webhook(3, "redeliver", "siem", "4711")).contains("no dead letter");
        assertThat(Json.MAPPER
                        .readTree(webhook(0, "list", "-o", "json"))
                        .path("webhooks")
                        .get(0)
                        .path("name")
                        .asString(""))
                .isEqualTo("siem");
        // ended
        assertThat(webhook(0, "delete", "siem")).contains("siem");
        assertThat(webhook(3, "show", "siem")).contains("no webhook 'siem'");
        assertThat(webhook(0, "list")).contains("no webhooks");
        // and on record, once, what was done and what was not
        assertThat(decisions("post%20/v1/webhooks")).containsExactly("siem ALLOWED", "siem REFUSED", "other REFUSED");
        assertThat(decisions("post%20/v1/webhooks/*/enable")).containsExactly("siem ALLOWED");
        assertThat(decisions("delete%20/v1/webhooks/*")).containsExactly("siem ALLOWED", "siem ALLOWED");
    }

    private List<String> decisions(String route) {
        List<String> decisions = new ArrayList<>();
        api.get("/v1/audit/questions/acts?what=" + route)
                .path("rows")
                .forEach(act -> decisions.add(act.path("target").asString() + " "
                        + act.path("decision").asString()));
        return decisions;
    }

    private long delivered() {
        return api.get("/v1/webhooks/siem").path("delivered").asLong(0);
    }
}
