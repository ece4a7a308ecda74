package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.ServerFacts;
import dev.tidemark.coordinator.api.server.ApiServer;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.dispatch.DispatchWatch;
import dev.tidemark.coordinator.dispatch.Holders;
import dev.tidemark.coordinator.dispatch.JobLimits;
import dev.tidemark.coordinator.dispatch.Places;
import dev.tidemark.coordinator.ledger.GatewayBoard;
import dev.tidemark.coordinator.ledger.GatewayLeases;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.LedgerSettings;
import dev.tidemark.coordinator.ledger.Projection;
import dev.tidemark.coordinator.ledger.SnapshotJson;
import dev.tidemark.coordinator.ledger.StoredEvent;
import dev.tidemark.coordinator.security.AdminToken;
import dev.tidemark.coordinator.testkit.TemporaryTree;
import dev.tidemark.coordinator.view.MachineView;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/**
 * The rooms of a coordinator without a gateway, wired as {@link CoordinatorServer} wires them, on a data source of the test's
 * choice. Nothing happens in it by the clock: who wants to catch up says so.
 */
public final class CoordinatorRooms implements AutoCloseable {
    /** A snapshot after so few events that short lives have some. */
    private static final int SNAPSHOT_EVERY_EVENTS = 5;

    private final DataSource database;
    private final Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger;
    private final Dispatch dispatch;
    private final AdminToken token;
    private final ApiServer api;

    private CoordinatorRooms(
            DataSource database, Projection<MachineEvent> readModels, UnaryOperator<Engine> betweenApiAndLedger) {
        this.database = database;
        this.ledger = ledger(database, SNAPSHOT_EVERY_EVENTS, readModels);
        this.dispatch = dispatch(database, ledger);
        ledger.onCommitted(committed -> dispatch.committed(
                new MachineId(committed.aggregateId()),
                committed.version(),
                committed.events().stream().map(StoredEvent::event).toList()));
        this.token = token();
        Engine engine = new CoordinatorEngine(
                ledger,
                dispatch,
                alone(database),
                Map.of(new RepositoryName("default"), Path.of("/backups")),
                Clock.systemUTC(),
                CrashHook.NONE);
        this.api = ApiServer.start(
                betweenApiAndLedger.apply(engine),
                database,
                token,
                new ServerFacts("1", new HostName("here"), ServerFacts.DatabaseKind.EMBEDDED, Instant.now()),
                ApiServer.Bind.loopback(0));
    }

    /** As production has it. */
    public static CoordinatorRooms open(DataSource database) {
        return open(database, readModels(), UnaryOperator.identity());
    }

    /** For sabotage: with other read models, and with something between the interface and the ledger. */
    public static CoordinatorRooms open(
            DataSource database, Projection<MachineEvent> readModels, UnaryOperator<Engine> betweenApiAndLedger) {
        return new CoordinatorRooms(database, readModels, betweenApiAndLedger);
    }

    /** What production keeps in the append's transaction. */
    public static Projection<MachineEvent> readModels() {
        return (stored, connection) -> dev.tidemark.coordinator.view.Projection.apply(
                connection, stored.event(), stored.sequence() + 1, stored.metadata());
    }

    /** A ledger on a database, for what a second coordinator does. */
    public static Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger(
            DataSource database, int snapshotEvery, Projection<MachineEvent> readModels) {
        return Ledger.open(
                database,
                new LedgerSettings<>(
                        new ChainDecisions(),
                        MachineEvent.class,
                        new StoredNames(),
                        SnapshotJson.MAPPER,
                        new LedgerSettings.Snapshots<>("machine-snapshot.v6", Machine.class, snapshotEvery),
                        CoordinatorServer.ledgerSettings().memory(),
                        List.of(readModels)));
    }

    /** What a coordinator that starts on this database knows before it answers anybody. */
    public Dispatch startedAgain() {
        Dispatch again = dispatch(database, ledger);
        for (MachineView machine : new Queries(database).machines()) {
            again.track(ledger.state(machine.id()).state());
        }
        return again;
    }

    public Dispatch dispatch() {
        return dispatch;
    }

    /** The machine as this coordinator's ledger replays it. */
    public Machine replayed(MachineId machine) {
        return ledger.state(machine.value()).state();
    }

    public URI url() {
        return api.url();
    }

    public String secret() {
        return token.secret();
    }

    private static Dispatch dispatch(
            DataSource database, Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger) {
        return new Dispatch(
                new LedgerHistory(ledger, new Queries(database), Clock.systemUTC()),
                UUID.randomUUID().toString(),
                CrashHook.NONE,
                JobLimits.NONE,
                Places.UNSHARED,
                new GatewayLeases(database, "rooms", Duration.ofMinutes(1))::claim,
                DispatchWatch.NONE);
    }

    /** Without others. */
    private static Elsewhere alone(DataSource database) {
        Holders holders = new Holders();
        return new Elsewhere(holders, new FarLooks(new GatewayBoard(database, "rooms"), holders, "rooms"), List::of);
    }

    private static AdminToken token() {
        try {
            Path home = Files.createTempDirectory("tidemark-rooms-test-");
            try {
                return AdminToken.at(home.resolve("admin.token"));
            } finally {
                TemporaryTree.delete(home);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        api.close();
        dispatch.close();
        ledger.close();
    }
}
