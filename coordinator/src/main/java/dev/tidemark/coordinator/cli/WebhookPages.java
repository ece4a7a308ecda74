package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Webhooks for people. */
final class WebhookPages {
    private WebhookPages() {}

    static Page created(JsonNode webhook) {
        Page page = one(webhook);
        return webhook.has("secret")
                ? page.gap()
                        .line("The secret is shown once: its receiver verifies with it.")
                        // In one piece, however narrow it is here.
                        .verbatim(List.of(Cell.text(webhook, "secret")))
                : page;
    }

    static Page one(JsonNode webhook) {
        Fields fields = new Fields()
                .field("name", Cell.text(webhook, "name"))
                .field("id", Cell.text(webhook, "id"))
                .field("url", Cell.text(webhook, "url"))
                .field("events", events(webhook))
                .field("vms", Cell.text(webhook, "vms"))
                .field("state", state(webhook))
                .field("delivered", Cell.text(webhook, "delivered"))
                .field("position", Cell.text(webhook, "position"))
                .field("dead letters", Cell.text(webhook, "deadLetters"))
                .field("secrets", Cell.text(webhook, "secrets"))
                .field("created", Cell.time(webhook, "createdAt") + " by " + Cell.text(webhook, "createdBy"));
        return trying(new Page().fields(fields), webhook);
    }

    static Page list(JsonNode answer) {
        List<JsonNode> webhooks = Cell.list(answer, "webhooks");
        if (webhooks.isEmpty()) {
            return new Page().line("no webhooks; make one with: tidemark webhook create NAME --to URL");
        }
        Table table = new Table()
                .column("NAME")
                .column("STATE")
                .column("DELIVERED")
                .column("DEAD")
                .optional("URL");
        for (JsonNode webhook : webhooks) {
            table.row(
                    Cell.text(webhook, "name"),
                    state(webhook),
                    Cell.text(webhook, "delivered"),
                    Cell.text(webhook, "deadLetters"),
                    Cell.text(webhook, "url"));
        }
        return new Page().table(table);
    }

    static Page tried(JsonNode tried) {
        return new Page()
                .line((tried.path("accepted").asBoolean(false) ? "accepted: " : "not accepted: ")
                        + Cell.text(tried, "detail"));
    }

    static Page deliveries(JsonNode answer) {
        Page page = trying(
                new Page()
                        .fields(new Fields()
                                .field("delivered", Cell.text(answer, "delivered"))
                                .field("position", Cell.text(answer, "position"))),
                answer);
        List<JsonNode> letters = Cell.list(answer, "deadLetters");
        if (letters.isEmpty()) {
            return page.line("nothing was given up");
        }
        Table table = new Table()
                .column("INDEX")
                .column("STATE")
                .column("EVENT")
                .optional("TRIES")
                .optional("ERROR");
        for (JsonNode letter : letters) {
            table.row(
                    Cell.text(letter, "index"),
                    Cell.text(letter, "state").toLowerCase(Locale.ROOT),
                    Cell.text(letter, "event"),
                    Cell.text(letter, "attempts"),
                    Cell.text(letter, "error"));
        }
        return page.gap().table(table);
    }

    private static Page trying(Page page, JsonNode document) {
        JsonNode trying = document.path("trying");
        return trying.isObject()
                ? page.line("not accepted " + Cell.text(trying, "attempts") + " times since "
                        + Cell.time(trying, "since") + ", again at " + Cell.time(trying, "nextAttemptAt") + ": "
                        + Cell.text(trying, "error"))
                : page;
    }

    private static String events(JsonNode webhook) {
        List<JsonNode> events = Cell.list(webhook, "events");
        return events.isEmpty()
                ? "all"
                : events.stream().map(event -> event.asString("")).collect(Collectors.joining(", "));
    }

    private static String state(JsonNode webhook) {
        String state = Cell.text(webhook, "state").toLowerCase(Locale.ROOT);
        return state.equals("disabled") ? state + ": " + Cell.text(webhook, "reason") : state;
    }
}
