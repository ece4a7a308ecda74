package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.resource.AuditInquiry;
import dev.tidemark.coordinator.api.resource.LineStreams;
import dev.tidemark.coordinator.api.stream.EventStreams;
import dev.tidemark.coordinator.ledger.SessionRows;
import dev.tidemark.coordinator.security.AdminToken;
import dev.tidemark.coordinator.security.Sessions;
import dev.tidemark.coordinator.security.Tokens;
import dev.tidemark.coordinator.view.AuditQuestions;
import dev.tidemark.coordinator.view.FleetQueries;
import dev.tidemark.coordinator.view.HistoryQueries;
import dev.tidemark.coordinator.view.Queries;
import java.nio.file.Path;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Opens the pages beside the interface for programs, readable as a table of contents.
 *
 * @param drills where reports of drills lie; it need not be there
 */
public record DashboardRoom(Insight insight, Path drills)
        implements ApplicationContextInitializer<GenericApplicationContext> {
    @Override
    public void initialize(GenericApplicationContext context) {
        // --- what they read ---
        context.registerBean(Insight.class, () -> insight);
        context.registerBean(FleetQueries.class, () -> new FleetQueries(context.getBean(DataSource.class)));
        context.registerBean(HistoryQueries.class, () -> new HistoryQueries(context.getBean(DataSource.class)));
        context.registerBean(
                FleetReader.class,
                () -> new FleetReader(insight, context.getBean(Engine.class), context.getBean(FleetQueries.class)));
        context.registerBean(
                GatewaysReader.class,
                () -> new GatewaysReader(insight, context.getBean(Engine.class), context.getBean(FleetQueries.class)));
        context.registerBean(
                MachineReader.class,
                () -> new MachineReader(
                        insight,
                        context.getBean(Engine.class),
                        context.getBean(Queries.class),
                        context.getBean(FleetQueries.class),
                        context.getBean(HistoryQueries.class),
                        context.getBean(FleetReader.class)));

        // --- who reads ---
        context.registerBean(
                Sessions.class,
                () -> new Sessions(
                        new SessionRows(context.getBean(DataSource.class)),
                        context.getBean(AdminToken.class),
                        context.getBean(Tokens.class)));
        context.registerBean(
                PageProblems.class, () -> new PageProblems(context.getBean(Pages.class), context.getBean(Clock.class)));
        context.registerBean(
                StartAnswer.class, () -> new StartAnswer(context.getBean(Pages.class), context.getBean(Clock.class)));

        // --- what answers ---
        context.registerBean(Pages.class, Pages::new);
        context.registerBean(AssetResource.class, AssetResource::new);
        context.registerBean(
                SignInResource.class,
                () -> new SignInResource(
                        context.getBean(Pages.class),
                        context.getBean(Sessions.class),
                        new Guesses(),
                        context.getBean(Clock.class)));
        context.registerBean(
                PageResource.class,
                () -> new PageResource(
                        context.getBean(Pages.class),
                        context.getBean(FleetReader.class),
                        context.getBean(MachineReader.class),
                        context.getBean(GatewaysReader.class),
                        context.getBean(Clock.class)));
        context.registerBean(
                StreamResource.class,
                () -> new StreamResource(
                        context.getBean(EventStreams.class),
                        context.getBean(MachineReader.class),
                        context.getBean(Sessions.class),
                        context.getBean(Tokens.class),
                        context.getBean(Clock.class)));
        context.registerBean(
                AuditPageResource.class,
                () -> new AuditPageResource(
                        context.getBean(Pages.class),
                        context.getBean(AuditInquiry.class),
                        context.getBean(AuditQuestions.class),
                        context.getBean(LineStreams.class),
                        context.getBean(Engine.class),
                        insight,
                        context.getBean(Clock.class)));
        context.registerBean(
                DrillResource.class,
                () -> new DrillResource(context.getBean(Pages.class), drills, context.getBean(Clock.class)));
    }
}
