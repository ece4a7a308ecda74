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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Scenarios on a machine of a cast, one after the other: prepares the machine, begins the workflow, waits until the system
 * stands at the moment; when the victims were killed and started again, judges. The machine is used for several scenarios in a
 * row, so that later ones meet what earlier ones left. Others may play at the same time, with the same victims.
 */
final class Play {
    private static final int SCENARIOS_A_MACHINE_MAX = 8;
    private static final long REACH_MILLISECONDS_MAX = 30_000;
    private static final long CLAIM_MILLISECONDS_MAX = 20_000;
    /** Nobody passes a point for the hundredth time: everything is counted, nothing is held. */
    private static final int UNDISTURBED = 99;

    private static final long ASK_AGAIN_MILLISECONDS = 200;

    /** After its end a workflow may still pass points: a report's answer, the wake-up that follows. */
    private static final long LATE_MILLISECONDS_MAX = 1_500;

    private final Cast cast;
    private final long seed;
    private final List<String> played = new ArrayList<>();
    private @Nullable DrillMachine machine;
    private @Nullable Run run;
    private Optional<Instant> killed = Optional.empty();
    private Set<Invariant> held = Set.of();

    /** What is known of the scenario that is being played. */
    private static final class Run {
        private final Scenario scenario;
        private final Path before;
        private Path after;
        private String token = "";
        private CompletableFuture<Optional<JsonNode>> asked = CompletableFuture.completedFuture(Optional.empty());
        private Map<String, Set<String>> lost = Map.of();
        private Set<String> failedPulls = Set.of();
        private long converged;

        Run(Scenario scenario, Path before) {
            this.scenario = scenario;
            this.before = before;
            this.after = before;
        }

        boolean isQemuKilled() {
            return scenario.victims().contains(Victim.QEMU);
        }
    }

    Play(Cast cast, long seed) {
        this.cast = cast;
        this.seed = seed;
    }

    /** How the last scenario went. */
    Course course() {
        return new Course(played, killed, held, Optional.empty());
    }

    /** Plays it alone; gives what there is to tell. */
    String run(Scenario scenario) throws Broken, IOException {
        prepare(scenario);
        begin();
        awaitReached();
        SortedMap<Long, String> log = cast.log();
        beforeKill();
        cast.kill(scenario.victims(), machine());
        whileDown();
        release();
        cast.startAgain(scenario.victims(), machine());
        settle();
        return judge(log, cast.log());
    }

    /** The machine, as the workflow needs it. */
    void prepare(Scenario scenario) throws IOException {
        killed = Optional.empty();
        held = Set.of();
        run = null;
        DrillMachine prepared = machineFor(scenario);
        prepared.write();
        Run fresh = new Run(scenario, prepared.content());
        if (scenario.workflow().isPull()) {
            fresh.failedPulls = new PullClient(cast.service(), prepared).failed();
        }
        run = fresh;
    }

    /** Brings it to where the workflow can begin, orders the moment, and asks. */
    void begin() throws Broken, IOException {
        ready();
        ask();
    }

    /** To where the workflow can begin. */
    void ready() throws IOException {
        now().scenario.workflow().prepare(cast.service(), machine());
    }

    /** Orders the moment, and asks. */
    void ask() throws Broken, IOException {
        Run now = now();
        if (now.scenario.workflow() != Workflow.REGISTER) {
            now.token = cast.hold().order(cast.idOf(machine()), now.scenario.moment());
            now.asked = CompletableFuture.supplyAsync(this::asked, Play::onThread);
            return;
        }
        // Nobody knows the machine's id before it is registered: one after the other.
        synchronized (cast.hold()) {
            now.token = cast.hold().orderForNext(now.scenario.moment());
            now.asked = CompletableFuture.supplyAsync(this::asked, Play::onThread);
            long begin = System.nanoTime();
            while (!cast.hold().isClaimed()) {
                if (Service.elapsed(begin) > CLAIM_MILLISECONDS_MAX) {
                    cast.hold().withdrawForNext();
                    throw new Broken("nobody began to register the machine");
                }
                Pause.milliseconds(4);
            }
        }
    }

    private static void onThread(Runnable work) {
        Thread.ofPlatform().daemon().name("ask").start(work);
    }

    private Optional<JsonNode> asked() {
        try {
            return Optional.of(now().scenario.workflow().ask(cast.service(), machine()));
        } catch (Failure | StageFailure lost) {
            // The answer was lost with whoever was killed: what became of the wish is what the judge looks at.
            return Optional.empty();
        }
    }

    boolean isAnswered() {
        return now().asked.isDone();
    }

    /** Until the system stands at the moment. */
    void awaitReached() throws Broken, IOException {
        if (!isReached(now())) {
            release();
            throw new Broken("the workflow did not pass " + now().scenario.moment());
        }
    }

    void beforeKill() throws IOException {
        if (now().isQemuKilled()) {
            now().lost = missing();
        }
        killed = Optional.of(Instant.now());
    }

    /**
     * What misses writes from the kill on: the bitmaps that the log builds on and QEMU holds. One that is just being made, and
     * is not known to the log, is made anew by whoever goes on with it, under the same name.
     */
    private Map<String, Set<String>> missing() throws IOException {
        Map<String, Set<String>> missing = new LinkedHashMap<>();
        if (!cast.isRegistered(machine())) {
            return missing;
        }
        Map<String, Set<String>> unbroken = machine().unbroken();
        for (JsonNode disk :
                cast.service().get("vms", machine().name(), "chain").path("disks")) {
            String name = disk.path("disk").asString("");
            Set<String> held = new LinkedHashSet<>();
            disk.path("bitmaps").forEach(bitmap -> held.add(bitmap.path("name").asString("")));
            held.retainAll(unbroken.getOrDefault(name, Set.of()));
            missing.put(name, held);
        }
        return missing;
    }

    /** The guest goes on writing while others are down, unless it is frozen. */
    void whileDown() throws IOException {
        if (!now().isQemuKilled() && !machine().isFrozen()) {
            machine().write();
            now().after = machine().content();
        }
    }

    /** Whoever stands still and lives goes on; nobody else is held. */
    void release() throws IOException {
        cast.hold().release(now().token);
    }

    /** Waits until all is done that follows by itself. */
    void settle() throws Broken, IOException {
        Run now = now();
        Optional<JsonNode> acknowledged = now.asked.join();
        if (now.scenario.workflow() == Workflow.REGISTER) {
            awaitRegistered(acknowledged.isPresent());
        }
        Judge judge = new Judge(cast, machine());
        held = judge.held();
        now.converged = judge.converged();
        finishPulls(now);
        readExports(now, acknowledged);
    }

    /** Nor is the client of an export: whoever was killed, it is served again, and ends when it is told to. */
    private void readExports(Run now, Optional<JsonNode> acknowledged) throws Broken, IOException {
        if (now.scenario.workflow().isExport()) {
            int served = new ExportClient(cast.service(), machine()).readAndEnd();
            if (now.scenario.workflow() == Workflow.EXPORT && acknowledged.isPresent() && served == 0) {
                throw new Broken(Invariant.ACKNOWLEDGED_ENDED, "an export was acknowledged and is not served");
            }
            new Judge(cast, machine()).converged();
        }
    }

    /** A client is killed by nobody: it reads what is there, and the machine comes to rest once more. */
    private void finishPulls(Run now) throws Broken, IOException {
        if (now.scenario.workflow().isPull()) {
            PullClient client = new PullClient(cast.service(), machine());
            // What the guest has now is no content that was ever backed up.
            machine().write();
            client.readAndFinish(now.isQemuKilled(), now.before, now.after);
            new Judge(cast, machine()).converged();
            if (!now.isQemuKilled() && !now.failedPulls.containsAll(client.failed())) {
                // While QEMU lives, whoever else is killed costs no client its backup.
                throw new Broken(Invariant.BACKUPS_RESTORE, "pull backups failed: " + client.failed());
            }
        }
    }

    /** Right after a kill of the database a question may be refused, as it says, for now: a client asks again. */
    private void awaitRegistered(boolean acknowledged) throws Broken {
        long begin = System.nanoTime();
        while (true) {
            try {
                if (cast.isRegistered(machine())) {
                    return;
                }
                if (acknowledged) {
                    throw new Broken(
                            Invariant.ACKNOWLEDGED_ENDED, "the machine was acknowledged and is not registered");
                }
                cast.register(machine());
                return;
            } catch (Failure | StageFailure notNow) {
                if (Service.elapsed(begin) > Judge.CONVERGE_MILLISECONDS_MAX) {
                    throw new Broken(Invariant.CONVERGED, String.valueOf(notNow.getMessage()));
                }
                Pause.milliseconds(ASK_AGAIN_MILLISECONDS);
            }
        }
    }

    /**
     * Gives what there is to tell.
     *
     * @param before the log before the kill
     * @param after the log now
     */
    String judge(SortedMap<Long, String> before, SortedMap<Long, String> after) throws Broken, IOException {
        Run now = now();
        Optional<JsonNode> acknowledged = now.asked.join();
        Judge judge = new Judge(cast, machine());
        judge.held().addAll(held);
        held = judge.held();
        judge.acknowledged(acknowledged, after);
        judge.logKept(before, after);
        judge.guestThawed(after);
        judge.qemuAgrees();
        judge.nothingUnfinished();
        judge.meet(now.before, now.after);
        judge.nextBackupRight(now.lost);
        judge.backupsRestore();
        judge.qemuAgrees();
        machine().forgetOtherContents();
        return "converged in " + now.converged + " ms" + (acknowledged.isPresent() ? "" : ", not acknowledged");
    }

    private boolean isReached(Run now) {
        long begin = System.nanoTime();
        long ended = -1;
        long asked = 0;
        while (!cast.hold().isReached(now.token)) {
            long elapsed = Service.elapsed(begin);
            if (elapsed > REACH_MILLISECONDS_MAX || (ended >= 0 && elapsed - ended > LATE_MILLISECONDS_MAX)) {
                return false;
            }
            if (ended < 0 && elapsed - asked > ASK_AGAIN_MILLISECONDS && now.asked.isDone()) {
                asked = elapsed;
                ended = hasEnded(now.asked.join()) ? elapsed : -1;
            }
            Pause.milliseconds(5);
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

    DrillMachine machine() {
        return Objects.requireNonNull(machine, "no machine plays");
    }

    private Run now() {
        return Objects.requireNonNull(run, "nothing is played");
    }

    private DrillMachine machineFor(Scenario scenario) throws IOException {
        boolean isNew = scenario.workflow() == Workflow.REGISTER
                || machine == null
                || (scenario.workflow().isPull() && !machine.isServerFree())
                || played.size() >= SCENARIOS_A_MACHINE_MAX;
        if (isNew) {
            played.clear();
            replaceMachine(
                    new Random(seed ^ scenario.name().hashCode()),
                    scenario.workflow().isPull());
        }
        played.add(scenario.name());
        if (scenario.workflow() != Workflow.REGISTER) {
            furnish(machine(), scenario.workflow().checkpointsNeeded());
            cast.hold().know(cast.idOf(machine()));
        }
        return machine();
    }

    private void replaceMachine(Random random, boolean overFuse) throws IOException {
        DrillMachine former = machine;
        machine = null;
        if (former != null) {
            cast.leave(former);
        }
        machine = cast.newMachine(random, overFuse);
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
        replaceMachine(random, false);
        furnish(machine(), 2);
    }

    /** Plays a workflow to its end without a kill; gives how often it passed each point. */
    Map<CrashPoint, Integer> survey(Workflow workflow) throws Broken, IOException {
        prepare(new Scenario(workflow, new Moment(CrashPoint.BEFORE_APPEND, UNDISTURBED), Set.of()));
        ready();
        cast.hold().takePassed();
        ask();
        isReached(now());
        release();
        Map<CrashPoint, Integer> passed = cast.hold().takePassed();
        finishPulls(now());
        readExports(now(), Optional.empty());
        new Judge(cast, machine()).meet(now().before);
        return passed;
    }
}
