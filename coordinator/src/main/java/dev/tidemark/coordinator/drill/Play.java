package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.stage.Pause;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.crash.CrashPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/**
 * One scenario on a cast: prepares the machine, begins the workflow, waits until the system stands at the moment, kills, starts
 * again, judges. The machine is used for several scenarios in a row, so that later ones meet what earlier ones left.
 */
final class Play {
    private static final int SCENARIOS_A_MACHINE_MAX = 8;
    private static final long REACH_MILLISECONDS_MAX = 30_000;

    /** After its end a workflow may still pass points: a report's answer, the wake-up that follows. */
    private static final long LATE_MILLISECONDS_MAX = 1_500;

    private final Cast cast;
    private final long seed;
    private final List<String> played = new ArrayList<>();
    private Optional<Instant> killed = Optional.empty();
    private Set<Invariant> held = Set.of();

    Play(Cast cast, long seed) {
        this.cast = cast;
        this.seed = seed;
    }

    /** How the last scenario went. */
    Course course() {
        return new Course(played, killed, held, Optional.empty());
    }

    /** Plays it; gives what there is to tell. */
    String run(Scenario scenario) throws Broken, IOException {
        killed = Optional.empty();
        held = Set.of();
        DrillMachine machine = machineFor(scenario);
        machine.write();
        Path before = machine.content();
        scenario.workflow().prepare(cast.service(), machine);

        cast.hold().order(scenario.moment());
        CompletableFuture<Optional<JsonNode>> asked =
                CompletableFuture.supplyAsync(() -> ask(scenario.workflow(), machine));
        if (!isReached(asked)) {
            cast.hold().release();
            throw new Broken("the workflow did not pass " + scenario.moment());
        }
        SortedMap<Long, String> log = cast.log();
        boolean isQemuKilled = scenario.victims().contains(Victim.QEMU);
        Map<String, Set<String>> lost = isQemuKilled ? machine.unbroken() : Map.of();
        killed = Optional.of(Instant.now());
        cast.kill(scenario.victims(), machine);
        Path after = before;
        if (!isQemuKilled) {
            // The guest goes on writing while others are down.
            machine.write();
            after = machine.content();
        }
        cast.hold().release();
        cast.startAgain(scenario.victims(), machine);
        Optional<JsonNode> acknowledged = asked.join();

        Judge judge = new Judge(cast, machine);
        held = judge.held();
        if (scenario.workflow() == Workflow.REGISTER && !cast.isRegistered(machine)) {
            if (acknowledged.isPresent()) {
                throw new Broken(Invariant.ACKNOWLEDGED_ENDED, "the machine was acknowledged and is not registered");
            }
            cast.register(machine);
        }
        long converged = judge.converged();
        judge.acknowledged(acknowledged, cast.log());
        judge.logKept(log);
        judge.qemuAgrees();
        judge.nothingUnfinished();
        judge.meet(before, after);
        judge.nextBackupRight(lost);
        judge.backupsRestore();
        judge.qemuAgrees();
        return "converged in " + converged + " ms" + (acknowledged.isPresent() ? "" : ", not acknowledged");
    }

    private Optional<JsonNode> ask(Workflow workflow, DrillMachine machine) {
        try {
            return Optional.of(workflow.ask(cast.service(), machine));
        } catch (Failure | StageFailure lost) {
            // The answer was lost with whoever was killed: what became of the wish is what the judge looks at.
            return Optional.empty();
        }
    }

    private boolean isReached(CompletableFuture<Optional<JsonNode>> asked) {
        long begin = System.nanoTime();
        long ended = -1;
        while (!cast.hold().isReached()) {
            long now = Service.elapsed(begin);
            if (now > REACH_MILLISECONDS_MAX || (ended >= 0 && now - ended > LATE_MILLISECONDS_MAX)) {
                return false;
            }
            if (ended < 0 && asked.isDone() && hasEnded(asked.join())) {
                ended = now;
            }
            Pause.milliseconds(4);
        }
        return true;
    }

    private boolean hasEnded(Optional<JsonNode> operation) {
        if (operation.isEmpty() || operation.get().path("id").isMissingNode()) {
            return true;
        }
        String state = cast.service()
                .get("operations", operation.get().path("id").asString(""))
                .path("state")
                .asString("");
        return state.equals("DONE") || state.equals("FAILED");
    }

    private DrillMachine machineFor(Scenario scenario) throws IOException {
        boolean isNew = scenario.workflow() == Workflow.REGISTER
                || cast.machine().isEmpty()
                || played.size() >= SCENARIOS_A_MACHINE_MAX;
        if (isNew) {
            played.clear();
            cast.newMachine(new Random(seed ^ scenario.name().hashCode()));
        }
        played.add(scenario.name());
        DrillMachine machine = cast.machine().orElseThrow();
        if (scenario.workflow() != Workflow.REGISTER) {
            furnish(machine, scenario.workflow().checkpointsNeeded());
        }
        return machine;
    }

    /** A registered machine with a full backup, an incremental one, and so many checkpoints that can be built on. */
    void furnish(DrillMachine machine, int checkpoints) throws IOException {
        Service service = cast.service();
        if (machine.contents().isEmpty()) {
            if (!cast.isRegistered(machine)) {
                cast.register(machine);
            }
            backUp(machine);
            backUp(machine);
        }
        while (Workflow.checkpoints(service, machine).size() < checkpoints) {
            machine.write();
            service.done(Map.of(), "vms", machine.name(), "checkpoints");
        }
    }

    private void backUp(DrillMachine machine) throws IOException {
        machine.write();
        Path content = machine.content();
        String backup = cast.service()
                .done(Map.of("repo", "default", "kind", "AUTO"), "vms", machine.name(), "backups")
                .path("target")
                .asString("");
        machine.remember(backup, content);
    }

    /** What a cast does most of the time, for JVMs that learn from it. */
    void rehearse(Random random) throws IOException {
        furnish(cast.newMachine(random), 2);
    }

    /** Plays a workflow to its end without a kill; gives how often it passed each point. */
    Map<CrashPoint, Integer> survey(Workflow workflow) throws IOException {
        Scenario undisturbed = new Scenario(workflow, new Moment(CrashPoint.BEFORE_APPEND, 1), Set.of());
        DrillMachine machine = machineFor(undisturbed);
        machine.write();
        Path content = machine.content();
        workflow.prepare(cast.service(), machine);
        // Nobody passes a point for the hundredth time: everything is counted, nothing is held.
        cast.hold().order(new Moment(CrashPoint.BEFORE_APPEND, 99));
        cast.hold().takePassed();
        CompletableFuture<Optional<JsonNode>> asked = CompletableFuture.completedFuture(ask(workflow, machine));
        isReached(asked);
        cast.hold().release();
        Map<CrashPoint, Integer> passed = cast.hold().takePassed();
        new Judge(cast, machine).meet(content);
        return passed;
    }
}
