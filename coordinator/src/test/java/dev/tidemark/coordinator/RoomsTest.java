package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.tidemark.sabotage.coordinator.chain.AsksTheTime;
import dev.tidemark.sabotage.coordinator.chain.HoldsALock;
import dev.tidemark.sabotage.coordinator.chain.OpensAConnection;
import dev.tidemark.sabotage.coordinator.chain.ReadsAFile;
import dev.tidemark.sabotage.coordinator.chain.ReadsTheSystemClock;
import dev.tidemark.sabotage.coordinator.chain.TakesAClock;
import dev.tidemark.sabotage.coordinator.chain.ThrowsDice;
import dev.tidemark.sabotage.coordinator.chain.UsesALibrary;
import dev.tidemark.sabotage.coordinator.chain.UsesAnotherRoom;
import dev.tidemark.sabotage.coordinator.cli.UsesSpring;
import dev.tidemark.sabotage.coordinator.dispatch.CallsTheView;
import dev.tidemark.sabotage.coordinator.dispatch.ParsesXml;
import dev.tidemark.sabotage.coordinator.dispatch.RunsAStatement;
import dev.tidemark.sabotage.coordinator.nameless.LivesNowhere;
import dev.tidemark.sabotage.coordinator.view.ListensToAxon;
import dev.tidemark.sabotage.coordinator.view.MakesASpan;
import dev.tidemark.sabotage.coordinator.view.OpensASocket;
import dev.tidemark.sabotage.gateway.act.CallsTheObserver;
import dev.tidemark.sabotage.gateway.act.KnowsTheCoordinator;
import dev.tidemark.sabotage.gateway.observe.StartsAProcess;
import dev.tidemark.sabotage.gateway.observe.TimesOutByTheTimeOfDay;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of {@link Rooms} hold for the code, and each is seen to catch an offender planted in the sabotage package. */
class RoomsTest {

    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // Whether the gateway's tests come as a folder or as a jar depends on how the build is called.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.tidemark");

    private static final JavaClasses SABOTAGE = new ClassFileImporter().importPackages("dev.tidemark.sabotage");

    static Stream<Arguments> rules() {
        return Stream.of(
                rule("chain is pure", Rooms::chainIsPure),
                rule("Axon stays in the ledger", Rooms::axonStaysInTheLedger),
                rule("traces are made in one room", Rooms::tracesAreMadeInOneRoom),
                rule("SQL stays in ledger and view", Rooms::sqlStaysInLedgerAndView),
                rule("sockets and processes stay at the edge", Rooms::socketsAndProcessesStayAtTheEdge),
                rule("programs are started in few places", Rooms::programsAreStartedInFewPlaces),
                rule("nothing parses with features", Rooms::nothingParsesWithFeatures),
                rule("Spring stays outside", Rooms::springStaysOutside),
                rule("few ask what time it is", Rooms::fewAskWhatTimeItIs),
                rule("the gateway knows no coordinator", Rooms::gatewayKnowsNoCoordinator),
                rule("no cycles between the coordinator's rooms", Rooms::coordinatorRoomsHaveNoCycles),
                rule("no cycles between the gateway's rooms", Rooms::gatewayRoomsHaveNoCycles),
                rule("every room introduces itself", Rooms::everyRoomIntroducesItself));
    }

    static Stream<Arguments> offenders() {
        return Stream.of(
                offender(AsksTheTime.class, Rooms::chainIsPure),
                offender(TakesAClock.class, Rooms::chainIsPure),
                offender(ReadsTheSystemClock.class, Rooms::chainIsPure),
                offender(ThrowsDice.class, Rooms::chainIsPure),
                offender(ReadsAFile.class, Rooms::chainIsPure),
                offender(OpensAConnection.class, Rooms::chainIsPure),
                offender(HoldsALock.class, Rooms::chainIsPure),
                offender(UsesALibrary.class, Rooms::chainIsPure),
                offender(UsesAnotherRoom.class, Rooms::chainIsPure),
                offender(ListensToAxon.class, Rooms::axonStaysInTheLedger),
                offender(MakesASpan.class, Rooms::tracesAreMadeInOneRoom),
                offender(RunsAStatement.class, Rooms::sqlStaysInLedgerAndView),
                offender(OpensASocket.class, Rooms::socketsAndProcessesStayAtTheEdge),
                offender(StartsAProcess.class, Rooms::socketsAndProcessesStayAtTheEdge),
                offender(StartsAProcess.class, Rooms::programsAreStartedInFewPlaces),
                offender(ParsesXml.class, Rooms::nothingParsesWithFeatures),
                offender(UsesSpring.class, Rooms::springStaysOutside),
                offender(TimesOutByTheTimeOfDay.class, Rooms::fewAskWhatTimeItIs),
                offender(KnowsTheCoordinator.class, Rooms::gatewayKnowsNoCoordinator),
                offender(CallsTheView.class, Rooms::coordinatorRoomsHaveNoCycles),
                offender(CallsTheObserver.class, Rooms::gatewayRoomsHaveNoCycles),
                offender(LivesNowhere.class, Rooms::everyRoomIntroducesItself));
    }

    @Test
    void all_three_modules_are_looked_at() {
        assertThat(CODE.containPackage("dev.tidemark.schema")).isTrue();
        assertThat(CODE.containPackage("dev.tidemark.gateway")).isTrue();
        assertThat(CODE.containPackage("dev.tidemark.coordinator")).isTrue();
        assertThat(CODE.containPackage("dev.tidemark.sabotage")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void the_code_keeps(Function<Rooms, ArchRule> rule) {
        rule.apply(new Rooms("dev.tidemark")).check(CODE);
    }

    @ParameterizedTest
    @MethodSource("offenders")
    void a_rule_catches(Class<?> offender, Function<Rooms, ArchRule> rule) {
        assertThat(rule.apply(new Rooms("dev.tidemark.sabotage"))
                        .evaluate(SABOTAGE)
                        .getFailureReport()
                        .getDetails())
                .anyMatch(detail -> detail.contains(offender.getName()));
    }

    private static Arguments rule(String name, Function<Rooms, ArchRule> rule) {
        return Arguments.of(Named.of(name, rule));
    }

    private static Arguments offender(Class<?> offender, Function<Rooms, ArchRule> rule) {
        return Arguments.of(Named.of(offender.getSimpleName(), offender), rule);
    }
}
