package dev.tidemark.coordinator.webhook;

import dev.tidemark.coordinator.ledger.Horizon;
import dev.tidemark.coordinator.ledger.WebhookRow;
import dev.tidemark.coordinator.ledger.WebhookTable;
import dev.tidemark.schema.json.EventNames;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocketFactory;
import javax.sql.DataSource;

/** Webhooks as somebody sees to them: made, shown, tried, ended. */
public final class WebhookDesk implements AutoCloseable {
    private static final Duration HOLE_PATIENCE = Duration.ofSeconds(2);

    private final WebhookTable table;
    private final Horizon horizon;
    private final AllowedReceivers allowed;
    private final SealingKey key;
    private final Clock clock;
    private final Post post;

    public WebhookDesk(DataSource database, AllowedReceivers allowed, SealingKey key, Clock clock) {
        this.table = new WebhookTable(database);
        this.horizon = new Horizon(database);
        this.allowed = allowed;
        this.key = key;
        this.clock = clock;
        this.post = new Post(allowed, Patience.USUAL, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /** One that lets events go nowhere. */
    public static WebhookDesk closed(DataSource database) {
        return new WebhookDesk(database, AllowedReceivers.NONE, SealingKey.forgotten(), Clock.systemUTC());
    }

    /** What somebody wants to be told, and where. */
    public record Wanted(String id, String name, String url, List<String> events, String machines, String createdBy) {
        public Wanted {
            events = List.copyOf(events);
        }
    }

    /** What came of a test. */
    public record Tried(boolean accepted, String detail) {}

    /** How far the log is; what comes behind it is what a new webhook is told of. Empty if somebody has been appending for too long. */
    public OptionalLong newest() throws InterruptedException {
        return horizon.newest(HOLE_PATIENCE);
    }

    /** Refused unless events may go there. */
    public void requireAllowed(String url) throws ReceiverRefused {
        allowed.check(url);
    }

    /** Makes one; false if there is another one of this name. */
    public boolean create(Wanted wanted, byte[] secret, long position) throws ReceiverRefused {
        return table.create(new WebhookRow.New(
                wanted.id(),
                wanted.name(),
                allowed.check(wanted.url()).toString(),
                wanted.events(),
                wanted.machines(),
                key.seal(wanted.id(), secret),
                wanted.createdBy(),
                position));
    }

    public List<WebhookRow> all() {
        return table.all();
    }

    public Optional<WebhookRow> find(String nameOrId) {
        return table.find(nameOrId);
    }

    public boolean delete(String id) {
        return table.delete(id);
    }

    public boolean enable(String id) {
        return table.enable(id);
    }

    /** Signs with this one and the one before from now on. */
    public boolean rotate(String id, byte[] secret) {
        return table.rotate(id, key.seal(id, secret));
    }

    public boolean endRotation(String id) {
        return table.endRotation(id);
    }

    /** What was given up behind an index of the log, in its order. */
    public List<WebhookRow.DeadLetter> deadLetters(String id, long after, int limit) {
        return table.deadLetters(id, after, limit);
    }

    /** Has one sent once more, soon. */
    public boolean redeliver(String id, long index) {
        return table.request(id, index);
    }

    /** Sends something that is no event of the log, now, and says what came of it. */
    public Tried test(WebhookRow webhook, String id) {
        CloudEvent event = CloudEvent.test(id, webhook.name(), clock.instant());
        return switch (new Envelope(post, key, clock).send(webhook, event)) {
            case Answer.Accepted accepted -> new Tried(true, "answered with " + accepted.status());
            case Answer.Gone _ -> new Tried(false, "answered with 410: events would disable this webhook");
            case Answer.NotAccepted failed -> new Tried(false, failed.trouble());
            case Answer.NotSent notSent -> new Tried(false, notSent.trouble());
        };
    }

    /** The names of events, without versions. */
    public static Set<String> eventNames() {
        return EventNames.all().keySet().stream().map(Courier::withoutVersion).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void close() {
        post.close();
    }
}
