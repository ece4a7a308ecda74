package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.server.GatewayMetricsServer;
import dev.tidemark.coordinator.bench.Bench;
import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.cli.DemoOptions;
import dev.tidemark.coordinator.cli.DrillOptions;
import dev.tidemark.coordinator.cli.GatewayOptions;
import dev.tidemark.coordinator.cli.LocalVerbs;
import dev.tidemark.coordinator.cli.LogFormat;
import dev.tidemark.coordinator.cli.ServeOptions;
import dev.tidemark.coordinator.cli.SoakRequest;
import dev.tidemark.coordinator.cli.show.OutputFormat;
import dev.tidemark.coordinator.demo.Demo;
import dev.tidemark.coordinator.drill.Drill;
import dev.tidemark.coordinator.drill.soak.Soak;
import dev.tidemark.coordinator.drill.soak.SoakOptions;
import dev.tidemark.coordinator.monitor.metrics.GatewayMetrics;
import dev.tidemark.coordinator.monitor.tracing.Collector;
import dev.tidemark.coordinator.monitor.tracing.Tracing;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.gateway.Gateway;
import dev.tidemark.gateway.GatewaySettings;
import dev.tidemark.gateway.lease.InstanceFile;
import dev.tidemark.gateway.lease.Tenant;
import dev.tidemark.gateway.link.HttpLink;
import dev.tidemark.schema.crash.ArmedCrashPoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The verbs that run in this process: what each of them opens, and what ends it. */
public final class CoordinatorMain implements LocalVerbs {
    private static final int FAILED = 1;

    private final PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    private final PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);

    private final ServiceNotice notice = ServiceNotice.of(System.getenv());

    private CoordinatorMain() {}

    /** For the command line, which loads this class only when one of these verbs is asked for. */
    public static LocalVerbs localVerbs() {
        return new CoordinatorMain();
    }

    @Override
    public int serve(ServeOptions options) {
        try {
            logTo(Home.at(options.home()), options.monitoring().log());
            return untilToldToStop(() -> {
                CoordinatorServer server = CoordinatorServer.start(options);
                err.println("tidemark serves " + server.url() + " (home " + options.home() + ")");
                notice.ready("serves " + server.url());
                return server;
            });
        } catch (IOException | RuntimeException failure) {
            return failed(failure);
        }
    }

    @Override
    public int gateway(GatewayOptions options) {
        try {
            logTo(Home.at(options.home()), options.monitoring().log());
            Optional<String> token = options.tokenFile().isEmpty()
                    ? Optional.empty()
                    : Optional.of(Files.readString(options.tokenFile().get(), StandardCharsets.US_ASCII)
                            .strip());
            if (token.filter(String::isEmpty).isPresent()) {
                throw new IOException(options.tokenFile().get() + " holds no token");
            }
            GatewaySettings settings = HostSettings.of(
                    options.host(), Home.at(options.home()), options.work().repositories(), options.work());
            // Held until this process ends, however it ends.
            InstanceFile instance = InstanceFile.at(Home.at(options.home()).gatewayInstance(options.host()));
            Optional<Collector> collector = TraceHeaders.collector(options.monitoring());
            return untilToldToStop(() -> {
                GatewayMetrics metrics = new GatewayMetrics(Version.text());
                Tracing tracing = Tracing.of(
                        collector,
                        "tidemark-gateway",
                        Version.text(),
                        options.host().value());
                Optional<GatewayMetricsServer> figures = metricsServer(options, metrics);
                Gateway gateway = Gateway.start(
                        settings,
                        HttpLink.of(options.coordinators(), options.host(), token, options.tls())
                                .tracedBy(tracing::traceparent),
                        new Tenant(instance.instance(), options.takeOver(), Version.text()),
                        ArmedCrashPoints.ofThisProcess(),
                        tracing.qmp(metrics.qmp()),
                        tracing.work());
                err.println("tidemark gateway of " + options.host() + " serves "
                        + options.coordinators().stream().map(URI::toString).collect(Collectors.joining(", ")));
                figures.ifPresent(server -> err.println("metrics at http://127.0.0.1:" + server.port() + "/metrics"));
                notice.ready("asks "
                        + options.coordinators().stream().map(URI::toString).collect(Collectors.joining(", ")));
                return () -> {
                    figures.ifPresent(GatewayMetricsServer::close);
                    gateway.close();
                    tracing.close();
                };
            });
        } catch (IOException | RuntimeException failure) {
            return failed(failure);
        }
    }

    private static Optional<GatewayMetricsServer> metricsServer(GatewayOptions options, GatewayMetrics metrics)
            throws IOException {
        OptionalInt port = options.monitoring().metricsPort();
        return port.isPresent() ? Optional.of(GatewayMetricsServer.start(port.getAsInt(), metrics)) : Optional.empty();
    }

    @Override
    public int demo(DemoOptions options) {
        try {
            return Demo.run(options.format() == OutputFormat.JSON, options.keep(), out, err);
        } catch (StageFailure failure) {
            return failed(failure);
        }
    }

    @Override
    public int bench(BenchOptions options) {
        try {
            return Bench.run(options, new CoordinatorBench(), out, err);
        } catch (StageFailure failure) {
            return failed(failure);
        }
    }

    @Override
    public int drill(DrillOptions options) {
        try {
            return options.listOnly() ? Drill.list(options, out) : Drill.run(options, Version.text(), out, err);
        } catch (StageFailure failure) {
            return failed(failure);
        }
    }

    @Override
    public int soak(SoakRequest request) {
        return Soak.run(
                SoakOptions.standard(
                        Duration.ofMinutes(request.minutes()),
                        request.seed().orElseGet(() -> System.nanoTime() & 0xffff_ffffL),
                        request.format() == OutputFormat.JSON),
                out,
                err);
    }

    /** Before the first logger is made: afterwards it would be too late. */
    private static void logTo(Home home, LogFormat format) throws IOException {
        Umask.ownerOnly();
        System.setProperty("tidemark.logs", home.logs().toString());
        System.setProperty(
                "logback.configurationFile",
                format == LogFormat.JSON ? "logback-server-json.xml" : "logback-server.xml");
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        // Tomcat logs through java.util.logging, whose own handler would write to stderr past our configuration.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private interface Opening {
        AutoCloseable open() throws IOException;
    }

    /** Opens, and stays until a signal; closes in the shutdown hook, which the JVM waits for. */
    private int untilToldToStop(Opening opening) throws IOException {
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        // Registered first, so that a signal during the start waits for it to end and then closes what it opened.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            told.countDown();
                            awaitQuietly(closed);
                        },
                        "stop"));
        try {
            AutoCloseable opened = opening.open();
            awaitQuietly(told);
            notice.stopping();
            closeLoudly(opened);
        } finally {
            closed.countDown();
        }
        return 0;
    }

    private void closeLoudly(AutoCloseable opened) {
        try {
            opened.close();
        } catch (Exception failure) {
            err.println("stopping failed: " + failure);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private int failed(Exception failure) {
        err.println("error: " + said(failure));
        return FAILED;
    }

    /** Of a file that is not there or not open to us, Java says its name and nothing else. */
    private static String said(Exception failure) {
        return switch (failure) {
            case NoSuchFileException missing -> missing.getFile() + " is not there, or cannot be made there";
            case AccessDeniedException closed -> closed.getFile() + " is not open to this user";
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }
}
