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
import dev.tidemark.coordinator.ledger.LedgerSettings;
import dev.tidemark.coordinator.ledger.SnapshotJson;
import dev.tidemark.coordinator.ledger.postgres.DatabaseHealth;
import dev.tidemark.coordinator.monitor.health.Checks;
import dev.tidemark.coordinator.monitor.health.Finding;
import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.coordinator.monitor.metrics.Fleet;
import dev.tidemark.coordinator.view.FleetCounts;
import dev.tidemark.coordinator.view.Projection;
import dev.tidemark.coordinator.webhook.AllowedReceivers;
import dev.tidemark.coordinator.webhook.SealingKey;
import dev.tidemark.coordinator.webhook.WebhookDesk;
import dev.tidemark.coordinator.webhook.Webhooks;
import dev.tidemark.gateway.Gateway;
import dev.tidemark.gateway.lease.InstanceFile;
import dev.tidemark.gateway.lease.Tenant;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rooms of a running coordinator, opened from the inside out and closed in the opposite order: database, ledger,
 * dispatch, gateway, HTTP. Whatever stops last is what everything else still writes to. HTTP is listened to early: as long as machines
 * are taken up, by a door that says how far that is.
 */
final class CoordinatorServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorServer.class);
    private static final int SNAPSHOT_EVERY_EVENTS = 25;

    /** A fleet's machines, as long as their chains are short. */
    private static final int MACHINES_AT_HAND_MAX = 16_384;

    /** A part takes some 200 bytes: 100 MiB at most, where a machine with a checkpoint a night for a month has a few hundred parts. */
    private static final long PARTS_AT_HAND_MAX = 500_000;

    private static final long HOME_BYTES_ENOUGH = 1L << 30;
    private static final long HOME_BYTES_NEEDED = 64L << 20;

    private final OpenRooms rooms = new OpenRooms();
    private final URI url;

    private CoordinatorServer(ServeOptions options, TakingUp.Course course) throws IOException {
        try {
            url = open(options, course);
        } catch (IOException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** Starts; when this returns, requests are answered and {@code server.json} says where. */
    static CoordinatorServer start(ServeOptions options) throws IOException {
        return start(options, TakingUp.Course.USUAL);
    }

    /** As {@link #start(ServeOptions)}, with somebody who sees it from within. */
    static CoordinatorServer start(ServeOptions options, TakingUp.Course course) throws IOException {
        return new CoordinatorServer(options, course);
    }

    URI url() {
        return url;
    }

    /** The door first, so that whoever comes is told how far it is; then the machines; and what acts on them when all are there. */
    private URI open(ServeOptions options, TakingUp.Course course) throws IOException {
        Foundation on = new Foundation(options, rooms);
        TakingUp takingUp = new TakingUp(on.queries.versions().keySet(), on.ledger, on.dispatch, course);
        CatchUp catchUp = new CatchUp(on.dispatch, on.holders);
        rooms.opened("catch-up", catchUp::close);
        Readiness readiness = new Readiness(checks(options, on, catchUp));
        readiness.starting(takingUp::progress);
        AllowedReceivers receivers = new AllowedReceivers(
                options.webhooks().prefixes(), options.webhooks().networks());
        SealingKey webhookKey = SealingKey.at(on.home.webhookKeyFile());
        WebhookDesk desk = new WebhookDesk(on.database.application(), receivers, webhookKey, on.clock);
        rooms.opened("webhook desk", desk::close);
        ApiServer api = door(options, on, readiness, desk);
        rooms.opened("door", api::stop);

        course.witness().listening(api.url());
        takingUp.all();
        rooms.passed("machines");

        catchUp.start();
        Neighbours neighbours = Neighbours.start(
                on.dispatch, on.holders, on.leases, on.board, on.database.application(), on.farLooks::noticed);
        rooms.opened("neighbours", neighbours::close);
        if (options.gateway()) {
            openGateway(options, on);
        }
        Deadlines deadlines = Deadlines.start(on.dispatch, on.engine, new FreshIds(on.clock));
        rooms.opened("deadlines", deadlines::close);
        Webhooks webhooks = Webhooks.start(
                on.database.application(),
                receivers,
                webhookKey,
                on.clock,
                options.webhooks().patience());
        rooms.opened("webhooks", webhooks::close);

        readiness.started();
        // Once more: it is the first to be closed, before what its callers ask for.
        rooms.opened("HTTP interface", api::stop);
        writeServerFile(on.home, api.url());
        rooms.opened("server.json", () -> removeServerFile(on.home));
        LOG.info("requests are answered after {}", rooms.told());
        return api.url();
    }

    private static List<Supplier<Finding>> checks(ServeOptions options, Foundation on, CatchUp catchUp) {
        List<Supplier<Finding>> checks = new ArrayList<>(List.of(
                Checks.database(() -> DatabaseHealth.trouble(on.database.application())),
                Checks.catchUp(catchUp::failing),
                Checks.heads(on.heads::standing),
                Checks.room(on.home.directory(), HOME_BYTES_ENOUGH, HOME_BYTES_NEEDED)));
        if (options.gateway()) {
            checks.add(Checks.gateway(on.dispatch::standing, on.host, on.clock, CatchUp.SILENCE_MAX));
        }
        return checks;
    }

    private static ApiServer door(ServeOptions options, Foundation on, Readiness readiness, WebhookDesk desk)
            throws IOException {
        on.metrics.of(new Fleet(
                new FleetCounts(on.database.application()),
                on.dispatch::standing,
                on.heads::standing,
                on.database.application(),
                options.gateway() ? on.repositories : Map.of()));
        ServerFacts facts = new ServerFacts(
                Version.text(),
                on.host,
                options.database().url().isPresent()
                        ? ServerFacts.DatabaseKind.SERVER
                        : ServerFacts.DatabaseKind.EMBEDDED,
                on.clock.instant());
        return ApiServer.start(
                on.engine,
                on.database.application(),
                on.token,
                facts,
                new ApiServer.Bind(
                        InetAddress.getByName(options.endpoint().bind()),
                        options.endpoint().port(),
                        options.endpoint()
                                .access()
                                .tls()
                                .map(files -> new TlsFiles(files.certificate(), files.key(), files.clientAuthority())),
                        options.endpoint().access().oidc().map(Issuers::of)),
                new Supervision(on.metrics, readiness, on.tracing),
                List.of(
                        new DashboardRoom(
                                new CoordinatorInsight(on.dispatch, on.holders, on.engine::sight, on.clock),
                                on.home.drills()),
                        new WebhookRoom(desk)),
                options.endpoint().limits());
    }

    private void openGateway(ServeOptions options, Foundation on) throws IOException {
        InstanceFile instance = InstanceFile.at(on.home.gatewayInstance(on.host));
        rooms.opened("name of the gateway", () -> release(instance));
        Gateway gateway = Gateway.start(
                HostSettings.of(on.host, on.home, on.repositories, options.work()),
                new TracedLink(on.dispatch, on.tracing, on.origins),
                new Tenant(instance.instance(), false, Version.text()),
                on.crash,
                on.tracing.qmp(on.metrics.qmp()),
                on.tracing.work());
        rooms.opened("gateway", gateway::close);
    }

    private static void release(InstanceFile instance) {
        try {
            instance.close();
        } catch (IOException failure) {
            LOG.warn("the name of the gateway was not given back: {}", failure.toString());
        }
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

    @Override
    public void close() {
        rooms.close();
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
