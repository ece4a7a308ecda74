package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.axonframework.common.lock.Lock;
import org.axonframework.common.lock.LockFactory;
import org.axonframework.common.lock.PessimisticLockFactory;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.modelling.command.Aggregate;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Axon, wired by hand: storage, event store, repository with its lock for each machine, snapshots. */
final class AxonLedger<S, C, E, R> implements Ledger<S, C, E, R> {
    private static final Logger LOG = LoggerFactory.getLogger(AxonLedger.class);
    private static final int ATTEMPTS_MAX = 10;

    /** From here on the machine is also locked in the database: two coordinators in step would starve each other. */
    private static final int ATTEMPTS_WITHOUT_LOCK = 3;

    private static final int BACKOFF_MILLISECONDS_MAX = 200;
    private static final Duration INQUIRY_LIMIT = Duration.ofSeconds(10);

    /** Two: while one waits for the disk, another is made ready. */
    private static final Gathering.Limits TOGETHER = new Gathering.Limits(64, 2);

    private final LedgerSettings<S, C, E, R> settings;
    private final UnitConnections connections;
    private final RecentStates<S> recent;
    private final LockFactory locks = PessimisticLockFactory.usingDefaults();
    private final EmbeddedEventStore store;
    private final ShellFactory<S, C, E, R> factory;
    private final SnapshotWriter snapshots;
    private final EventSourcingRepository<MachineShell<S, C, E, R>> repository;
    private final Publication<E> publication;
    private final StatesAtHand<S, C, E, R> atHand;
    private final LogReader<E> reader;
    private final ManyStates<S, E> many;
    private final CommitOutcome outcome;
    private final CommitNotice notice;
    private final CrashHook crash;
    private final LedgerWatch watch;
    private final List<Consumer<Committed<E>>> listeners = new CopyOnWriteArrayList<>();

    AxonLedger(DataSource application, LedgerSettings<S, C, E, R> settings, CrashHook crash, LedgerWatch watch) {
        this.crash = crash;
        this.watch = watch;
        this.settings = settings;
        this.connections = new UnitConnections(application);
        this.recent = new RecentStates<>(settings.memory());
        EventStorage<S> storage = EventStorage.of(connections, settings, recent);
        this.store = EmbeddedEventStore.builder().storageEngine(storage).build();
        this.factory = new ShellFactory<>(settings, watch);
        this.snapshots = new SnapshotWriter(store, factory, connections);
        this.repository = EventSourcingRepository.builder(factory.getAggregateType())
                .eventStore(store)
                .aggregateFactory(factory)
                .lockFactory(locks)
                .build();
        this.publication = new Publication<>(connections, settings, crash);
        store.subscribe(publication);
        this.reader = new LogReader<>(application, settings);
        this.many = new ManyStates<>(application, settings, recent);
        this.outcome = new CommitOutcome(new CommitInquiry(application, INQUIRY_LIMIT));
        this.notice = new CommitNotice(application);
        this.atHand = new StatesAtHand<>(
                recent,
                factory,
                storage,
                new Gathering<>(
                        new JointAppends<>(store, publication, outcome),
                        JointAppends::isOfAll,
                        // A drill holds each machine at a point of its own.
                        crash.equals(CrashHook.NONE) ? TOGETHER : Gathering.Limits.NOBODY_TOGETHER));
    }

    /** What is asked of a machine. */
    private record Asked<C>(
            String aggregateId, C command, Map<String, String> metadata, LongPredicate expected, Condition condition) {}

    @Override
    public Answer<E, R> execute(C command, Map<String, String> metadata, LongPredicate expected, Condition condition) {
        String aggregateId = settings.decisions().aggregateOf(command);
        Asked<C> asked = new Asked<>(aggregateId, command, metadata, expected, condition);
        for (int attempt = 1; ; attempt++) {
            try {
                Answer<E, R> answer = attempt(asked, attempt);
                tell(answer);
                return answer;
            } catch (GatewayLeases.Fenced fenced) {
                throw fenced;
            } catch (RuntimeException failure) {
                if (!Sorting.isConflict(failure)) {
                    throw sorted(aggregateId, failure);
                }
                if (attempt == ATTEMPTS_MAX) {
                    throw new LedgerException.ConflictExhausted(aggregateId, attempt, failure);
                }
                backOff(attempt);
            }
        }
    }

    /** Commands on the same machine wait here for each other, and hold no connection and no row meanwhile. */
    private Answer<E, R> attempt(Asked<C> asked, int attempt) {
        Lock machine = locks.obtainLock(asked.aggregateId());
        try {
            // A condition costs a question anyway, and commands that have one mostly append nothing.
            if (attempt == 1 && asked.condition().equals(Condition.NONE)) {
                long loading = System.nanoTime();
                Optional<StatesAtHand.Ahead<S, C, E, R>> ahead =
                        atHand.decide(asked.aggregateId(), asked.command(), asked.metadata(), asked.expected());
                if (ahead.isPresent()) {
                    watch.loaded(Duration.ofNanos(System.nanoTime() - loading));
                    return append(ahead.get());
                }
            }
            return askTheLog(asked, attempt > ATTEMPTS_WITHOUT_LOCK);
        } finally {
            machine.release();
        }
    }

    private Answer<E, R> append(StatesAtHand.Ahead<S, C, E, R> ahead) {
        Proposal proposal = ahead.proposal();
        String aggregateId = proposal.aggregateId();
        crash.of(aggregateId).at(CrashPoint.BEFORE_APPEND);
        long appending = System.nanoTime();
        List<StoredEvent<E>> stored;
        try {
            stored = atHand.append(proposal);
        } catch (CommitOutcome.Unknown unknown) {
            throw new LedgerException.OutcomeUnknown(
                    aggregateId, proposal.events().getFirst().getIdentifier(), unknown);
        }
        watch.appended(Duration.ofNanos(System.nanoTime() - appending));
        crash.of(aggregateId).at(CrashPoint.AFTER_COMMIT);
        committed(ahead.shell(), stored, true);
        return new Answer.Appended<>(aggregateId, stored.getLast().sequence() + 1, stored);
    }

    private Answer<E, R> askTheLog(Asked<C> asked, boolean locked) {
        UnitOfWork<?> unit = DefaultUnitOfWork.startAndGet(null);
        try {
            if (locked) {
                lockInDatabase(asked.aggregateId());
            }
            long loading = System.nanoTime();
            Aggregate<MachineShell<S, C, E, R>> aggregate =
                    repository.loadOrCreate(asked.aggregateId(), () -> factory.empty(asked.aggregateId()));
            watch.loaded(Duration.ofNanos(System.nanoTime() - loading));
            if (!asked.condition().equals(Condition.NONE)) {
                asked.condition().require(connections.getConnection());
            }
            Answer<E, R> answer = answer(unit, aggregate, asked);
            if (unit.isActive()) {
                unit.rollback();
            }
            return answer;
        } catch (Exception failure) {
            if (unit.isActive()) {
                unit.rollback(failure);
            }
            throw failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
        }
    }

    private Answer<E, R> answer(UnitOfWork<?> unit, Aggregate<MachineShell<S, C, E, R>> aggregate, Asked<C> asked) {
        long before = version(aggregate);
        if (!asked.expected().test(before)) {
            return new Answer.Outdated<>(before);
        }
        return switch (aggregate.invoke(shell -> shell.decide(asked.command()))) {
            case Decision.Rejected<E, R>(R rejection) -> new Answer.Refused<>(rejection);
            case Decision.Accepted<E, R>(List<E> events) -> {
                aggregate.execute(shell ->
                        events.forEach(event -> AggregateLifecycle.apply(event, MetaData.from(asked.metadata()))));
                yield append(unit, aggregate);
            }
        };
    }

    private Answer<E, R> append(UnitOfWork<?> unit, Aggregate<MachineShell<S, C, E, R>> aggregate) {
        MachineShell<S, C, E, R> shell = aggregate.invoke(after -> after);
        String aggregateId = shell.aggregateId();
        List<StoredEvent<E>> stored = publication.appended();
        boolean alone = !UnitNotes.ofUnit().foundOthers();
        crash.of(aggregateId).at(CrashPoint.BEFORE_APPEND);
        long appending = System.nanoTime();
        try {
            outcome.of(unit, stored);
        } catch (CommitOutcome.Unknown unknown) {
            throw new LedgerException.OutcomeUnknown(
                    aggregateId, stored.getFirst().eventId(), unknown);
        }
        if (!stored.isEmpty()) {
            watch.appended(Duration.ofNanos(System.nanoTime() - appending));
        }
        crash.of(aggregateId).at(CrashPoint.AFTER_COMMIT);
        committed(shell, stored, alone);
        return new Answer.Appended<>(aggregateId, version(aggregate), stored);
    }

    /** Only now: what was rolled back has never been. */
    private void committed(MachineShell<S, C, E, R> shell, List<StoredEvent<E>> stored, boolean alone) {
        if (stored.isEmpty()) {
            return;
        }
        boolean due = shell.sinceSnapshot() >= settings.snapshots().every();
        StoredEvent<E> last = stored.getLast();
        recent.put(
                shell.aggregateId(),
                new RecentStates.Remembered<>(
                        shell.state(), last.sequence(), last.eventId(), due ? 0 : shell.sinceSnapshot(), alone));
        if (due) {
            snapshots.write(shell.aggregateId());
        }
    }

    /** How many events it has. */
    private static long version(Aggregate<?> aggregate) {
        Long last = aggregate.version();
        return last == null ? 0 : last + 1;
    }

    private void lockInDatabase(String aggregateId) throws SQLException {
        try (PreparedStatement statement =
                connections.getConnection().prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))")) {
            statement.setString(1, aggregateId);
            statement.execute();
        }
    }

    private RuntimeException sorted(String aggregateId, RuntimeException failure) {
        if (Sorting.isUnreadable(failure)) {
            reader.findUnreadable(aggregateId, settings.decisions());
        }
        return Sorting.ofCommand(failure);
    }

    private void tell(Answer<E, R> answer) {
        if (answer instanceof Answer.Appended<E, R>(String aggregateId, long version, List<StoredEvent<E>> events)
                && !events.isEmpty()) {
            Committed<E> committed = new Committed<>(aggregateId, version, events);
            for (Consumer<Committed<E>> listener : listeners) {
                try {
                    listener.accept(committed);
                } catch (RuntimeException failure) {
                    LOG.warn("A listener failed on version {} of {}", version, aggregateId, failure);
                }
            }
            // Afterwards: sending it, and what it sets off here as well, takes the processor from whom we have woken.
            notice.committed();
        }
    }

    @Override
    public Decision<E, R> rehearse(C command) {
        MachineShell<S, C, E, R> shell =
                replay(settings.decisions().aggregateOf(command)).state();
        return shell.decide(command);
    }

    @Override
    public Replayed<S> state(String aggregateId) {
        Replayed<MachineShell<S, C, E, R>> replayed = replay(aggregateId);
        return new Replayed<>(replayed.version(), replayed.state().state());
    }

    @Override
    public Replayed<S> state(String aggregateId, Instant at) {
        return reader.state(aggregateId, at, settings.decisions());
    }

    @Override
    public Map<String, Replayed<S>> states(Collection<String> aggregateIds) {
        Map<String, Replayed<S>> read = many.of(aggregateIds);
        Map<String, Replayed<S>> all = new LinkedHashMap<>();
        for (String aggregateId : aggregateIds) {
            Replayed<S> found = read.get(aggregateId);
            all.put(aggregateId, found == null ? state(aggregateId) : found);
        }
        return all;
    }

    private Replayed<MachineShell<S, C, E, R>> replay(String aggregateId) {
        for (int attempt = 1; ; attempt++) {
            try {
                long loading = System.nanoTime();
                Replayed<MachineShell<S, C, E, R>> replayed =
                        connections.fetchInTransaction(() -> replayInTransaction(aggregateId));
                watch.loaded(Duration.ofNanos(System.nanoTime() - loading));
                return replayed;
            } catch (RuntimeException failure) {
                // Reading, too, can collide where whoever runs the server has made its transactions serializable.
                if (!SqlStates.isCollision(failure) || attempt == ATTEMPTS_MAX) {
                    throw sorted(aggregateId, failure);
                }
                backOff(attempt);
            }
        }
    }

    /** Without the machine's lock, so that readers do not wait for commands. */
    private Replayed<MachineShell<S, C, E, R>> replayInTransaction(String aggregateId) {
        DomainEventStream stream = store.readEvents(aggregateId);
        if (!stream.hasNext()) {
            return new Replayed<>(0, factory.empty(aggregateId));
        }
        MachineShell<S, C, E, R> shell = factory.createAggregateRoot(aggregateId, stream.peek());
        DomainEventMessage<?> last = stream.peek();
        while (stream.hasNext()) {
            last = stream.next();
            shell.on(last.getPayload());
        }
        if (settings.eventType().isInstance(last.getPayload())) {
            recent.put(
                    aggregateId,
                    new RecentStates.Remembered<>(
                            shell.state(),
                            last.getSequenceNumber(),
                            last.getIdentifier(),
                            shell.sinceSnapshot(),
                            false));
        }
        return new Replayed<>(last.getSequenceNumber() + 1, shell);
    }

    @Override
    public Listening onCommitted(Consumer<Committed<E>> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public Stream<StoredEvent<E>> readAfter(long globalIndex) {
        return reader.after(globalIndex);
    }

    @Override
    public void close() {
        snapshots.close();
        notice.close();
        store.shutDown();
    }

    private static void backOff(int attempt) {
        int most = Math.min(BACKOFF_MILLISECONDS_MAX, 1 << attempt);
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(most) + 1L);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
