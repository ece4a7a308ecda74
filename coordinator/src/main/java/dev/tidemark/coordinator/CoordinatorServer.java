package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.ServerFacts;
import dev.tidemark.coordinator.api.Supervision;
import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.api.server.ApiServer;
import dev.tidemark.coordinator.api.server.TlsFiles;
import dev.tidemark.coordinator.api.server.WebhookRoom;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.cli.ServeOptions;
import dev.tidemark.coordinator.dashboard.DashboardRoom;
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
import dev.tidemark.coordinator.ledger.LedgerSettings;
import dev.tidemark.coordinator.ledger.RecordReader;
import dev.tidemark.coordinator.ledger.SnapshotJson;
import dev.tidemark.coordinator.ledger.StoredEvent;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.ledger.postgres.DatabaseHealth;
import dev.tidemark.coordinator.ledger.postgres.ServerAddress;
import dev.tidemark.coordinator.monitor.health.Checks;
import dev.tidemark.coordinator.monitor.health.Finding;
import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.coordinator.monitor.metrics.Fleet;
import dev.tidemark.coordinator.monitor.metrics.Metrics;
import dev.tidemark.coordinator.monitor.tracing.Tracing;
import dev.tidemark.coordinator.security.AdminToken;
import dev.tidemark.coordinator.view.FleetCounts;
import dev.tidemark.coordinator.view.OriginQueries;
import dev.tidemark.coordinator.view.Projection;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.coordinator.webhook.AllowedReceivers;
import dev.tidemark.coordinator.webhook.SealingKey;
import dev.tidemark.coordinator.webhook.WebhookDesk;
import dev.tidemark.coordinator.webhook.Webhooks;
import dev.tidemark.gateway.Gateway;
import dev.tidemark.gateway.lease.InstanceFile;
import dev.tidemark.gateway.lease.Tenant;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.crash.ArmedCrashPoints;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rooms of a running coordinator, opened from the inside out and closed in the opposite order: database, ledger,
 * dispatch, gateway, HTTP. Whatever stops last is what everything else still writes to.
 */
final class CoordinatorServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorServer.class);
    private static final int SNAPSHOT_EVERY_EVENTS = 25;

    /** A fleet's machines, as long as their chains are short. */
    private static final int MACHINES_AT_HAND_MAX = 16_384;

    /** A part takes some 200 bytes: 100 MiB at most, where a machine with a checkpoint a night for a month has a few hundred parts. */
    private static final long PARTS_AT_HAND_MAX = 500_000;

    /** What was appended since the last head can be rewritten by whoever owns the database. */
    private static final Duration HEAD_INTERVAL = Duration.ofSeconds(60);

    private static final long HOME_BYTES_ENOUGH = 1L << 30;
    private static final long HOME_BYTES_NEEDED = 64L << 20;

    private final Deque<Room> open = new ArrayDeque<>();
    private final Milestones milestones = new Milestones();
    private final URI url;

    /** Something that was opened and has to be closed. */
    private record Room(String name, Runnable close) {}

    private CoordinatorServer(ServeOptions options) throws IOException {
        try {
            url = openRooms(options);
        } catch (IOException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** Starts; when this returns, requests are answered and {@code server.json} says where. */
    static CoordinatorServer start(ServeOptions options) throws IOException {
        return new CoordinatorServer(options);
    }

    URI url() {
        return url;
    }

    private URI openRooms(ServeOptions options) throws IOException {
        Clock clock = Clock.systemUTC();
        CrashHook crash = ArmedCrashPoints.ofThisProcess();
        Home home = Home.at(options.home());
        AdminToken token = AdminToken.at(home.tokenFile());
        HostName host = options.host().orElseGet(Home::hostName);
        Map<RepositoryName, Path> repositories =
                home.repositories(options.work().repositories());

        Metrics metrics = new Metrics(Version.text());
        Tracing tracing = Tracing.of(
                TraceHeaders.collector(options.monitoring()), "tidemark-coordinator", Version.text(), host.value());
        opened("traces", tracing::close);
        Database database = database(options);
        opened("database", database::close);
        Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger =
                Ledger.open(database.application(), ledgerSettings(), crash, metrics.ledger());
        opened("ledger", ledger::close);

        HeadWriter heads =
                HeadWriter.start(books(database), evidence(home, options), headReceiver(options), clock, HEAD_INTERVAL);
        opened("heads of the log", heads::close);
        ledger.onCommitted(committed -> heads.appended(committed.events().size()));

        Queries queries = new Queries(database.application());
        String life = UUID.randomUUID().toString();
        String name = name(host, life);
        GatewayLeases leases = new GatewayLeases(
                database.application(), name, options.gateways().lease());
        GatewayBoard board = new GatewayBoard(database.application(), name);
        Holders holders = new Holders();
        FarLooks farLooks = new FarLooks(board, holders, name);
        Dispatch dispatch = new Dispatch(
                new LedgerHistory(ledger, queries, clock),
                life,
                crash,
                limits(options),
                new SharedPlaces(new JobPlaces(database.application(), name, CatchUp.SILENCE_MAX)),
                leases::claim,
                metrics.dispatch());
        ledger.onCommitted(committed -> dispatch.committed(
                new dev.tidemark.schema.id.MachineId(committed.aggregateId()),
                committed.version(),
                committed.events().stream().map(StoredEvent::event).toList()));
        milestones.passed("rooms");
        TakingUp.all(queries.versions().keySet(), ledger, dispatch);
        milestones.passed("machines");
        opened("dispatch", dispatch::close);
        Origins origins = new Origins(new OriginQueries(database.application())::of);
        CatchUp catchUp = CatchUp.start(dispatch, holders);
        opened("catch-up", catchUp::close);
        Neighbours neighbours =
                Neighbours.start(dispatch, holders, leases, board, database.application(), farLooks::noticed);
        opened("neighbours", neighbours::close);

        if (options.gateway()) {
            InstanceFile instance = InstanceFile.at(home.gatewayInstance(host));
            opened("name of the gateway", () -> release(instance));
            Gateway gateway = Gateway.start(
                    HostSettings.of(host, home, repositories, options.work()),
                    new TracedLink(dispatch, tracing, origins),
                    new Tenant(instance.instance(), false, Version.text()),
                    crash,
                    tracing.qmp(metrics.qmp()),
                    tracing.work());
            opened("gateway", gateway::close);
        }

        ServerFacts facts = new ServerFacts(
                Version.text(),
                host,
                options.database().url().isPresent()
                        ? ServerFacts.DatabaseKind.SERVER
                        : ServerFacts.DatabaseKind.EMBEDDED,
                clock.instant());
        CoordinatorEngine engine = new CoordinatorEngine(
                ledger,
                dispatch,
                new Elsewhere(holders, farLooks, leases::all),
                repositories,
                clock,
                crash,
                tracing,
                origins);
        farLooks.answerBy(engine::lookHere);
        Deadlines deadlines = Deadlines.start(dispatch, engine, new FreshIds(clock));
        opened("deadlines", deadlines::close);
        metrics.of(new Fleet(
                new FleetCounts(database.application()),
                dispatch::standing,
                heads::standing,
                database.application(),
                options.gateway() ? repositories : Map.of()));
        List<Supplier<Finding>> checks = new ArrayList<>(List.of(
                Checks.database(() -> DatabaseHealth.trouble(database.application())),
                Checks.catchUp(catchUp::failing),
                Checks.heads(heads::standing),
                Checks.room(home.directory(), HOME_BYTES_ENOUGH, HOME_BYTES_NEEDED)));
        if (options.gateway()) {
            checks.add(Checks.gateway(dispatch::standing, host, clock, CatchUp.SILENCE_MAX));
        }
        AllowedReceivers receivers = new AllowedReceivers(
                options.webhooks().prefixes(), options.webhooks().networks());
        SealingKey webhookKey = SealingKey.at(home.webhookKeyFile());
        Webhooks webhooks = Webhooks.start(
                database.application(),
                receivers,
                webhookKey,
                clock,
                options.webhooks().patience());
        opened("webhooks", webhooks::close);
        WebhookDesk desk = new WebhookDesk(database.application(), receivers, webhookKey, clock);
        opened("webhook desk", desk::close);

        ApiServer api = ApiServer.start(
                engine,
                database.application(),
                token,
                facts,
                new ApiServer.Bind(
                        InetAddress.getByName(options.endpoint().bind()),
                        options.endpoint().port(),
                        options.endpoint()
                                .access()
                                .tls()
                                .map(files -> new TlsFiles(files.certificate(), files.key(), files.clientAuthority())),
                        options.endpoint().access().oidc().map(Issuers::of)),
                new Supervision(metrics, new Readiness(checks), tracing),
                List.of(
                        new DashboardRoom(new CoordinatorInsight(dispatch, engine, clock), home.drills()),
                        new WebhookRoom(desk)),
                options.endpoint().limits());
        opened("HTTP interface", api::stop);

        writeServerFile(home, api.url());
        opened("server.json", () -> removeServerFile(home));
        LOG.info("requests are answered after {}", milestones.told());
        return api.url();
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

    private static void release(InstanceFile instance) {
        try {
            instance.close();
        } catch (IOException failure) {
            LOG.warn("the name of the gateway was not given back: {}", failure.toString());
        }
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

    static LedgerSettings<Machine, MachineCommand, MachineEvent, Rejection> ledgerSettings() {
        return new LedgerSettings<>(
                new ChainDecisions(),
                MachineEvent.class,
                new StoredNames(),
                SnapshotJson.MAPPER,
                new LedgerSettings.Snapshots<>("machine-snapshot.v6", Machine.class, SNAPSHOT_EVERY_EVENTS),
                new LedgerSettings.Memory<>(MACHINES_AT_HAND_MAX, PARTS_AT_HAND_MAX, Machine::parts),
                List.of(dev.tidemark.coordinator.ledger.Projection.of((events, connection) -> Projection.applyAll(
                        connection,
                        events.stream()
                                .map(event ->
                                        new Projection.Numbered(event.event(), event.sequence() + 1, event.metadata()))
                                .toList()))));
    }

    private void opened(String name, Runnable close) {
        open.push(new Room(name, close));
        milestones.passed(name);
    }

    /** Closes what was opened, the last first; one that fails does not keep the others open. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            Room room = open.pop();
            try {
                room.close().run();
            } catch (RuntimeException failure) {
                LOG.error("closing the {} failed", room.name(), failure);
            }
        }
    }

    private static void writeServerFile(Home home, URI url) throws IOException {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("url", url.toString());
        content.put("pid", ProcessHandle.current().pid());
        home.replace(home.serverFile(), Json.MAPPER.writeValueAsString(content) + "\n");
    }

    private static void removeServerFile(Home home) {
        try {
            Files.deleteIfExists(home.serverFile());
        } catch (IOException failure) {
            LOG.warn("{} could not be removed: {}", home.serverFile(), failure.toString());
        }
    }
}
