package dev.tidemark.coordinator;

import dev.tidemark.coordinator.dispatch.Board;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.dispatch.Holders;
import dev.tidemark.coordinator.ledger.CommitWatch;
import dev.tidemark.coordinator.ledger.GatewayBoard;
import dev.tidemark.coordinator.ledger.GatewayBoard.Topic;
import dev.tidemark.coordinator.ledger.GatewayLeases;
import dev.tidemark.coordinator.ledger.NewEvents;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The other coordinators on the same database: what they commit wakes the gateways that wait here, what their gateways see is known here,
 * and the other way round.
 *
 * <p>What is told of bitmaps is also kept as a curve for the pages. One thread hears, one tells. A notice that is lost costs a second: then everything is looked at without one.
 */
final class Neighbours implements Board, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);

    /** A notice may get lost. */
    private static final Duration FALLBACK = Duration.ofSeconds(1);

    /** So much is told together; and what was committed by many at once is looked at once. */
    private static final Duration BREATH = Duration.ofMillis(2);

    /** Commits wake gateways at once; all else may wait so long, so that it costs little where much is committed. */
    private static final Duration ROUND = Duration.ofMillis(50);

    private static final Duration TELLING = Duration.ofMillis(200);

    private static final Duration TIDYING = Duration.ofMinutes(5);

    /** Of all times; some distance from the earliest that a database knows. */
    private static final Instant BEGINNING = Instant.EPOCH.plus(Duration.ofDays(1));

    private final Dispatch dispatch;
    private final Holders holders;
    private final GatewayLeases leases;
    private final GatewayBoard board;
    private final NewEvents events;
    private final CommitWatch watch;
    private final Runnable onNotice;
    private final Duration tidying;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();
    private final Map<Topic, Map<String, String>> untold = new EnumMap<>(Topic.class);
    private final Map<MachineId, Sight.Observed> uncounted = new LinkedHashMap<>();
    private final Map<Topic, Instant> heardUpTo = new EnumMap<>(Topic.class);
    private final Map<Topic, Map<String, Instant>> heard = new EnumMap<>(Topic.class);
    private final Thread hearing =
            Thread.ofPlatform().daemon().name("neighbours").unstarted(this::hear);
    private final Thread telling =
            Thread.ofPlatform().daemon().name("neighbours-telling").unstarted(this::tell);
    private volatile boolean closed;
    private boolean failing;
    private boolean lookOwed;
    private long tidiedNanoseconds = System.nanoTime();
    private long lookedNanoseconds = System.nanoTime() - ROUND.toNanos();

    private Neighbours(
            Dispatch dispatch,
            Holders holders,
            GatewayLeases leases,
            GatewayBoard board,
            DataSource database,
            Runnable onNotice,
            Duration tidying) {
        this.dispatch = dispatch;
        this.holders = holders;
        this.leases = leases;
        this.board = board;
        this.events = new NewEvents(database);
        this.watch = new CommitWatch(database);
        this.onNotice = onNotice;
        this.tidying = tidying;
        for (Topic topic : Topic.values()) {
            untold.put(topic, new LinkedHashMap<>());
            heard.put(topic, new HashMap<>());
            heardUpTo.put(topic, BEGINNING);
        }
    }

    /**
     * Begins to hear and to tell.
     *
     * @param onNotice called after each look at what there is, on the thread that hears: hand over, do not work there
     */
    static Neighbours start(
            Dispatch dispatch,
            Holders holders,
            GatewayLeases leases,
            GatewayBoard board,
            DataSource database,
            Runnable onNotice) {
        return start(dispatch, holders, leases, board, database, onNotice, TIDYING);
    }

    /** The same, that looks for what nobody wants any more so often. */
    static Neighbours start(
            Dispatch dispatch,
            Holders holders,
            GatewayLeases leases,
            GatewayBoard board,
            DataSource database,
            Runnable onNotice,
            Duration tidying) {
        Neighbours neighbours = new Neighbours(dispatch, holders, leases, board, database, onNotice, tidying);
        dispatch.publishTo(neighbours);
        neighbours.hearing.start();
        neighbours.telling.start();
        return neighbours;
    }

    @Override
    public void saw(MachineId machine, Sight sight) {
        String content = Json.MAPPER.writeValueAsString(sight);
        lock.lock();
        try {
            if (sight instanceof Sight.Observed seen) {
                uncounted.put(machine, seen);
            }
            owe(Topic.SIGHT, machine.value(), content);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void told(Progress step) {
        owe(Topic.PROGRESS, step.operation().value(), Json.MAPPER.writeValueAsString(step));
    }

    private void owe(Topic topic, String key, String content) {
        lock.lock();
        try {
            owed(topic).put(key, content);
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    private Map<String, String> owed(Topic topic) {
        return untold.computeIfAbsent(topic, none -> new LinkedHashMap<>());
    }

    private void tell() {
        try {
            while (!closed) {
                tell(take());
                tell(takeCounts());
                Thread.sleep(TELLING);
            }
        } catch (InterruptedException stopping) {
            LOG.debug("nothing is told to other coordinators any more");
        }
    }

    private void tell(Map<Topic, Map<String, String>> taken) {
        try {
            taken.forEach((topic, contents) -> {
                if (!contents.isEmpty()) {
                    board.tell(topic, contents);
                }
            });
        } catch (RuntimeException unwritten) {
            // Not kept: whoever needs it is told when it changes, or has the machine looked at.
            LOG.debug("what was seen was not told to other coordinators", unwritten);
        }
    }

    private void tell(List<GatewayBoard.Marked> counts) {
        try {
            if (!counts.isEmpty()) {
                board.marked(counts);
            }
        } catch (RuntimeException unwritten) {
            // A gap in a curve.
            LOG.debug("what bitmaps marked was not kept", unwritten);
        }
    }

    private List<GatewayBoard.Marked> takeCounts() {
        lock.lock();
        try {
            List<GatewayBoard.Marked> counts = uncounted.entrySet().stream()
                    .flatMap(entry -> marked(entry.getKey(), entry.getValue()))
                    .toList();
            uncounted.clear();
            return counts;
        } finally {
            lock.unlock();
        }
    }

    /** Of each disk, what was marked since its newest checkpoint; of one that nobody records, nothing. */
    private static Stream<GatewayBoard.Marked> marked(MachineId machine, Sight.Observed seen) {
        return seen.disks().stream()
                .flatMap(disk -> disk.bitmaps().stream()
                        .filter(bitmap -> bitmap.recording()
                                && !bitmap.inconsistent()
                                && bitmap.name()
                                        .filter(BitmapName::isCheckpointBitmap)
                                        .isPresent())
                        .max(Comparator.comparing(bitmap -> bitmap.name().orElseThrow()))
                        .map(bitmap -> new GatewayBoard.Marked(
                                machine.value(), disk.facts().name().value(), bitmap.dirtyBytes()))
                        .stream());
    }

    private Map<Topic, Map<String, String>> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (untold.values().stream().allMatch(Map::isEmpty)) {
                something.await();
            }
            Map<Topic, Map<String, String>> taken = new EnumMap<>(untold);
            untold.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void hear() {
        watch.begin();
        try {
            while (!closed) {
                try {
                    look();
                    failing = false;
                } catch (RuntimeException unreadable) {
                    if (!failing) {
                        LOG.warn("what other coordinators do cannot be seen: {}", unreadable.toString());
                    }
                    failing = true;
                }
                Thread.sleep(BREATH);
                watch.await(lookOwed ? ROUND : FALLBACK);
            }
        } catch (InterruptedException stopping) {
            LOG.debug("other coordinators are not heard any more");
        } finally {
            watch.close();
        }
    }

    private void look() {
        events.versions().forEach((machine, version) -> dispatch.heard(new MachineId(machine), version));
        long now = System.nanoTime();
        lookOwed = now - lookedNanoseconds < ROUND.toNanos();
        if (!lookOwed) {
            lookedNanoseconds = now;
            refreshHolders();
            hear(Topic.SIGHT);
            hear(Topic.PROGRESS);
            onNotice.run();
            if (now - tidiedNanoseconds > tidying.toNanos()) {
                tidiedNanoseconds = now;
                board.tidy();
            }
        }
    }

    private void hear(Topic topic) {
        Map<String, Instant> known = heard.computeIfAbsent(topic, none -> new HashMap<>());
        Instant newest = heardUpTo.getOrDefault(topic, BEGINNING);
        for (GatewayBoard.Told told : board.news(topic, newest)) {
            if (!told.changedAt().equals(known.put(told.key(), told.changedAt()))) {
                pass(topic, told);
            }
            newest = told.changedAt().isAfter(newest) ? told.changedAt() : newest;
        }
        heardUpTo.put(topic, newest);
        Instant forget = newest.minus(Duration.ofMinutes(1));
        known.values().removeIf(at -> at.isBefore(forget));
    }

    private void pass(Topic topic, GatewayBoard.Told told) {
        try {
            switch (topic) {
                case SIGHT ->
                    dispatch.seenElsewhere(
                            new MachineId(told.key()), Json.MAPPER.readValue(told.content(), Sight.class));
                case PROGRESS -> dispatch.toldElsewhere(Json.MAPPER.readValue(told.content(), Progress.class));
            }
        } catch (JacksonException foreign) {
            // A coordinator of another release: what it saw is looked at again by whoever takes its gateways over.
            LOG.debug("{} of {} is not understood", topic, told.key(), foreign);
        }
    }

    @Override
    public void close() {
        closed = true;
        hearing.interrupt();
        telling.interrupt();
        join(hearing);
        join(telling);
    }

    private static void join(Thread ending) {
        try {
            boolean _ = ending.join(Duration.ofSeconds(2));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void refreshHolders() {
        long now = System.nanoTime();
        for (GatewayLeases.Holding holding : leases.all()) {
            dispatch.leased(new HostName(holding.host()), holding.epoch());
            holders.know(
                    new HostName(holding.host()),
                    new Holders.Holder(
                            holding.coordinator(),
                            now - nanoseconds(holding.silentSeconds()),
                            now + nanoseconds(holding.leftSeconds())));
        }
    }

    private static long nanoseconds(double seconds) {
        return (long) (seconds * 1e9);
    }
}
