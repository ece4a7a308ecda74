package dev.tidemark.coordinator;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.cli.ServeOptions;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.dispatch.Holders;
import dev.tidemark.coordinator.dispatch.JobLimits;
import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.EvidenceDirectory;
import dev.tidemark.coordinator.evidence.HeadReceiver;
import dev.tidemark.coordinator.evidence.HeadWriter;
import dev.tidemark.coordinator.ledger.GatewayBoard;
import dev.tidemark.coordinator.ledger.GatewayLeases;
import dev.tidemark.coordinator.ledger.JobPlaces;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.RecordReader;
import dev.tidemark.coordinator.ledger.StoredEvent;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.ledger.postgres.ServerAddress;
import dev.tidemark.coordinator.monitor.metrics.Metrics;
import dev.tidemark.coordinator.monitor.tracing.Tracing;
import dev.tidemark.coordinator.security.AdminToken;
import dev.tidemark.coordinator.view.OriginQueries;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.crash.ArmedCrashPoints;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a coordinator stands on: the database, the log in it with its signed heads, and what knows the machines and the gateways. Made, it
 * acts on nobody: who does so is opened above it.
 */
final class Foundation {
    /** What was appended since the last head can be rewritten by whoever owns the database. */
    private static final Duration HEAD_INTERVAL = Duration.ofSeconds(60);

    final Home home;
    final HostName host;
    final Clock clock = Clock.systemUTC();
    final CrashHook crash = ArmedCrashPoints.ofThisProcess();
    final Map<RepositoryName, Path> repositories;
    final AdminToken token;
    final Metrics metrics = new Metrics(Version.text());
    final Tracing tracing;
    final Database database;
    final Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger;
    final HeadWriter heads;
    final Queries queries;
    final GatewayLeases leases;
    final GatewayBoard board;
    final Holders holders = new Holders();
    final FarLooks farLooks;
    final Dispatch dispatch;
    final Origins origins;
    final CoordinatorEngine engine;

    /** Opens the rooms that have to be closed again. */
    Foundation(ServeOptions options, OpenRooms rooms) throws IOException {
        home = Home.at(options.home());
        token = AdminToken.at(home.tokenFile());
        host = options.host().orElseGet(Home::hostName);
        repositories = home.repositories(options.work().repositories());
        tracing = Tracing.of(
                TraceHeaders.collector(options.monitoring()), "tidemark-coordinator", Version.text(), host.value());
        rooms.opened("traces", tracing::close);
        database = database(options);
        rooms.opened("database", database::close);
        ledger = Ledger.open(database.application(), CoordinatorServer.ledgerSettings(), crash, metrics.ledger());
        rooms.opened("ledger", ledger::close);
        heads = HeadWriter.start(books(database), evidence(home, options), headReceiver(options), clock, HEAD_INTERVAL);
        rooms.opened("heads of the log", heads::close);
        ledger.onCommitted(committed -> heads.appended(committed.events().size()));

        String life = UUID.randomUUID().toString();
        String name = name(host, life);
        queries = new Queries(database.application());
        leases = new GatewayLeases(
                database.application(), name, options.gateways().lease());
        board = new GatewayBoard(database.application(), name);
        farLooks = new FarLooks(board, holders, name);
        dispatch = new Dispatch(
                new LedgerHistory(ledger, queries, clock),
                life,
                crash,
                limits(options),
                new SharedPlaces(new JobPlaces(database.application(), name, CatchUp.SILENCE_MAX)),
                leases::claim,
                metrics.dispatch());
        ledger.onCommitted(committed -> dispatch.committed(
                new MachineId(committed.aggregateId()),
                committed.version(),
                committed.events().stream().map(StoredEvent::event).toList()));
        rooms.opened("dispatch", dispatch::close);
        origins = new Origins(new OriginQueries(database.application())::of);
        engine = new CoordinatorEngine(
                ledger,
                dispatch,
                new Elsewhere(holders, farLooks, leases::all),
                repositories,
                clock,
                crash,
                tracing,
                origins);
        farLooks.answerBy(engine::lookHere);
    }

    private static EvidenceDirectory evidence(Home home, ServeOptions options) throws IOException {
        Path heads = options.heads().directory().orElse(home.evidence());
        Files.createDirectories(heads);
        return new EvidenceDirectory(home.evidence(), heads);
    }

    private static HeadReceiver headReceiver(ServeOptions options) throws IOException {
        Optional<Path> log = options.heads().systemLog();
        return log.isPresent() ? SystemLog.at(log.get()) : HeadReceiver.NOBODY;
    }

    private static Map<Book, HeadWriter.Records> books(Database database) {
        Map<Book, HeadWriter.Records> books = new EnumMap<>(Book.class);
        for (Book book : Book.values()) {
            books.put(book, new RecordReader(database.application(), book)::places);
        }
        return books;
    }

    /** For people, and different in each life. */
    private static String name(HostName host, String life) {
        return host + "/" + ProcessHandle.current().pid() + "-" + life.substring(0, 4);
    }

    private static JobLimits limits(ServeOptions options) {
        return new JobLimits(
                options.jobs().perHost().orElse(JobLimits.DEFAULT.perHost()),
                options.jobs().perRepository().orElse(JobLimits.DEFAULT.perRepository()));
    }

    private static Database database(ServeOptions options) {
        return options.database()
                .url()
                .map(address -> Database.at(
                        new ServerAddress(address, options.database().passwordFile(), Optional.empty())))
                .orElseGet(() -> Database.embedded(options.home()));
    }
}
