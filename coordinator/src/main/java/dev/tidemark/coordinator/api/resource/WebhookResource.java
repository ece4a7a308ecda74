package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.ledger.WebhookRow;
import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Scope;
import dev.tidemark.coordinator.view.Row;
import dev.tidemark.coordinator.webhook.ReceiverRefused;
import dev.tidemark.coordinator.webhook.Signatures;
import dev.tidemark.coordinator.webhook.WebhookDesk;
import dev.tidemark.coordinator.webhook.Webhooks;
import dev.tidemark.schema.id.WebhookName;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/webhooks}: who is told of events. */
@RestController
public final class WebhookResource {
    private static final int URL_LENGTH_MAX = 2_048;

    private final WebhookDesk desk;
    private final FreshIds ids;

    public WebhookResource(WebhookDesk desk, FreshIds ids) {
        this.desk = desk;
        this.ids = ids;
    }

    record NewWebhook(
            WebhookName name,
            String url,
            Optional<List<String>> events,
            Optional<String> vms,
            Optional<String> secret) {}

    record NewSecret(Optional<String> secret) {}

    record Which(long index) {}

    /** A webhook, with its secret once: when that is made. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record WebhookView(
            String id,
            String name,
            String url,
            List<String> events,
            String vms,
            String state,
            @Nullable String reason,
            Instant createdAt,
            String createdBy,
            long position,
            long delivered,
            @Nullable Instant deliveredAt,
            @Nullable TryingView trying,
            long deadLetters,
            int secrets,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String secret) {}

    record TryingView(int attempts, Instant since, Instant lastAttemptAt, Instant nextAttemptAt, String error) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record DeadLetterView(
            long index,
            String event,
            String state,
            int attempts,
            Instant firstAttemptAt,
            Instant givenUpAt,
            String error,
            @Nullable Instant redeliveredAt) {}

    record WebhookList(List<WebhookView> webhooks) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Deliveries(
            String webhook,
            long position,
            long delivered,
            @Nullable TryingView trying,
            List<DeadLetterView> deadLetters,
            @Nullable String next) {}

    @PostMapping("/v1/webhooks")
    ResponseEntity<WebhookView> create(@RequestBody NewWebhook body) throws InterruptedException {
        ActTrail.aboutNow(body.name().value());
        List<String> events = events(body.events().orElseGet(List::of));
        String machines = body.vms().orElse(Scope.ALL.text());
        if (!Scope.isWellFormed(machines)) {
            throw Refusal.member(
                    "vms",
                    "'vms' is neither a pattern of vm names nor a label",
                    "Write a name in which * stands for any characters, as web-*; or a label, as env=prod; or both:"
                            + " web-*,env=prod. Leave it out for all vms.");
        }
        if (body.url().length() > URL_LENGTH_MAX) {
            throw Refusal.member("url", "'url' is too long", "Use at most " + URL_LENGTH_MAX + " characters.");
        }
        if (desk.all().size() >= Webhooks.WEBHOOKS_MAX) {
            throw new Refusal(Problem.of(
                    409,
                    "TOO_MANY_WEBHOOKS",
                    "there are " + Webhooks.WEBHOOKS_MAX + " webhooks",
                    "Delete one, or have one receiver hand on what it gets."));
        }
        Optional<byte[]> given = secret(body.secret());
        byte[] secret = given.orElseGet(Signatures::freshSecret);
        OptionalLong position = desk.newest();
        if (position.isEmpty()) {
            throw new Refusal(Problem.of(
                            503,
                            "LOG_BUSY",
                            "somebody has been writing to the log for long without an end",
                            "Ask again; look for transactions that hang in the database.")
                    .withHeader("Retry-After", "1"));
        }
        WebhookDesk.Wanted wanted = new WebhookDesk.Wanted(
                ids.operation().value(),
                body.name().value(),
                body.url(),
                events,
                machines,
                Callers.current().name());
        try {
            desk.requireAllowed(wanted.url());
            if (desk.all().stream().anyMatch(webhook -> webhook.name().equals(wanted.name()))) {
                throw nameTaken(wanted.name());
            }
            ActTrail.aboutToChange();
            if (!desk.create(wanted, secret, position.getAsLong())) {
                throw nameTaken(wanted.name());
            }
        } catch (ReceiverRefused refused) {
            throw new Refusal(Problem.of(
                            422,
                            "WEBHOOK_NOT_ALLOWED",
                            "nothing is sent to this url: " + refused.getMessage(),
                            "Whoever starts the coordinator says where events may go: serve --allow-webhook PREFIX.")
                    .withField("url"));
        }
        // A secret that came from the caller is known to him.
        return ResponseEntity.created(URI.create("/v1/webhooks/" + wanted.id()))
                .body(view(known(wanted.id()), given.isPresent() ? null : Signatures.written(secret)));
    }

    private static Refusal nameTaken(String name) {
        return new Refusal(Problem.of(
                        409,
                        Rejected.NAME_TAKEN,
                        "there is a webhook '" + name + "'",
                        "Choose another name, or delete that one first.")
                .withField("name"));
    }

    @GetMapping("/v1/webhooks")
    WebhookList list() {
        return new WebhookList(
                desk.all().stream().map(webhook -> view(webhook, null)).toList());
    }

    @GetMapping("/v1/webhooks/{webhook}")
    WebhookView show(@PathVariable("webhook") WebhookName webhook) {
        return view(known(webhook.value()), null);
    }

    @DeleteMapping("/v1/webhooks/{webhook}")
    WebhookView delete(@PathVariable("webhook") WebhookName webhook) {
        WebhookRow known = toChange(webhook);
        desk.delete(known.id());
        return view(known, null);
    }

    @PostMapping("/v1/webhooks/{webhook}/enable")
    WebhookView enable(@PathVariable("webhook") WebhookName webhook, @RequestBody Nothing body) {
        desk.enable(toChange(webhook).id());
        return view(known(webhook.value()), null);
    }

    @PostMapping("/v1/webhooks/{webhook}/test")
    WebhookDesk.Tried test(@PathVariable("webhook") WebhookName webhook, @RequestBody Nothing body) {
        return desk.test(toChange(webhook), ids.operation().value());
    }

    @PostMapping("/v1/webhooks/{webhook}/rotation")
    WebhookView rotate(@PathVariable("webhook") WebhookName webhook, @RequestBody NewSecret body) {
        Optional<byte[]> given = secret(body.secret());
        byte[] secret = given.orElseGet(Signatures::freshSecret);
        desk.rotate(toChange(webhook).id(), secret);
        return view(known(webhook.value()), given.isPresent() ? null : Signatures.written(secret));
    }

    @DeleteMapping("/v1/webhooks/{webhook}/rotation")
    WebhookView endRotation(@PathVariable("webhook") WebhookName webhook) {
        desk.endRotation(toChange(webhook).id());
        return view(known(webhook.value()), null);
    }

    @GetMapping("/v1/webhooks/{webhook}/deliveries")
    Deliveries deliveries(
            @PathVariable("webhook") WebhookName webhook,
            @RequestParam(value = "limit", defaultValue = "1000") QueryNumber limit,
            @RequestParam(value = "after", required = false) Optional<String> after) {
        WebhookRow known = known(webhook.value());
        return deliveries(known, Page.Wish.of(listOf(known), limit, after, Page.VERSION));
    }

    private static String listOf(WebhookRow webhook) {
        return "deliveries " + webhook.id();
    }

    private Deliveries deliveries(WebhookRow known, Page.Wish wish) {
        List<Row<WebhookRow.DeadLetter>> letters = desk.deadLetters(known.id(), wish.version(0), wish.limit()).stream()
                .map(letter -> new Row<>(Long.toString(letter.index()), letter))
                .toList();
        Page<DeadLetterView> page = Page.of(wish, letters, WebhookResource::view);
        return new Deliveries(
                known.name(), known.position(), known.delivered(), trying(known), page.items(), page.next());
    }

    @PostMapping("/v1/webhooks/{webhook}/redeliveries")
    Deliveries redeliver(@PathVariable("webhook") WebhookName webhook, @RequestBody Which body) {
        WebhookRow known = known(webhook.value());
        if (desk.deadLetters(known.id(), body.index() - 1, 1).stream()
                .noneMatch(letter -> letter.index() == body.index())) {
            throw unknownDelivery(webhook);
        }
        ActTrail.aboutToChange();
        if (!desk.redeliver(known.id(), body.index())) {
            throw unknownDelivery(webhook);
        }
        return deliveries(
                known(webhook.value()),
                new Page.Wish(listOf(known), Page.LENGTH_MAX, Optional.of(Long.toString(body.index() - 1))));
    }

    private static Refusal unknownDelivery(WebhookName webhook) {
        return Refusal.notFound(
                "DELIVERY_NOT_FOUND",
                "webhook '" + webhook + "' has no dead letter with this index",
                "See GET /v1/webhooks/{webhook}/deliveries for them.");
    }

    /** One that is about to be changed, or to be sent something, which is on record by now. */
    private WebhookRow toChange(WebhookName nameOrId) {
        WebhookRow known = known(nameOrId.value());
        ActTrail.aboutToChange();
        return known;
    }

    private WebhookRow known(String nameOrId) {
        return desk.find(nameOrId)
                .orElseThrow(() -> Refusal.notFound(
                        "WEBHOOK_NOT_FOUND",
                        "there is no webhook '" + nameOrId + "'",
                        "'tidemark webhook list' has the names, and GET /v1/webhooks."));
    }

    private static List<String> events(List<String> events) {
        Set<String> known = WebhookDesk.eventNames();
        if (events.size() > known.size() || !known.containsAll(events)) {
            throw Refusal.member(
                    "events",
                    "no event is known under one of these names",
                    "Give names without a version, as backup-completed; leave it out to be told of everything.");
        }
        return events.stream().distinct().sorted().toList();
    }

    private static Optional<byte[]> secret(Optional<String> given) {
        return given.map(text -> Signatures.read(text)
                .orElseThrow(() -> Refusal.member(
                        "secret",
                        "'secret' is not 24 to 64 bytes in Base64",
                        "Make one with: echo whsec_$(openssl rand -base64 32); or leave it out.")));
    }

    private static @Nullable TryingView trying(WebhookRow webhook) {
        return webhook.trying()
                .map(trying -> new TryingView(
                        trying.attempts(),
                        trying.firstAttemptAt(),
                        trying.lastAttemptAt(),
                        trying.nextAttemptAt(),
                        trying.trouble()))
                .orElse(null);
    }

    private static DeadLetterView view(WebhookRow.DeadLetter letter) {
        String state = letter.redeliveredAt().isPresent()
                ? "REDELIVERED"
                : letter.requestedAt().isPresent() ? "REQUESTED" : "DEAD";
        return new DeadLetterView(
                letter.index(),
                letter.type(),
                state,
                letter.attempts(),
                letter.firstAttemptAt(),
                letter.givenUpAt(),
                letter.trouble(),
                letter.redeliveredAt().orElse(null));
    }

    private static WebhookView view(WebhookRow webhook, @Nullable String secret) {
        return new WebhookView(
                webhook.id(),
                webhook.name(),
                webhook.url(),
                webhook.events(),
                webhook.machines(),
                webhook.disabledBecause().isPresent() ? "DISABLED" : "ACTIVE",
                webhook.disabledBecause().orElse(null),
                webhook.createdAt(),
                webhook.createdBy(),
                webhook.position(),
                webhook.delivered(),
                webhook.deliveredAt().orElse(null),
                trying(webhook),
                webhook.deadLetters(),
                webhook.formerSecret().isPresent() ? 2 : 1,
                secret);
    }
}
