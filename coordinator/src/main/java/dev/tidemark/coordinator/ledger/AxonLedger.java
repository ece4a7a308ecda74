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

    private final LedgerSettings<S, C, E, R> settings;
    private final UnitConnections connections;
    private final RecentStates<S> recent;
    private final EmbeddedEventStore store;
    private final ShellFactory<S, C, E, R> factory;
    private final SnapshotWriter snapshots;
    private final EventSourcingRepository<MachineShell<S, C, E, R>> repository;
    private final Publication<E> publication;
    private final LogReader<E> reader;
    private final ManyStates<S, E> many;
    private final CommitInquiry inquiry;
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
        this.store = EmbeddedEventStore.builder()
                .storageEngine(EventStorage.of(connections, settings, recent))
                .build();
        this.factory = new ShellFactory<>(settings, watch);
        this.snapshots = new SnapshotWriter(store, factory, connections);
        this.repository = EventSourcingRepository.builder(factory.getAggregateType())
                .eventStore(store)
                .aggregateFactory(factory)
                .build();
        this.publication = new Publication<>(connections, settings, crash);
        store.subscribe(publication);
        this.reader = new LogReader<>(application, settings);
        this.many = new ManyStates<>(application, settings, recent);
        this.inquiry = new CommitInquiry(application, INQUIRY_LIMIT);
        this.notice = new CommitNotice(application);
    }

    @Override
    public Answer<E, R> execute(C command, Map<String, String> metadata, LongPredicate expected, Condition condition) {
        String aggregateId = settings.decisions().aggregateOf(command);
        for (int attempt = 1; ; attempt++) {
            try {
                Optional<Answer<E, R>> answer = attempt(aggregateId, command, metadata, expected, condition, attempt);
                if (answer.isPresent()) {
                    tell(answer.get());
                    return answer.get();
                }
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

    /** Empty if what was to be answered rests on a state that nobody has compared with the log. */
    private Optional<Answer<E, R>> attempt(
            String aggregateId,
            C command,
            Map<String, String> metadata,
            LongPredicate expected,
            Condition condition,
            int attempt) {
        UnitOfWork<?> unit = DefaultUnitOfWork.startAndGet(null);
        Answer.Appended<E, R> appended;
        try {
            if (attempt > ATTEMPTS_WITHOUT_LOCK) {
                lockInDatabase(aggregateId);
            }
            // A condition costs a question anyway, and commands that have one mostly append nothing.
            if (attempt == 1 && condition.equals(Condition.NONE)) {
                EventStorage.maySuppose();
            }
            long loading = System.nanoTime();
            Aggregate<MachineShell<S, C, E, R>> aggregate =
                    repository.loadOrCreate(aggregateId, () -> factory.empty(aggregateId));
            watch.loaded(Duration.ofNanos(System.nanoTime() - loading));
            // After the machine's lock: who waits for that holds no connection and no row.
            if (!condition.equals(Condition.NONE)) {
                condition.require(connections.getConnection());
            }
            long before = version(aggregate);
            if (!expected.test(before)) {
                return notAppended(unit, new Answer.Outdated<>(before));
            }
            switch (aggregate.invoke(shell -> shell.decide(command))) {
                case Decision.Rejected<E, R>(R rejection) -> {
                    return notAppended(unit, new Answer.Refused<>(rejection));
                }
                case Decision.Accepted<E, R>(List<E> events)
                when events.isEmpty() && EventStorage.supposed().isPresent() -> {
                    return notAppended(unit, new Answer.Appended<>(aggregateId, before, List.of()));
                }
                case Decision.Accepted<E, R>(List<E> events) -> {
                    aggregate.execute(
                            shell -> events.forEach(event -> AggregateLifecycle.apply(event, MetaData.from(metadata))));
                    List<StoredEvent<E>> stored = publication.appended();
                    MachineShell<S, C, E, R> shell = aggregate.invoke(after -> after);
                    boolean alone = !EventStorage.foundOthers();
                    appended = commit(unit, aggregateId, version(aggregate), stored);
                    committed(shell, stored, alone);
                }
            }
        } catch (Exception failure) {
            if (unit.isActive()) {
                unit.rollback(failure);
            }
            throw failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
        }
        return Optional.of(appended);
    }

    private static <E, R> Optional<Answer<E, R>> notAppended(UnitOfWork<?> unit, Answer<E, R> answer) {
        boolean supposed = EventStorage.supposed().isPresent();
        unit.rollback();
        return supposed ? Optional.empty() : Optional.of(answer);
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

    /** Commits, and finds out what happened when the answer to that is lost. */
    private Answer.Appended<E, R> commit(
            UnitOfWork<?> unit, String aggregateId, long version, List<StoredEvent<E>> stored) {
        crash.of(aggregateId).at(CrashPoint.BEFORE_APPEND);
        long appending = System.nanoTime();
        try {
            unit.commit();
            if (!stored.isEmpty()) {
                watch.appended(Duration.ofNanos(System.nanoTime() - appending));
            }
        } catch (UnitConnections.CommitFailed failure) {
            if (stored.isEmpty() || SqlStates.saysRolledBack(failure)) {
                throw failure;
            }
            String eventId = stored.getFirst().eventId();
            LOG.warn("The answer to a commit was lost; looking for event {} of {}", eventId, aggregateId, failure);
            switch (inquiry.fateOf(eventId, failure.serverProcess())) {
                case COMMITTED -> LOG.info("Event {} of {} was committed", eventId, aggregateId);
                case ROLLED_BACK -> throw failure;
                case UNKNOWN -> throw new LedgerException.OutcomeUnknown(aggregateId, eventId, failure);
            }
        }
        crash.of(aggregateId).at(CrashPoint.AFTER_COMMIT);
        return new Answer.Appended<>(aggregateId, version, stored);
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
