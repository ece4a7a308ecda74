package dev.tidemark.coordinator.webhook;

import dev.tidemark.coordinator.ledger.CommitWatch;
import dev.tidemark.coordinator.ledger.Horizon;
import dev.tidemark.coordinator.ledger.LedgerException;
import dev.tidemark.coordinator.ledger.SoleSender;
import dev.tidemark.coordinator.ledger.Tide;
import dev.tidemark.coordinator.ledger.WebhookRow;
import dev.tidemark.coordinator.ledger.WebhookTable;
import dev.tidemark.coordinator.view.Queries;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what webhooks have to be told, if no other coordinator of this database does; a courier for each, so that none waits for another. */
public final class Webhooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    /** As many connections as there can be at a time. */
    public static final int WEBHOOKS_MAX = 64;

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration STOP = Duration.ofSeconds(2);

    private final WebhookTable table;
    private final SoleSender right;
    private final Tide tide;
    private final Post post;
    private final Courier.Parts parts;
    private final WebhookCounts counts = new WebhookCounts();
    private final Map<String, Running> couriers = new HashMap<>();
    private final Thread watch;
    private volatile boolean closed;

    /** A courier and what it runs in. */
    private record Running(Courier courier, Thread thread) {}

    private Webhooks(DataSource database, Queries queries, Post post, Envelope envelope, Patience patience) {
        this.table = new WebhookTable(database);
        this.right = new SoleSender(database);
        this.tide = new Tide(new Horizon(database), () -> new CommitWatch(database));
        this.post = post;
        this.parts = new Courier.Parts(table, queries, tide, envelope, patience, counts);
        this.watch = Thread.ofVirtual().name("webhooks").start(this::watch);
    }

    /** With the certificates that this Java trusts. */
    public static Webhooks start(
            DataSource database, AllowedReceivers allowed, SealingKey key, Clock clock, Patience patience) {
        return start(database, allowed, key, clock, patience, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    static Webhooks start(
            DataSource database,
            AllowedReceivers allowed,
            SealingKey key,
            Clock clock,
            Patience patience,
            SSLSocketFactory tls) {
        Post post = new Post(allowed, patience, tls);
        return new Webhooks(database, new Queries(database), post, new Envelope(post, key, clock), patience);
    }

    /** What this coordinator has sent. */
    public WebhookCounts counts() {
        return counts;
    }

    private void watch() {
        try {
            while (!closed) {
                try {
                    keep(right.mayNow() ? wanted() : Set.of());
                } catch (LedgerException unavailable) {
                    LOG.debug("which webhooks there are is not known", unavailable);
                }
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException stopping) {
            LOG.debug("webhooks are told nothing more by this coordinator");
        }
    }

    private Set<String> wanted() {
        Set<String> wanted = new HashSet<>();
        for (WebhookRow webhook : table.all()) {
            if (webhook.disabledBecause().isEmpty()) {
                wanted.add(webhook.id());
            }
        }
        return wanted;
    }

    private void keep(Set<String> wanted) {
        couriers.entrySet().removeIf(entry -> {
            if (!wanted.contains(entry.getKey())) {
                entry.getValue().courier().end();
            }
            return !wanted.contains(entry.getKey())
                    || !entry.getValue().thread().isAlive();
        });
        for (String webhook : wanted) {
            couriers.computeIfAbsent(webhook, this::running);
        }
    }

    private Running running(String webhook) {
        Courier courier = new Courier(webhook, parts);
        return new Running(
                courier, Thread.ofVirtual().name("webhook " + webhook).start(courier));
    }

    /** What is being sent is cut off, and sent again by whoever comes next: with the same id. */
    @Override
    public void close() {
        closed = true;
        tide.close();
        post.close();
        try {
            watch.join(STOP);
            for (Running running : couriers.values()) {
                running.thread().join(STOP);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        right.close();
    }
}
