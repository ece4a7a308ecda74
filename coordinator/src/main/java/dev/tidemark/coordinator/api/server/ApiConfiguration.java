package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.ServerFacts;
import dev.tidemark.coordinator.api.Supervision;
import dev.tidemark.coordinator.api.edge.Acceptable;
import dev.tidemark.coordinator.api.edge.ActFilter;
import dev.tidemark.coordinator.api.edge.ContainerErrors;
import dev.tidemark.coordinator.api.edge.Discretion;
import dev.tidemark.coordinator.api.edge.EdgeExceptionResolver;
import dev.tidemark.coordinator.api.edge.EdgeFilter;
import dev.tidemark.coordinator.api.edge.Pace;
import dev.tidemark.coordinator.api.edge.Permits;
import dev.tidemark.coordinator.api.edge.ProblemWriter;
import dev.tidemark.coordinator.api.edge.RequestMeter;
import dev.tidemark.coordinator.api.edge.StartFilter;
import dev.tidemark.coordinator.api.edge.StrictQuery;
import dev.tidemark.coordinator.api.edge.TraceFilter;
import dev.tidemark.coordinator.api.edge.Unauthenticated;
import dev.tidemark.coordinator.api.edge.Unconditional;
import dev.tidemark.coordinator.api.resource.AuditInquiry;
import dev.tidemark.coordinator.api.resource.AuditResource;
import dev.tidemark.coordinator.api.resource.BackupResource;
import dev.tidemark.coordinator.api.resource.CheckpointResource;
import dev.tidemark.coordinator.api.resource.Conditions;
import dev.tidemark.coordinator.api.resource.EventResource;
import dev.tidemark.coordinator.api.resource.ExportResource;
import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.api.resource.GatewayResource;
import dev.tidemark.coordinator.api.resource.LabelResource;
import dev.tidemark.coordinator.api.resource.LineStreams;
import dev.tidemark.coordinator.api.resource.Lookup;
import dev.tidemark.coordinator.api.resource.MachineResource;
import dev.tidemark.coordinator.api.resource.MetricsResource;
import dev.tidemark.coordinator.api.resource.OperationResource;
import dev.tidemark.coordinator.api.resource.Operations;
import dev.tidemark.coordinator.api.resource.RestoreResource;
import dev.tidemark.coordinator.api.resource.RetentionResource;
import dev.tidemark.coordinator.api.resource.ServerResource;
import dev.tidemark.coordinator.api.resource.Submissions;
import dev.tidemark.coordinator.api.resource.TokenResource;
import dev.tidemark.coordinator.api.resource.WebhookResource;
import dev.tidemark.coordinator.api.stream.EventStreams;
import dev.tidemark.coordinator.ledger.ActBook;
import dev.tidemark.coordinator.ledger.LabelActs;
import dev.tidemark.coordinator.ledger.TokenActs;
import dev.tidemark.coordinator.security.Acts;
import dev.tidemark.coordinator.security.AdminToken;
import dev.tidemark.coordinator.security.BearerReader;
import dev.tidemark.coordinator.security.CertificateReader;
import dev.tidemark.coordinator.security.CredentialReader;
import dev.tidemark.coordinator.security.Guesses;
import dev.tidemark.coordinator.security.IdentityFilter;
import dev.tidemark.coordinator.security.Jwts;
import dev.tidemark.coordinator.security.Labels;
import dev.tidemark.coordinator.security.RequestLimits;
import dev.tidemark.coordinator.security.Sessions;
import dev.tidemark.coordinator.security.Tokens;
import dev.tidemark.coordinator.view.ActTargets;
import dev.tidemark.coordinator.view.AuditQuestions;
import dev.tidemark.coordinator.view.ListQueries;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.coordinator.webhook.WebhookDesk;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.catalina.core.StandardHost;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;

/** The whole of the HTTP interface, readable as a table of contents. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration extends WebMvcConfigurationSupport {
    private static final int STOP_MILLISECONDS_MAX = 4_000;

    private final RequestLimits limits;

    ApiConfiguration(RequestLimits limits) {
        this.limits = limits;
    }

    // --- what answers ---

    @Bean
    MachineResource machineResource(
            Engine engine,
            Queries queries,
            ListQueries lists,
            Lookup lookup,
            Operations operations,
            Submissions submissions,
            FreshIds ids,
            ServerFacts facts,
            Conditions conditions,
            LineStreams streams) {
        return new MachineResource(
                engine, queries, lists, lookup, operations, submissions, ids, facts, conditions, streams);
    }

    @Bean
    LabelResource labelResource(Lookup lookup, Labels labels) {
        return new LabelResource(lookup, labels);
    }

    @Bean
    CheckpointResource checkpointResource(
            Engine engine,
            ListQueries lists,
            Lookup lookup,
            Submissions submissions,
            FreshIds ids,
            Conditions conditions) {
        return new CheckpointResource(engine, lists, lookup, submissions, ids, conditions);
    }

    @Bean
    BackupResource backupResource(
            Engine engine,
            ListQueries lists,
            Lookup lookup,
            Submissions submissions,
            FreshIds ids,
            Conditions conditions) {
        return new BackupResource(engine, lists, lookup, submissions, ids, conditions);
    }

    @Bean
    RetentionResource retentionResource(
            Engine engine, Lookup lookup, Submissions submissions, FreshIds ids, Conditions conditions) {
        return new RetentionResource(engine, lookup, submissions, ids, conditions);
    }

    @Bean
    ExportResource exportResource(
            ListQueries lists, Lookup lookup, Submissions submissions, FreshIds ids, Conditions conditions) {
        return new ExportResource(lists, lookup, submissions, ids, conditions);
    }

    @Bean
    RestoreResource restoreResource(Queries queries, Lookup lookup, Submissions submissions, FreshIds ids) {
        return new RestoreResource(queries, lookup, submissions, ids);
    }

    @Bean
    OperationResource operationResource(Operations operations, Submissions submissions, FreshIds ids) {
        return new OperationResource(operations, submissions, ids);
    }

    @Bean
    EventResource eventResource(
            EventStreams streams, Lookup lookup, Operations operations, Tokens tokens, Clock clock) {
        return new EventResource(streams, lookup, operations, tokens, clock);
    }

    @Bean
    TokenResource tokenResource(Tokens tokens, FreshIds ids) {
        return new TokenResource(tokens, ids);
    }

    @Bean
    WebhookResource webhookResource(ObjectProvider<WebhookDesk> desk, DataSource database, FreshIds ids) {
        return new WebhookResource(desk.getIfAvailable(() -> WebhookDesk.closed(database)), ids);
    }

    @Bean
    GatewayResource gatewayResource(Engine engine, Queries queries) {
        return new GatewayResource(engine, queries);
    }

    @Bean
    AuditResource auditResource(
            DataSource database,
            AuditQuestions questions,
            Engine engine,
            Lookup lookup,
            AuditInquiry inquiry,
            LineStreams streams) {
        return new AuditResource(database, questions, engine, lookup, inquiry, streams);
    }

    @Bean
    ServerResource serverResource(
            Engine engine, Queries queries, ServerFacts facts, Clock clock, Supervision supervision)
            throws IOException {
        return new ServerResource(engine, queries, facts, clock, supervision.readiness());
    }

    @Bean
    MetricsResource metricsResource(Supervision supervision, EventStreams streams) {
        supervision.metrics().streams(streams::count);
        return new MetricsResource(supervision.metrics());
    }

    // --- what they share ---

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    FreshIds freshIds(Clock clock) {
        return new FreshIds(clock);
    }

    @Bean
    Queries queries(DataSource database) {
        return new Queries(database);
    }

    @Bean
    ListQueries listQueries(DataSource database) {
        return new ListQueries(database);
    }

    @Bean
    Lookup lookup(Queries queries, Engine engine) {
        return new Lookup(queries, engine);
    }

    @Bean
    Conditions conditions(Queries queries) {
        return new Conditions(queries);
    }

    @Bean
    Operations operations(Queries queries, Engine engine) {
        return new Operations(queries, engine);
    }

    @Bean
    Labels labels(DataSource database) {
        return new Labels(new LabelActs(database));
    }

    @Bean
    Tokens tokens(DataSource database, Labels labels) {
        return new Tokens(new TokenActs(database), labels);
    }

    @Bean
    Acts acts(DataSource database, Clock clock) {
        return new Acts(new ActBook(database, clock), new ActTargets(database), clock);
    }

    @Bean
    AuditQuestions auditQuestions(DataSource database) {
        return new AuditQuestions(database);
    }

    @Bean
    AuditInquiry auditInquiry(Lookup lookup, FreshIds ids) {
        return new AuditInquiry(lookup, ids);
    }

    @Bean
    LineStreams lineStreams(Tokens tokens, Clock clock) {
        return new LineStreams(tokens, clock);
    }

    @Bean
    Guesses guesses() {
        return new Guesses(limits, System::nanoTime);
    }

    @Bean
    EventStreams eventStreams(DataSource database, Queries queries, Engine engine) {
        return new EventStreams(database, queries, engine);
    }

    @Bean
    Submissions submissions(Engine engine, Queries queries, Operations operations) {
        return new Submissions(engine, queries, operations);
    }

    // --- what every request passes, in this order ---

    @Bean
    FilterRegistrationBean<RequestMeter> requestMeter(Supervision supervision) {
        FilterRegistrationBean<RequestMeter> registration =
                new FilterRegistrationBean<>(new RequestMeter(supervision.metrics()));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    @Bean
    FilterRegistrationBean<EdgeFilter> edgeFilter() {
        FilterRegistrationBean<EdgeFilter> registration = new FilterRegistrationBean<>(new EdgeFilter());
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        return registration;
    }

    @Bean
    FilterRegistrationBean<ActFilter> actFilter(Acts acts) {
        FilterRegistrationBean<ActFilter> registration = new FilterRegistrationBean<>(new ActFilter(acts));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        return registration;
    }

    @Bean
    FilterRegistrationBean<IdentityFilter> identityFilter(
            AdminToken administrator,
            Tokens tokens,
            Labels labels,
            Guesses guesses,
            Clock clock,
            ApiServer.Bind bind,
            ObjectProvider<IssuerKeys> issuerKeys,
            ObjectProvider<CredentialReader> ofOtherRooms,
            ObjectProvider<IdentityFilter.Denial> ofPages) {
        Optional<Jwts> jwts = bind.issuer().map(issuer -> new Jwts(issuer, issuerKeys.getObject()));
        // A request may show one of these, never two.
        List<CredentialReader> readers = Stream.concat(
                        Stream.of(
                                new BearerReader(administrator, tokens, guesses, jwts),
                                new CertificateReader(tokens, clock)),
                        ofOtherRooms.orderedStream())
                .toList();
        IdentityFilter.@Nullable Denial page = ofPages.getIfAvailable();
        FilterRegistrationBean<IdentityFilter> registration =
                new FilterRegistrationBean<>(new IdentityFilter(readers, labels, (request, response, reason) -> {
                    if (page != null && Sessions.isPage(request.getRequestURI())) {
                        page.answer(request, response, reason);
                    } else {
                        ProblemWriter.write(request, response, Unauthenticated.because(reason));
                    }
                }));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        return registration;
    }

    @Bean
    FilterRegistrationBean<StartFilter> startFilter(
            Supervision supervision, ObjectProvider<StartFilter.Answer> ofPages) {
        StartFilter.@Nullable Answer page = ofPages.getIfAvailable();
        FilterRegistrationBean<StartFilter> registration = new FilterRegistrationBean<>(new StartFilter(
                supervision.readiness(), (request, response, problem, secondsLeft) -> {
                    if (page != null && Sessions.isPage(request.getRequestURI())) {
                        page.write(request, response, problem, secondsLeft);
                    } else {
                        ProblemWriter.write(request, response, problem);
                    }
                }));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 3);
        return registration;
    }

    @Bean
    FilterRegistrationBean<TraceFilter> traceFilter(Supervision supervision) {
        FilterRegistrationBean<TraceFilter> registration =
                new FilterRegistrationBean<>(new TraceFilter(supervision.tracing()));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 4);
        return registration;
    }

    @Bean
    DispatcherServlet dispatcherServlet() {
        return new DispatcherServlet();
    }

    @Bean
    Discretion discretion() {
        return new Discretion();
    }

    @Override
    protected void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new Pace(limits, System::nanoTime));
        // Before all that reads: who may not call a route learns nothing of what it takes.
        registry.addInterceptor(new Permits());
        registry.addInterceptor(new Acceptable());
        registry.addInterceptor(new StrictQuery());
        registry.addInterceptor(new Unconditional());
    }

    @Override
    protected void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
        JacksonJsonHttpMessageConverter json = new JacksonJsonHttpMessageConverter(Json.MAPPER);
        json.setSupportedMediaTypes(List.of(MediaType.APPLICATION_JSON));
        builder.addCustomConverter(json).addCustomConverter(new ByteArrayHttpMessageConverter());
    }

    @Override
    protected void configureHandlerExceptionResolvers(List<HandlerExceptionResolver> resolvers) {
        resolvers.add(new EdgeExceptionResolver());
    }

    // --- what listens and stops; static, because it is made before there is anything for Spring MVC to stand on ---

    /** Static: it is needed before there is a servlet context, which this configuration would then never be given. */
    @Bean
    static TomcatServletWebServerFactory webServer(ApiServer.Bind bind, ObjectProvider<ServerTls> tls) {
        TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(bind.port());
        factory.setAddress(bind.address());
        tls.ifAvailable(material -> {
            factory.setSsl(material.settings());
            factory.setSslBundles(material.bundles());
        });
        factory.setShutdown(Shutdown.GRACEFUL);
        factory.setRegisterDefaultServlet(false);
        factory.addConnectorCustomizers(ConnectorLimits::apply);
        factory.addContextCustomizers(context ->
                ((StandardHost) context.getParent()).setErrorReportValveClass(ContainerErrors.class.getName()));
        return factory;
    }

    /** Static, for the same reason. */
    @Bean
    static DefaultLifecycleProcessor lifecycleProcessor() {
        DefaultLifecycleProcessor lifecycle = new DefaultLifecycleProcessor();
        lifecycle.setTimeoutPerShutdownPhase(STOP_MILLISECONDS_MAX);
        return lifecycle;
    }
}
