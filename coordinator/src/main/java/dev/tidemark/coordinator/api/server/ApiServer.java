package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.ServerFacts;
import dev.tidemark.coordinator.api.Supervision;
import dev.tidemark.coordinator.api.resource.GatewayResource;
import dev.tidemark.coordinator.api.resource.Operations;
import dev.tidemark.coordinator.api.stream.EventStreams;
import dev.tidemark.coordinator.ledger.postgres.DatabaseHealth;
import dev.tidemark.coordinator.monitor.health.Checks;
import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.coordinator.monitor.metrics.Metrics;
import dev.tidemark.coordinator.security.AdminToken;
import dev.tidemark.coordinator.security.JwtSettings;
import dev.tidemark.coordinator.security.RequestLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The HTTP interface, from its start to its stop. */
public final class ApiServer implements AutoCloseable {
    private final ServletWebServerApplicationContext context;
    private final URI url;

    private ApiServer(ServletWebServerApplicationContext context, URI url) {
        this.context = context;
        this.url = url;
    }

    /**
     * Where to listen.
     *
     * @param port 0 for any that is free
     * @param tls empty for plain HTTP: to a loopback address, unless somebody decided otherwise
     * @param issuer whose JWTs are taken; empty for nobody's
     */
    public record Bind(InetAddress address, int port, Optional<TlsFiles> tls, Optional<JwtSettings> issuer) {
        public static Bind loopback(int port) {
            return new Bind(InetAddress.getLoopbackAddress(), port, Optional.empty(), Optional.empty());
        }
    }

    /**
     * Starts with the usual limits, and returns when requests are answered.
     *
     * @throws UncheckedIOException if there are files for TLS that cannot be used
     */
    public static ApiServer start(Engine engine, DataSource database, AdminToken token, ServerFacts facts, Bind bind) {
        return start(engine, database, token, facts, bind, RequestLimits.USUAL);
    }

    /** With other limits than the usual ones. */
    public static ApiServer start(
            Engine engine, DataSource database, AdminToken token, ServerFacts facts, Bind bind, RequestLimits limits) {
        return start(engine, database, token, facts, bind, supervision(facts, database), List.of(), limits);
    }

    /** With metrics and checks of more than the interface itself, with rooms that answer beside it, and with limits of its own. */
    public static ApiServer start(
            Engine engine,
            DataSource database,
            AdminToken token,
            ServerFacts facts,
            Bind bind,
            Supervision supervision,
            List<ApplicationContextInitializer<GenericApplicationContext>> rooms,
            RequestLimits limits) {
        Optional<ServerTls> tls = bind.tls().map(ApiServer::tls);
        SpringApplication application = new SpringApplication(ApiConfiguration.class);
        application.setWebApplicationType(WebApplicationType.SERVLET);
        application.setApplicationContextFactory(ignored -> new AnnotationConfigServletWebServerApplicationContext());
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setAddCommandLineProperties(false);
        // CoordinatorMain stops the rooms in their order; a second hook would race with it.
        application.setRegisterShutdownHook(false);
        application.addInitializers(
                context -> give(context, engine, database, token, facts, bind, supervision, limits, tls));
        rooms.forEach(
                room -> application.addInitializers(context -> room.initialize((GenericApplicationContext) context)));
        ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) application.run();
        if (context.getWebServer() == null) {
            context.close();
            throw new IllegalStateException("the web server did not start");
        }
        return new ApiServer(context, url(bind.address(), context.getWebServer().getPort(), tls));
    }

    private static ServerTls tls(TlsFiles files) {
        try {
            return ServerTls.open(files, Clock.systemUTC());
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable.getMessage(), unusable);
        }
    }

    private static Supervision supervision(ServerFacts facts, DataSource database) {
        return new Supervision(
                new Metrics(facts.version()),
                new Readiness(List.of(Checks.database(() -> DatabaseHealth.trouble(database)))));
    }

    /** Where it answers, for example {@code http://127.0.0.1:7070}. */
    public URI url() {
        return url;
    }

    /** Lets those who wait go, finishes what is being answered, and stops; within five seconds. */
    public void stop() {
        if (!context.isActive()) {
            return;
        }
        context.getBean(Supervision.class).readiness().stopping();
        context.getBean(Operations.class).close();
        context.getBean(EventStreams.class).close();
        context.getBean(GatewayResource.class).close();
        context.close();
    }

    @Override
    public void close() {
        stop();
    }

    /** For tests: what Spring knows. */
    ServletWebServerApplicationContext context() {
        return context;
    }

    private static void give(
            ConfigurableApplicationContext context,
            Engine engine,
            DataSource database,
            AdminToken token,
            ServerFacts facts,
            Bind bind,
            Supervision supervision,
            RequestLimits limits,
            Optional<ServerTls> tls) {
        GenericApplicationContext beans = (GenericApplicationContext) context;
        beans.registerBean(Engine.class, () -> engine);
        // Whoever opened the database closes it, after everything that writes has stopped.
        beans.registerBean(DataSource.class, () -> database, definition -> definition.setDestroyMethodName(""));
        beans.registerBean(AdminToken.class, () -> token);
        beans.registerBean(ServerFacts.class, () -> facts);
        beans.registerBean(Bind.class, () -> bind);
        beans.registerBean(Supervision.class, () -> supervision);
        beans.registerBean(RequestLimits.class, () -> limits);
        bind.issuer().ifPresent(issuer -> beans.registerBean(IssuerKeys.class, () -> new IssuerKeys(issuer)));
        tls.ifPresent(material -> beans.registerBean(ServerTls.class, () -> material));
    }

    private static URI url(InetAddress address, int port, Optional<ServerTls> tls) {
        Optional<String> certified = tls.flatMap(material -> material.nameFor(address));
        if (certified.isPresent()) {
            String name = certified.get();
            return URI.create("https://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + port);
        }
        String host = address.isAnyLocalAddress()
                ? "localhost"
                : address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
        return URI.create((tls.isPresent() ? "https://" : "http://") + host + ":" + port);
    }
}
