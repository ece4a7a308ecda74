package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.api.Caller;
import dev.tidemark.coordinator.api.ChainView;
import dev.tidemark.coordinator.api.DryRun;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.GatewayView;
import dev.tidemark.coordinator.api.JobSight;
import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.api.MachineVersion;
import dev.tidemark.coordinator.api.Outdated;
import dev.tidemark.coordinator.api.PlanQuestion;
import dev.tidemark.coordinator.api.PlanView;
import dev.tidemark.coordinator.api.Precondition;
import dev.tidemark.coordinator.api.ReconcileView;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.RepositoryView;
import dev.tidemark.coordinator.api.RetentionView;
import dev.tidemark.coordinator.api.Submitted;
import dev.tidemark.coordinator.api.Unreachable;
import dev.tidemark.coordinator.view.Projection;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.event.FormerMachine;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.json.EventNames;
import dev.tidemark.schema.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An engine that accepts everything it is not told to reject, and keeps log and read models in a real database. Its
 * outcomes are told by the test.
 */
final class PlayedEngine implements Engine, CoordinatorLink {
    private final DataSource database;
    private final Map<MachineId, Long> versions = new HashMap<>();
    private final List<Consumer<List<MachineEvent>>> listeners = new CopyOnWriteArrayList<>();
    final List<MachineCommand> submitted = new CopyOnWriteArrayList<>();
    final List<HostName> waitingGateways = new CopyOnWriteArrayList<>();
    final List<String> hosts = new CopyOnWriteArrayList<>(List.of("host1"));
    final List<Report> reports = new CopyOnWriteArrayList<>();
    final Map<MachineId, MachineSight> sights = new ConcurrentHashMap<>();
    final Map<OperationId, Progress> progress = new ConcurrentHashMap<>();
    final Map<OperationId, String> waiting = new ConcurrentHashMap<>();
    volatile OptionalLong bytesPerSecond = OptionalLong.empty();
    final AtomicReference<@Nullable Rejected> nextRejection = new AtomicReference<>();
    final AtomicReference<@Nullable RuntimeException> nextFailure = new AtomicReference<>();
    final AtomicReference<@Nullable LinkException> nextLinkFailure = new AtomicReference<>();
    final AtomicReference<@Nullable CountDownLatch> hold = new AtomicReference<>();
    /** A permit for each that is held. */
    final Semaphore arrived = new Semaphore(0);

    volatile boolean reachable = true;

    /** Whoever looks around for what has ended without anybody telling, sees nothing. */
    volatile boolean blind;

    PlayedEngine(DataSource database) {
        this.database = database;
    }

    @Override
    public Submitted submit(MachineCommand command, Caller caller, Precondition precondition)
            throws Rejected, Outdated {
        CountDownLatch held = hold.get();
        if (held != null) {
            arrived.release();
            try {
                held.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
        failAsTold();
        List<MachineEvent> events = PlayedDecisions.events(command);
        long version = append(command.machine(), events, caller.metadata(), precondition);
        submitted.add(command);
        return new Submitted(version, events.size());
    }

    @Override
    public DryRun dryRun(MachineCommand command, Precondition precondition) throws Rejected, Outdated {
        require(precondition, command.machine());
        failAsTold();
        JsonNode transaction = Json.MAPPER.readTree("{\"execute\":\"transaction\",\"arguments\":{\"actions\":[]}}");
        return new DryRun(PlayedDecisions.events(command), transaction, List.of("so it would be"));
    }

    /** What happens to a machine without anybody asking. */
    void tell(MachineEvent event) {
        try {
            append(event.machine(), List.of(event), Map.of(), Precondition.NONE);
        } catch (Outdated impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    void observed(MachineId machine) {
        tell(PlayedDecisions.observed(machine));
        sights.put(
                machine, new MachineSight(MachineSight.State.UP, Optional.empty(), Optional.of("running"), Map.of()));
    }

    private synchronized void require(Precondition precondition, MachineId machine) throws Outdated {
        MachineVersion now = new MachineVersion(machine, versions.getOrDefault(machine, 0L));
        if (!precondition.admits(now)) {
            throw new Outdated(now);
        }
    }

    private synchronized long append(
            MachineId machine, List<MachineEvent> events, Map<String, String> metadata, Precondition precondition)
            throws Outdated {
        require(precondition, machine);
        long version = versions.getOrDefault(machine, 0L);
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                for (MachineEvent event : events) {
                    store(connection, event, version++, metadata);
                    Projection.apply(connection, event, version, metadata);
                }
                connection.commit();
            } catch (SQLException | RuntimeException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        versions.put(machine, version);
        listeners.forEach(listener -> listener.accept(events));
        return version;
    }

    private static void store(Connection connection, MachineEvent event, long sequence, Map<String, String> metadata)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO tidemark.domain_event_entry
                    (event_identifier, aggregate_identifier, sequence_number, type, time_stamp, payload_type, payload,
                     meta_data)
                VALUES (?, ?, ?, 'Machine', ?, ?, ?::json, ?::json)
                """)) {
            statement.setString(1, event.machine() + "-" + sequence);
            statement.setString(2, event.machine().value());
            statement.setLong(3, sequence);
            statement.setString(4, event.at().toString());
            statement.setString(5, EventNames.nameOf(event.getClass()));
            statement.setString(6, Json.MAPPER.writeValueAsString(event));
            statement.setString(7, Json.MAPPER.writeValueAsString(metadata));
            statement.executeUpdate();
        }
    }

    private void failAsTold() throws Rejected {
        Rejected rejection = nextRejection.getAndSet(null);
        if (rejection != null) {
            throw rejection;
        }
        RuntimeException failure = nextFailure.getAndSet(null);
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public JobSight job(OperationId operation) {
        return new JobSight(
                Optional.ofNullable(progress.get(operation)),
                bytesPerSecond,
                Optional.empty(),
                Optional.ofNullable(waiting.get(operation)));
    }

    @Override
    public List<JobSight> jobs() {
        return progress.keySet().stream().map(this::job).toList();
    }

    @Override
    public MachineSight sight(MachineId machine) {
        if (blind && Thread.currentThread().getName().equals("operation-signals")) {
            throw new IllegalStateException("as played: nobody looks around");
        }
        return sights.getOrDefault(machine, MachineSight.NONE);
    }

    @Override
    public FormerMachine former(MachineId machine) {
        return new FormerMachine(machine, List.of());
    }

    @Override
    public ChainView chain(MachineId machine) throws Rejected {
        failAsTold();
        return new ChainView(
                "web",
                7,
                List.of(new ChainView.Disk(
                        "vda",
                        "HEALTHY",
                        null,
                        List.of(new ChainView.Bitmap(
                                "tm-01ARZ3NDEKTSV4RRFFQ69G5FAV", "monday", true, 65536L, "HEALTHY")),
                        List.of(new ChainView.CheckpointUse("01ARZ3NDEKTSV4RRFFQ69G5FAV", "monday", true, null)))),
                List.of("vda: monday can be the base of an incremental backup"));
    }

    @Override
    public ChainView chain(MachineId machine, Instant at) {
        return new ChainView("web", 3, List.of(), List.of());
    }

    @Override
    public List<RetentionView.Policy> retention(MachineId machine) throws Rejected {
        failAsTold();
        return List.of(new RetentionView.Policy("default", 7, 0, 0, 0, 0));
    }

    @Override
    public RetentionView retention(MachineId machine, RepositoryName repository, boolean merging) throws Rejected {
        failAsTold();
        return new RetentionView(
                "web",
                repository.value(),
                7,
                new RetentionPolicy(7, 0, 0, 0, 0),
                List.of(new RetentionView.Backup(
                        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                        Instant.EPOCH,
                        true,
                        List.of(new RetentionView.Reason("NEWEST", "")))),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    @Override
    public PlanView plan(PlanQuestion question) throws Rejected {
        failAsTold();
        return new PlanView(
                "web",
                question.repository().value(),
                7,
                List.of(new PlanView.Disk("vda", "FULL", null, null, "NO_BACKUP_IN_REPOSITORY", "none yet")),
                null,
                List.of("vda: full, because there is no backup yet"));
    }

    @Override
    public ReconcileView reconcile(MachineId machine, boolean dryRun, Duration limit) throws Rejected, Unreachable {
        failAsTold();
        if (!reachable) {
            throw new Unreachable("nothing listens on /run/qmp.sock");
        }
        return new ReconcileView(
                "web",
                7,
                List.of(new ReconcileView.Drift(
                        "UNKNOWN_BITMAP", "vda", "tm-01ARZ3NDEKTSV4RRFFQ69G5FAV", "not in the log", "QUARANTINED")),
                dryRun);
    }

    @Override
    public Optional<HostName> host(MachineId machine) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT host FROM tidemark.vm WHERE id = ?")) {
            statement.setString(1, machine.value());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(new HostName(rows.getString(1))) : Optional.empty();
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public List<GatewayView> gateways() {
        return hosts.stream().map(PlayedEngine::gateway).toList();
    }

    private static GatewayView gateway(String host) {
        return new GatewayView(
                host,
                "b2a0",
                3,
                "here/4711-a0b1",
                "LIVE",
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(60),
                Instant.EPOCH.plusSeconds(80),
                "1");
    }

    @Override
    public CoordinatorLink gatewayLink() {
        return this;
    }

    @Override
    public List<RepositoryView> repositories() {
        return List.of(new RepositoryView("default", "/srv/backups"));
    }

    @Override
    public void onCommitted(Consumer<List<MachineEvent>> listener) {
        listeners.add(listener);
    }

    @Override
    public void onChangedElsewhere(Consumer<MachineId> listener) {
        // Nobody else is on what is played here.
    }

    @Override
    public Lease claim(HostName host, Claim claim) throws LinkException {
        failLinkAsTold();
        return Lease.granted(1, 60_000);
    }

    private void failLinkAsTold() throws LinkException {
        LinkException failure = nextLinkFailure.getAndSet(null);
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public Wake await(HostName host, String cursor, Duration timeLimit) throws LinkException, InterruptedException {
        failLinkAsTold();
        if (timeLimit.isPositive()) {
            waitingGateways.add(host);
            Thread.sleep(timeLimit);
        }
        return new Wake("cursor-1", List.of(), List.of(), List.of());
    }

    @Override
    public Optional<Desired> report(Report report) throws LinkException {
        failLinkAsTold();
        reports.add(report);
        return Optional.empty();
    }

    @Override
    public void progress(Progress step) {
        progress.put(step.operation(), step);
    }
}
