package dev.tidemark.coordinator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/**
 * Who may use what. Think twice before a room is added to an exception: each one is there because some class can only
 * do its work with it.
 *
 * <p>The rules hold below a root package, so that the same rule can be held against planted offenders.
 */
record Rooms(String root) {

    /** Deciding is a function of the log: nothing here may know when, where or how often it runs. */
    ArchRule chainIsPure() {
        return noClasses()
                .that(resideInAPackage(room("coordinator.chain")))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "java..", "org.jspecify.annotations", room("coordinator.chain"), room("schema"))
                        .negate()
                        .as("are neither java.*, schema nor chain"))
                .orShould()
                .dependOnClassesThat(resideInAnyPackage(
                        "java.io..",
                        "java.nio..",
                        "java.net..",
                        "java.sql..",
                        "java.util.concurrent..",
                        "java.util.random..",
                        "java.util.logging.."))
                .orShould()
                .dependOnClassesThat(describe(
                        "bring time, chance or the process in",
                        used -> used.isEquivalentTo(java.time.Clock.class)
                                || used.isEquivalentTo(java.util.Random.class)
                                || used.isEquivalentTo(java.security.SecureRandom.class)
                                || used.isEquivalentTo(System.class)
                                || used.isEquivalentTo(Thread.class)
                                || used.isEquivalentTo(ThreadLocal.class)
                                || used.isEquivalentTo(Runtime.class)
                                || used.isEquivalentTo(Process.class)
                                || used.isEquivalentTo(ProcessBuilder.class)
                                || used.isEquivalentTo(ProcessHandle.class)))
                .orShould()
                .callMethodWhere(describe("it asks the time or throws dice", Rooms::isClockOrDice))
                .as("chain uses java.base and schema only, and neither clock, randomness nor I/O")
                .allowEmptyShould(true);
    }

    /** Axon can be replaced by replacing one room. */
    ArchRule axonStaysInTheLedger() {
        return onlyIn("Axon", resideInAPackage("org.axonframework.."), main(), "coordinator.ledger");
    }

    /** Whoever follows work by another library replaces one room. */
    ArchRule tracesAreMadeInOneRoom() {
        return onlyIn("OpenTelemetry", resideInAPackage("io.opentelemetry.."), nobody(), "coordinator.monitor.tracing");
    }

    /** Every statement that reads or writes history is in one of two places. */
    ArchRule sqlStaysInLedgerAndView() {
        return onlyIn("SQL", resideInAPackage("java.sql.."), nobody(), "coordinator.ledger", "coordinator.view");
    }

    /** What talks to the outside world is where one looks for it; the main class hangs the stop on the process. */
    ArchRule socketsAndProcessesStayAtTheEdge() {
        return onlyIn(
                "sockets and processes",
                describe("are sockets, HTTP clients or processes", Rooms::isSocketOrProcess),
                main(),
                "gateway.qmp",
                "gateway.qga",
                "gateway.act",
                "gateway.link",
                "coordinator.api",
                "coordinator.cli",
                "coordinator.ledger.postgres",
                "coordinator.webhook",
                "coordinator.demo",
                "coordinator.stage",
                "coordinator.drill");
    }

    /** A program is started by those who clear its environment, or who are a person's own tool; none by a shell, see {@link ProgramsTest}. */
    ArchRule programsAreStartedInFewPlaces() {
        return onlyIn(
                "programs",
                describe("start programs", used -> used.isEquivalentTo(ProcessBuilder.class)),
                nobody(),
                "gateway.act.repository",
                "coordinator.cli",
                "coordinator.ledger.postgres",
                "coordinator.stage",
                "coordinator.drill");
    }

    /** A parser of XML fetches what a document names unless it is told not to, and one of YAML makes objects of any class. */
    ArchRule nothingParsesWithFeatures() {
        return onlyIn(
                "XML and typed YAML",
                resideInAnyPackage(
                        "javax.xml..",
                        "org.w3c.dom..",
                        "org.xml.sax..",
                        "org.yaml..",
                        "org.snakeyaml..",
                        "java.beans.."),
                nobody());
    }

    /** The framework is an outer layer: the core starts, and is tested, without it. */
    ArchRule springStaysOutside() {
        return onlyIn(
                "Spring",
                resideInAPackage("org.springframework.."),
                main(),
                "coordinator.api",
                "coordinator.security",
                "coordinator.dashboard");
    }

    /**
     * The time of day is set back and forth. Whoever waits for a machine goes by the monotonic clock; who asks what time it is writes it
     * down for people, or compares it with a date that somebody set.
     */
    ArchRule fewAskWhatTimeItIs() {
        Set<String> mayAsk = Set.of("HostClockwork", "MergeSwap", "PortClaim", "RepositoryMark", "UnfinishedBackup");
        return noClasses()
                .that(resideInAPackage(room("gateway")))
                .and(describe("are none of " + mayAsk, one -> !mayAsk.contains(one.getSimpleName())))
                .should()
                .callMethodWhere(describe("it asks what time it is", Rooms::isTimeOfDay))
                .as("few classes of the gateway ask what time it is")
                .allowEmptyShould(true);
    }

    /** A hypervisor runs the gateway alone. */
    ArchRule gatewayKnowsNoCoordinator() {
        return noClasses()
                .that(resideInAPackage(room("gateway")))
                .should()
                .dependOnClassesThat(resideInAPackage(room("coordinator")))
                .as("the gateway knows nothing of the coordinator")
                .allowEmptyShould(true);
    }

    ArchRule coordinatorRoomsHaveNoCycles() {
        return slices().matching(root + ".coordinator.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true);
    }

    ArchRule gatewayRoomsHaveNoCycles() {
        return slices().matching(root + ".gateway.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true);
    }

    /** A room says what goes in, what comes out and what never happens in it; and null is never meant by accident. */
    ArchRule everyRoomIntroducesItself() {
        return classes().should(liveInAnIntroducedPackage()).allowEmptyShould(true);
    }

    private ArchRule onlyIn(
            String what, DescribedPredicate<JavaClass> used, DescribedPredicate<JavaClass> also, String... rooms) {
        String[] packages = new String[rooms.length];
        for (int i = 0; i < rooms.length; i++) {
            packages[i] = room(rooms[i]);
        }
        return noClasses()
                .that(resideInAnyPackage(packages).or(also).negate())
                .should()
                .dependOnClassesThat(used)
                .as(what + " only in " + String.join(", ", rooms))
                .allowEmptyShould(true);
    }

    private String room(String name) {
        return root + "." + name + "..";
    }

    private DescribedPredicate<JavaClass> main() {
        String main = root + ".coordinator.CoordinatorMain";
        return describe(
                "are CoordinatorMain",
                using -> using.getName().equals(main) || using.getName().startsWith(main + "$"));
    }

    private static DescribedPredicate<JavaClass> nobody() {
        return DescribedPredicate.alwaysFalse();
    }

    private static boolean isClockOrDice(JavaMethodCall call) {
        JavaClass owner = call.getTargetOwner();
        String method = call.getName();
        return (owner.getPackageName().startsWith("java.time") && method.equals("now"))
                || (owner.isEquivalentTo(java.util.UUID.class) && method.equals("randomUUID"))
                || (owner.isEquivalentTo(Math.class) && method.equals("random"))
                || (owner.isEquivalentTo(java.util.Collections.class) && method.equals("shuffle"));
    }

    private static boolean isTimeOfDay(JavaMethodCall call) {
        JavaClass owner = call.getTargetOwner();
        String method = call.getName();
        return (owner.getPackageName().startsWith("java.time")
                        && Set.of("now", "systemUTC", "systemDefaultZone", "system")
                                .contains(method))
                || (owner.isEquivalentTo(System.class) && method.equals("currentTimeMillis"));
    }

    private static boolean isSocketOrProcess(JavaClass used) {
        boolean network = used.getPackageName().equals("java.net")
                || used.getPackageName().equals("java.nio.channels");
        return (network && used.getSimpleName().contains("Socket"))
                || used.getPackageName().startsWith("java.net.http")
                || used.isEquivalentTo(java.net.URLConnection.class)
                || used.isEquivalentTo(java.net.HttpURLConnection.class)
                || used.isEquivalentTo(ProcessBuilder.class)
                || used.isEquivalentTo(Process.class)
                || used.isEquivalentTo(Runtime.class);
    }

    private static ArchCondition<JavaClass> liveInAnIntroducedPackage() {
        return new ArchCondition<>("live in a package with a @NullMarked package-info.java") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                boolean introduced = item.getPackage()
                        .tryGetPackageInfo()
                        .map(info -> info.isAnnotatedWith(NullMarked.class))
                        .orElse(false);
                if (!introduced) {
                    events.add(SimpleConditionEvent.violated(
                            item, item.getName() + " lives in a package without a @NullMarked package-info.java"));
                }
            }
        };
    }
}
