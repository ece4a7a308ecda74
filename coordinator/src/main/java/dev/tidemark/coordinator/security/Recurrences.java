package dev.tidemark.coordinator.security;

import dev.tidemark.coordinator.ledger.Act;
import dev.tidemark.coordinator.ledger.Act.Verdict;
import dev.tidemark.coordinator.ledger.ActBook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes again and again from one place and is turned down each time: one record for the first, within a second, and one a minute
 * that counts the others. Of very many places at once those beyond a limit share a record: whoever has a whole network to call from fills
 * no disk with it. Nothing is left out of the counts, only a coordinator that is killed forgets those of its last minute.
 */
final class Recurrences implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Recurrences.class);
    private static final Duration BETWEEN_RECORDS = Duration.ofMinutes(1);
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final int PLACES_MAX = 32;
    private static final String OTHERS = "(others)";
    private static final int NETWORK_GROUPS = 4;

    private final ActBook book;
    private final Clock clock;
    private final Map<String, Counted> counts = new LinkedHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("recurrences").daemon().factory());
    private boolean failing;

    Recurrences(ActBook book, Clock clock) {
        this.book = book;
        this.clock = clock;
        // It ends with the timer: nobody has to hold on to it.
        ScheduledFuture<?> _ =
                timer.scheduleWithFixedDelay(this::turn, TURN.toMillis(), TURN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static final class Counted {
        private Act last;
        private long times;
        private Instant since = Instant.EPOCH;
        private long writtenAtNanos;
        private boolean written;

        Counted(Act last) {
            this.last = last;
        }

        boolean isDue(long now) {
            return times > 0 && (!written || now - writtenAtNanos >= BETWEEN_RECORDS.toNanos());
        }

        boolean isOver(long now) {
            return times == 0 && written && now - writtenAtNanos >= BETWEEN_RECORDS.toNanos();
        }
    }

    /** Nobody knows who it is. */
    void stranger(ActTrail trail, String code, String detail) {
        String place = network(trail.address());
        count(
                "address " + place,
                Act.of(Optional.empty(), trail.origin(), Verdict.DENIED)
                        .naming(Optional.of(trail.path()))
                        .because(code, detail));
    }

    /** Somebody calls more often than he may. */
    void limited(ActTrail trail, String code, String detail) {
        String name = trail.caller().map(Identity::name).orElse("");
        count(
                "caller " + name,
                Act.of(Optional.of(name), trail.origin(), Verdict.REFUSED).because(code, detail));
    }

    private synchronized void count(String place, Act act) {
        Counted counted = counts.get(place);
        if (counted == null) {
            boolean full = counts.size() >= PLACES_MAX;
            counted = counts.computeIfAbsent(full ? OTHERS : place, _ -> new Counted(act));
        }
        if (counted.times == 0) {
            counted.since = clock.instant();
        }
        counted.last = act;
        counted.times++;
    }

    private void turn() {
        try {
            write(false);
            if (failing) {
                LOG.info("what is turned down again and again is recorded again");
            }
            failing = false;
        } catch (RuntimeException failure) {
            // The counts stay until they can be written; told once.
            if (!failing) {
                LOG.warn("what is turned down again and again is not recorded: {}", failure.getMessage(), failure);
            }
            failing = true;
        }
    }

    /** One turn after the other; those who count wait for no database. */
    private void write(boolean all) {
        List<Map.Entry<String, Counted>> due = new ArrayList<>();
        List<Act> acts = new ArrayList<>();
        synchronized (this) {
            long now = System.nanoTime();
            counts.values().removeIf(counted -> counted.isOver(now));
            for (Map.Entry<String, Counted> entry : counts.entrySet()) {
                Counted counted = entry.getValue();
                if (counted.isDue(now) || (all && counted.times > 0)) {
                    due.add(entry);
                    Act act = entry.getKey().equals(OTHERS) ? counted.last.from(OTHERS) : counted.last;
                    acts.add(counted.times == 1 ? act : act.often(counted.times, counted.since));
                }
            }
        }
        for (int index = 0; index < due.size(); index++) {
            Act act = acts.get(index);
            book.append(act);
            synchronized (this) {
                Counted counted = due.get(index).getValue();
                counted.times -= act.times();
                counted.since = clock.instant();
                counted.written = true;
                counted.writtenAtNanos = System.nanoTime();
            }
        }
    }

    /** Whoever has an IPv6 address has a whole network of them. */
    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        String[] groups = address.split(":", -1);
        return groups.length <= NETWORK_GROUPS
                ? address
                : String.join(":", List.of(groups).subList(0, NETWORK_GROUPS)) + "::/64";
    }

    @Override
    public void close() {
        timer.shutdownNow();
        try {
            write(true);
        } catch (RuntimeException lost) {
            LOG.warn("the last count of what was turned down is lost: {}", lost.getMessage(), lost);
        }
    }
}
