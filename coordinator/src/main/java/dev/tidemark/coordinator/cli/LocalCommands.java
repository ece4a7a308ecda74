package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.tls.ClientTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads the options of the verbs that run in this process, and hands them over. */
@SuppressWarnings("NullAway.Init") // picocli fills what is required before it calls
final class LocalCommands {
    private static final int PORT_DEFAULT = 8391;
    private static final int PORT_MAX = 65_535;

    private LocalCommands() {}

    @Command(name = "serve", description = "Runs a coordinator with a gateway for this host.")
    static final class Serve implements Callable<Integer> {
        private final Session session;
        private final Supplier<LocalVerbs> verbs;

        @Option(names = "--port", paramLabel = "PORT", description = "Where to listen: 8391 if not given.")
        private int port = PORT_DEFAULT;

        @Option(names = "--bind", paramLabel = "ADDRESS", description = "On which address: 127.0.0.1 if not given.")
        private String bind = "127.0.0.1";

        @Option(
                names = "--database-url",
                paramLabel = "URL",
                description = "A PostgreSQL server; else an embedded one.")
        private @Nullable String databaseUrl;

        @Option(names = "--database-password-file", paramLabel = "FILE", description = "Holds its password.")
        private @Nullable Path databasePasswordFile;

        @Option(names = "--host", paramLabel = "NAME", description = "What this hypervisor is called.")
        private @Nullable HostName host;

        @Option(names = "--no-gateway", description = "Run the coordinator alone.")
        private boolean noGateway;

        @Mixin
        private HostWorkOptions work;

        @Mixin
        private MonitoringOptions monitoring;

        @Mixin
        @SuppressWarnings("UnusedVariable") // read before this verb is called
        private ConfigurationOptions configuration;

        @Mixin
        private LimitOptions limits;

        @Mixin
        private AccessOptions access;

        @Mixin
        private OidcOptions issuer;

        @Mixin
        private WebhookOptions webhooks;

        @Mixin
        private HeadOptions heads;

        @Option(
                names = "--jobs-per-host",
                paramLabel = "N",
                description = "Backups and verifications at work at a time on a host; the others queue (4).")
        private @Nullable Integer jobsPerHost;

        @Option(
                names = "--jobs-per-repository",
                paramLabel = "N",
                description = "The same for a repository, of all hosts together (8).")
        private @Nullable Integer jobsPerRepository;

        @Option(
                names = "--gateway-lease",
                paramLabel = "TIME",
                description = "A gateway that is not heard for so long loses its host to another one of it: 20s if not"
                        + " given, 3s to 10m.")
        private @Nullable LeaseTime gatewayLease;

        Serve(Session session, Supplier<LocalVerbs> verbs) {
            this.session = session;
            this.verbs = verbs;
        }

        @Override
        public Integer call() {
            if (port < 0 || port > PORT_MAX) {
                throw Session.misuse("--port takes 0 to " + PORT_MAX);
            }
            return verbs.get()
                    .serve(new ServeOptions(
                            session.home(),
                            new ServeOptions.Endpoint(port, bind, access.access(bind, issuer.oidc()), limits.limits()),
                            new ServeOptions.DatabaseChoice(
                                    Optional.ofNullable(databaseUrl), Optional.ofNullable(databasePasswordFile)),
                            Optional.ofNullable(host),
                            !noGateway,
                            work.work(),
                            new ServeOptions.Jobs(
                                    jobs("--jobs-per-host", jobsPerHost),
                                    jobs("--jobs-per-repository", jobsPerRepository)),
                            monitoring.monitoring(OptionalInt.empty()),
                            heads.places(),
                            webhooks.receivers(),
                            gateways()));
        }

        private ServeOptions.Gateways gateways() {
            LeaseTime given = gatewayLease;
            if (given == null) {
                return ServeOptions.Gateways.USUAL;
            }
            Duration lease = Duration.ofSeconds(given.seconds());
            if (lease.compareTo(ServeOptions.Gateways.LEASE_MIN) < 0
                    || lease.compareTo(ServeOptions.Gateways.LEASE_MAX) > 0) {
                throw Session.misuse("--gateway-lease takes 3s to 10m");
            }
            return new ServeOptions.Gateways(lease);
        }

        private static OptionalInt jobs(String option, @Nullable Integer given) {
            if (given == null) {
                return OptionalInt.empty();
            }
            if (given < 1) {
                throw Session.misuse(option + " takes 1 or more");
            }
            return OptionalInt.of(given);
        }
    }

    @Command(name = "gateway", description = "Runs a gateway on another hypervisor.")
    static final class Gateway implements Callable<Integer> {
        private final Session session;
        private final Supplier<LocalVerbs> verbs;

        @Option(
                names = "--coordinator",
                split = ",",
                paramLabel = "URL",
                description = "Where it listens; several with commas between them, of one database.")
        private List<URI> coordinators = List.of();

        @Option(names = "--host", paramLabel = "NAME", description = "What this hypervisor is called.")
        private @Nullable HostName host;

        @Option(
                names = "--metrics-port",
                paramLabel = "PORT",
                description = "Serve metrics on 127.0.0.1 there, to everybody on this host; else nowhere.")
        private @Nullable Integer metricsPort;

        @Mixin
        private HostWorkOptions work;

        @Mixin
        private MonitoringOptions monitoring;

        @Mixin
        @SuppressWarnings("UnusedVariable") // read before this verb is called
        private ConfigurationOptions configuration;

        @Option(names = "--take-over", description = "Have the host at once, and fence the gateway that serves it.")
        private boolean takeOver;

        Gateway(Session session, Supplier<LocalVerbs> verbs) {
            this.session = session;
            this.verbs = verbs;
        }

        @Override
        public Integer call() {
            HostName hypervisor = host;
            // Not required by the parser: they may come from a file or the environment, which it does not read.
            if (coordinators.isEmpty() || hypervisor == null) {
                throw Session.misuse(
                        coordinators.isEmpty()
                                ? "--coordinator is missing: the address at which it listens"
                                : "--host is missing: what this hypervisor is called");
            }
            for (URI coordinator : coordinators) {
                String scheme = String.valueOf(coordinator.getScheme());
                boolean placed = coordinator.getHost() != null && coordinator.getPort() <= PORT_MAX;
                if (!(scheme.equals("http") || scheme.equals("https")) || !placed) {
                    throw Session.misuse("--coordinator takes an address like http://coordinator.example:8391");
                }
            }
            ClientTls tls = session.tls();
            Path tokenFile = session.globals().tokenFile;
            if (tokenFile == null && tls.own().isEmpty()) {
                throw Session.misuse("--token-file is missing: the coordinator knows its gateways by their token,"
                        + " or by --client-certificate and --client-key");
            }
            return verbs.get()
                    .gateway(new GatewayOptions(
                            coordinators,
                            hypervisor,
                            Optional.ofNullable(tokenFile),
                            session.home(),
                            work.work(),
                            monitoring.monitoring(metricsPort()),
                            tls,
                            takeOver));
        }

        private OptionalInt metricsPort() {
            Integer port = metricsPort;
            if (port == null) {
                return OptionalInt.empty();
            }
            if (port < 0 || port > PORT_MAX) {
                throw Session.misuse("--metrics-port takes 0 to " + PORT_MAX);
            }
            return OptionalInt.of(port);
        }
    }

    @Command(name = "demo", description = "Plays the whole story on a throw-away machine.")
    static final class Demo implements Callable<Integer> {
        private final Session session;
        private final Supplier<LocalVerbs> verbs;

        @Option(names = "--keep", description = "Leave what it made, and say where.")
        private boolean keep;

        Demo(Session session, Supplier<LocalVerbs> verbs) {
            this.session = session;
            this.verbs = verbs;
        }

        @Override
        public Integer call() {
            GlobalOptions globals = session.globals();
            return verbs.get().demo(new DemoOptions(globals.format, keep, Optional.ofNullable(globals.home)));
        }
    }

    @Command(name = "bench", description = "Measures, as ratios against floors of the same run.")
    static final class Bench implements Callable<Integer> {
        private static final List<String> KNOWN =
                List.of("append", "replay", "checkpoint", "reconcile", "fleet", "backup");
        private static final long MEBIBYTE = 1L << 20;
        private static final long GIBIBYTE = 1L << 30;

        private final Session session;
        private final Supplier<LocalVerbs> verbs;

        @Parameters(
                arity = "0..*",
                paramLabel = "NAME",
                description = "append, replay, checkpoint, reconcile, fleet, backup; none means all.")
        private List<String> names = List.of();

        @Option(names = "--count", paramLabel = "N", description = "How often; 1 or more.")
        private @Nullable Integer count;

        @Option(
                names = "--rounds",
                paramLabel = "N",
                description = "In so many rounds, all but checkpoint; 5 if not given.")
        private int rounds = 5;

        @Option(names = "--writers", paramLabel = "N", description = "append: at a time; 32 if not given.")
        private int writers = 32;

        @Option(names = "--daemons", paramLabel = "N", description = "reconcile: so many; 20 if not given.")
        private int daemons = 20;

        @Option(names = "--machines", paramLabel = "N", description = "fleet: so many; 1000 if not given.")
        private int machines = 1_000;

        @Option(names = "--size", paramLabel = "BYTES", description = "backup: of the disk; 4G if not given.")
        private ByteSize size = new ByteSize(4 * GIBIBYTE);

        @Option(names = "--data", paramLabel = "BYTES", description = "backup: what it holds; 2G if not given.")
        private ByteSize data = new ByteSize(2 * GIBIBYTE);

        @Option(names = "--directory", paramLabel = "DIR", description = "backup: where; /var/tmp if not given.")
        private Path directory = Path.of("/var/tmp");

        Bench(Session session, Supplier<LocalVerbs> verbs) {
            this.session = session;
            this.verbs = verbs;
        }

        @Override
        public Integer call() {
            for (String name : names) {
                if (!KNOWN.contains(name)) {
                    throw Session.misuse("there is no benchmark '" + name + "', only " + String.join(", ", KNOWN));
                }
            }
            if (count != null && count < 1) {
                throw Session.misuse("--count takes 1 or more");
            }
            requirePositive("--rounds", rounds);
            requirePositive("--writers", writers);
            requirePositive("--daemons", daemons);
            requirePositive("--machines", machines);
            requireMebibytes("--size", size);
            requireMebibytes("--data", data);
            if (data.bytes() > size.bytes()) {
                throw Session.misuse("a disk of --size " + size.bytes() + " does not hold --data " + data.bytes());
            }
            OptionalInt repetitions = count == null ? OptionalInt.empty() : OptionalInt.of(count);
            return verbs.get()
                    .bench(new BenchOptions(
                            names,
                            session.globals().format,
                            repetitions,
                            new BenchOptions.Copying(rounds, size.bytes(), data.bytes(), directory),
                            new BenchOptions.Scale(writers, daemons, machines)));
        }

        private static void requirePositive(String option, int number) {
            if (number < 1) {
                throw Session.misuse(option + " takes 1 or more");
            }
        }

        private static void requireMebibytes(String option, ByteSize size) {
            if (size.bytes() % MEBIBYTE != 0) {
                throw Session.misuse(option + " takes whole mebibytes");
            }
        }
    }
}
