package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.id.WebhookName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark webhook}: who is told of events. */
@Command(
        name = "webhook",
        description = "Who is told of events: signed requests to an address of yours, in the order of the log.")
final class WebhookVerbs {
    private static final int SECRET_BYTES_MAX = 1024;
    private static final Duration TEST_PATIENCE = Duration.ofSeconds(60);

    private final Session session;

    WebhookVerbs(Session session) {
        this.session = session;
    }

    @Command(
            name = "create",
            description = "Makes a webhook: it is told of everything from now on. Its secret is shown once.")
    int create(
            @Parameters(index = "0", paramLabel = "NAME", description = "What to call it.") WebhookName name,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "URL",
                            description = "Where to send to; see serve --allow-webhook.")
                    String url,
            @Option(
                            names = "--events",
                            split = ",",
                            paramLabel = "NAME",
                            description = "Only these, as backup-completed,backup-failed; else all.")
                    @Nullable
                    List<String> events,
            @Option(
                            names = "--vms",
                            paramLabel = "PATTERN",
                            description = "Only of machines of such names, as 'web-*'.")
                    @Nullable
                    String machines,
            @Option(
                            names = "--secret-file",
                            paramLabel = "FILE",
                            description = "Holds a secret of yours: whsec_ and 24 to 64 bytes in Base64.")
                    @Nullable
                    Path secretFile) {
        ObjectNode body = Arguments.body().put("name", name.value()).put("url", url);
        if (events != null) {
            events.forEach(body.putArray("events")::add);
        }
        if (machines != null) {
            body.put("vms", machines);
        }
        if (secretFile != null) {
            body.put("secret", secret(secretFile));
        }
        JsonNode created = session.coordinator().post(RequestPath.v1("webhooks"), body);
        return session.print(created, WebhookPages.created(created));
    }

    @Command(name = "list", description = "Lists all webhooks and how far each is.")
    int list() {
        JsonNode answer = session.coordinator().get(RequestPath.v1("webhooks"));
        return session.print(answer, WebhookPages.list(answer));
    }

    @Command(name = "show", description = "Shows a webhook, without its secret.")
    int show(@Parameters(index = "0", paramLabel = "NAME", description = "Its name or id.") WebhookName name) {
        JsonNode webhook = session.coordinator().get(RequestPath.v1("webhooks", name.value()));
        return session.print(webhook, WebhookPages.one(webhook));
    }

    @Command(
            name = "delete",
            description = "Ends a webhook, with its dead letters and whatever it had to be told still.")
    int delete(@Parameters(index = "0", paramLabel = "NAME", description = "Its name or id.") WebhookName name) {
        JsonNode webhook = session.coordinator().delete(RequestPath.v1("webhooks", name.value()));
        return session.print(webhook, WebhookPages.one(webhook));
    }

    @Command(name = "enable", description = "Goes on with a webhook whose receiver wanted no more, where it stopped.")
    int enable(@Parameters(index = "0", paramLabel = "NAME", description = "Its name or id.") WebhookName name) {
        JsonNode webhook =
                session.coordinator().post(RequestPath.v1("webhooks", name.value(), "enable"), Arguments.body());
        return session.print(webhook, WebhookPages.one(webhook));
    }

    @Command(name = "rotate", description = "Makes another secret; both sign until --end lets the former one go.")
    int rotate(
            @Parameters(index = "0", paramLabel = "NAME", description = "Its name or id.") WebhookName name,
            @Option(names = "--end", description = "Sign with the newest secret alone.") boolean end,
            @Option(names = "--secret-file", paramLabel = "FILE", description = "Holds a secret of yours.") @Nullable
                    Path secretFile) {
        RequestPath path = RequestPath.v1("webhooks", name.value(), "rotation");
        if (end) {
            JsonNode webhook = session.coordinator().delete(path);
            return session.print(webhook, WebhookPages.one(webhook));
        }
        ObjectNode body = Arguments.body();
        if (secretFile != null) {
            body.put("secret", secret(secretFile));
        }
        JsonNode webhook = session.coordinator().post(path, body);
        return session.print(webhook, WebhookPages.created(webhook));
    }

    @Command(name = "test", description = "Sends something that is no event, now, and says what came of it.")
    int test(@Parameters(index = "0", paramLabel = "NAME", description = "Its name or id.") WebhookName name) {
        JsonNode tried = session.coordinator()
                .post(RequestPath.v1("webhooks", name.value(), "test"), Arguments.body(), TEST_PATIENCE);
        int printed = session.print(tried, WebhookPages.tried(tried));
        return tried.path("accepted").asBoolean(false) ? printed : 1;
    }

    @Command(name = "deliveries", description = "Shows what is being tried, and what was given up.")
    int deliveries(@Parameters(index = "0", paramLabel = "NAME", description = "Its name or id.") WebhookName name) {
        JsonNode answer =
                session.coordinator().list(RequestPath.v1("webhooks", name.value(), "deliveries"), "deadLetters");
        return session.print(answer, WebhookPages.deliveries(answer));
    }

    @Command(name = "redeliver", description = "Sends once more what was given up.")
    int redeliver(
            @Parameters(index = "0", paramLabel = "NAME", description = "Its name or id.") WebhookName name,
            @Parameters(index = "1", paramLabel = "INDEX", description = "As deliveries shows it.") long index) {
        JsonNode answer = session.coordinator()
                .post(
                        RequestPath.v1("webhooks", name.value(), "redeliveries"),
                        Arguments.body().put("index", index));
        return session.print(answer, WebhookPages.deliveries(answer));
    }

    private static String secret(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(SECRET_BYTES_MAX), StandardCharsets.US_ASCII).strip();
        } catch (IOException unreadable) {
            throw Session.misuse("--secret-file " + file + " cannot be read: " + unreadable);
        }
    }
}
