package dev.tidemark.coordinator.webhook;

import dev.tidemark.coordinator.ledger.LedgerException;
import dev.tidemark.coordinator.ledger.Tide;
import dev.tidemark.coordinator.ledger.WebhookRow;
import dev.tidemark.coordinator.ledger.WebhookTable;
import dev.tidemark.coordinator.security.Scope;
import dev.tidemark.coordinator.view.LogFilter;
import dev.tidemark.coordinator.view.LoggedEvent;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.coordinator.view.StorageUnavailable;
import dev.tidemark.schema.json.EventNames;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one receiver of the log, one event after the other.
 *
 * <p>Invariants: the next event is sent once the one before it was accepted or is a dead letter; and the position in the database moves
 * after that, never before. So whatever dies in between, each event is told at least once, a repeat has the same id, and nothing is passed
 * over. What the log has not settled is not looked at.
 */
final class Courier implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final int PAGE_LENGTH = 32;

    /** How soon it is noticed that a webhook was changed, and that somebody wants a dead letter sent. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** What only an operator can mend is not tried often. */
    private static final Duration MENDING = Duration.ofSeconds(60);

    private final String id;
    private final Parts parts;
    private volatile boolean ended;

    /** What all couriers share. */
    record Parts(
            WebhookTable table,
            Queries queries,
            Tide tide,
            Envelope envelope,
            Patience patience,
            WebhookCounts counts) {}

    Courier(String id, Parts parts) {
        this.id = id;
        this.parts = parts;
    }

    /** Sends no more than what is on its way; not by an interrupt, which would tear a connection to the database. */
    void end() {
        ended = true;
    }

    private boolean goesOn() {
        return !ended && !parts.tide().ended();
    }

    @Override
    public void run() {
        boolean joined = false;
        try {
            parts.tide().join();
            joined = true;
            while (goesOn()) {
                Optional<WebhookRow> webhook = parts.table().find(id);
                if (webhook.isEmpty() || webhook.get().disabledBecause().isPresent()) {
                    return;
                }
                goOn(webhook.get());
            }
        } catch (InterruptedException stopping) {
            LOG.debug("webhook {} is told nothing more by this coordinator", id);
        } catch (LedgerException | StorageUnavailable unavailable) {
            // Whoever started this one starts another.
            LOG.debug("webhook {} waits for the database", id, unavailable);
        } finally {
            if (joined) {
                parts.tide().leave();
            }
        }
    }

    private void goOn(WebhookRow webhook) throws InterruptedException {
        redeliver(webhook);
        long wait = webhook.trying().map(WebhookRow.Trying::waitMilliseconds).orElse(0L);
        if (wait > 0) {
            Thread.sleep(Math.min(wait, LOOK.toMillis()));
            return;
        }
        long settled = parts.tide().awaitBeyond(webhook.position(), LOOK);
        if (settled > webhook.position()) {
            // As it is now: a secret may have been replaced meanwhile.
            Optional<WebhookRow> now =
                    parts.table().find(id).filter(row -> row.disabledBecause().isEmpty());
            if (now.isPresent()) {
                tellUpTo(now.get(), settled);
            }
        }
    }

    private void tellUpTo(WebhookRow webhook, long settled) throws InterruptedException {
        List<LoggedEvent> page = parts.queries().log(webhook.position(), settled, filter(webhook), PAGE_LENGTH);
        if (page.isEmpty()) {
            parts.table().passed(webhook, settled);
            return;
        }
        long position = webhook.position();
        int failures = webhook.trying().map(WebhookRow.Trying::attempts).orElse(0);
        for (LoggedEvent event : page) {
            if (!goesOn() || !tell(webhook, position, failures, event)) {
                return;
            }
            position = event.index();
            failures = 0;
        }
    }

    /** Whether the position is behind this event now. */
    private boolean tell(WebhookRow webhook, long position, int failures, LoggedEvent event)
            throws InterruptedException {
        Answer answer = parts.envelope().send(webhook, CloudEvent.of(event));
        if (parts.tide().ended() && !(answer instanceof Answer.Accepted)) {
            // We hung up, not the receiver.
            return false;
        }
        return switch (answer) {
            case Answer.Accepted _ -> {
                parts.counts().countAccepted();
                yield parts.table().delivered(id, position, event.index());
            }
            case Answer.Gone _ -> {
                parts.counts().countFailed();
                LOG.warn("webhook '{}' is disabled: its receiver wants no more", webhook.name());
                parts.table().disable(id, "the receiver answered with 410");
                yield false;
            }
            case Answer.NotSent notSent -> {
                LOG.warn("webhook '{}' cannot be told: {}", webhook.name(), notSent.trouble());
                // Not the receiver's fault, so it does not count against it: nothing becomes a dead letter by that.
                mended(parts.patience().pauseMost());
                yield false;
            }
            case Answer.NotAccepted failed -> {
                parts.counts().countFailed();
                if (failures + 1 >= parts.patience().attempts()) {
                    parts.counts().countDeadLetter();
                    LOG.warn(
                            "webhook '{}': event {} is a dead letter: {}",
                            webhook.name(),
                            event.index(),
                            failed.trouble());
                    yield parts.table().buried(id, position, event.index(), event.type(), failed.trouble());
                }
                Duration pause = parts.patience().pauseAfter(failures + 1, ThreadLocalRandom.current());
                parts.table()
                        .failed(
                                id,
                                position,
                                failed.trouble(),
                                failed.askedPause()
                                        .filter(asked -> asked.compareTo(pause) > 0)
                                        .orElse(pause));
                yield false;
            }
        };
    }

    private void mended(Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + Math.min(MENDING.toNanos(), most.toNanos());
        while (goesOn() && System.nanoTime() < deadline) {
            Thread.sleep(Math.min(LOOK.toMillis(), Math.max(1, (deadline - System.nanoTime()) / 1_000_000)));
        }
    }

    /** Dead letters that somebody wants to be tried once more; out of the order of the log, with the id that they had. */
    private void redeliver(WebhookRow webhook) {
        for (WebhookRow.DeadLetter letter : parts.table().requested(id)) {
            List<LoggedEvent> found = parts.queries().log(letter.index() - 1, letter.index(), everything(), 1);
            Answer answer = found.isEmpty()
                    ? new Answer.NotAccepted("the log has no such event")
                    : parts.envelope().send(webhook, CloudEvent.of(found.getFirst()));
            switch (answer) {
                case Answer.Accepted _ -> {
                    parts.counts().countAccepted();
                    parts.table().redelivered(id, letter.index());
                }
                case Answer.Gone _ -> parts.table().refusedAgain(id, letter.index(), "answered with 410");
                case Answer.NotSent notSent -> parts.table().refusedAgain(id, letter.index(), notSent.trouble());
                case Answer.NotAccepted failed -> {
                    parts.counts().countFailed();
                    parts.table().refusedAgain(id, letter.index(), failed.trouble());
                }
            }
        }
    }

    private static LogFilter filter(WebhookRow webhook) {
        return new LogFilter(
                Optional.empty(),
                Optional.empty(),
                storedNames(webhook.events()),
                new Scope(webhook.machines()).restriction());
    }

    private static LogFilter everything() {
        return new LogFilter(Optional.empty(), Optional.empty(), Set.of(), Optional.empty());
    }

    /** Of all versions, also those that came after the webhook was made. */
    private static Set<String> storedNames(List<String> events) {
        return EventNames.all().keySet().stream()
                .filter(name -> events.contains(withoutVersion(name)))
                .collect(Collectors.toUnmodifiableSet());
    }

    static String withoutVersion(String storedName) {
        return storedName.replaceAll("\\.v[0-9]+$", "");
    }
}
