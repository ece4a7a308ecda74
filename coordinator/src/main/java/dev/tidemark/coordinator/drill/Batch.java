package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.ledger.LedgerException;
import dev.tidemark.coordinator.stage.Pause;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.crash.CrashPoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Scenarios with the same victims, each on a machine of its own, at the same time: every machine stands at its own moment, one
 * kill meets all of them, and each is judged by itself. Most of what a scenario costs is starting what was killed.
 */
final class Batch {
    private static final long GATE_MILLISECONDS_MAX = 20_000;
    private static final long ANSWERS_MILLISECONDS_MAX = 5_000;

    private final Cast cast;
    private final long seed;
    private final List<Play> stalls = new ArrayList<>();
    private @Nullable DrillMachine extra;

    Batch(Cast cast, long seed) {
        this.cast = cast;
        this.seed = seed;
    }

    /** Plays them; gives what became of each, in the same order. */
    List<Result> play(List<Scenario> scenarios) {
        long begin = System.nanoTime();
        while (stalls.size() < scenarios.size()) {
            stalls.add(new Play(cast, seed));
        }
        Map<Play, Scenario> parts = new LinkedHashMap<>();
        for (int index = 0; index < scenarios.size(); index++) {
            parts.put(stalls.get(index), scenarios.get(index));
        }
        Together together = new Together(parts);
        try {
            playAll(together, scenarios);
        } catch (IOException | RuntimeException failure) {
            // Of what all share: none of those that have not failed by themselves came to a judgement.
            together.failRest(failure);
        }
        List<Result> results = new ArrayList<>();
        double seconds = Service.elapsed(begin) / 1000.0;
        parts.forEach((play, scenario) -> results.add(together.result(play, scenario, seconds)));
        return results;
    }

    private void playAll(Together together, List<Scenario> scenarios) throws IOException {
        together.each(play -> play.prepare(together.of(play)));
        if (scenarios.size() > 1 && scenarios.getFirst().moment().isShared()) {
            holdInOneStep(together);
        } else {
            // Those that do not wait for long come last.
            for (boolean brief : List.of(false, true)) {
                together.each(play -> together.of(play).isBrief() == brief, play -> {
                    play.begin();
                    play.awaitReached();
                });
            }
        }
        SortedMap<Long, String> before = cast.log();
        together.each(Play::beforeKill);
        DrillMachine[] machines = together.going().stream().map(Play::machine).toArray(DrillMachine[]::new);
        Set<Victim> victims = scenarios.getFirst().victims();
        cast.kill(victims, machines);
        together.each(Play::whileDown);
        together.each(Play::release);
        cast.startAgain(victims, machines);
        together.each(Play::settle);
        SortedMap<Long, String> after = cast.log();
        together.each(play -> together.tell(play, play.judge(before, after)));
    }

    /**
     * The gateway's one thread is kept until there is something new for every machine: then it hears of all in one step, and
     * stands still in that for all of them.
     */
    private void holdInOneStep(Together together) throws IOException {
        String caller = caller();
        together.each(Play::ready);
        String gate = cast.hold().orderForAny(new Moment(CrashPoint.BEFORE_HAND_OUT, 1));
        try {
            callTheGateway(caller);
            awaitAtMost(GATE_MILLISECONDS_MAX, () -> cast.hold().isReached(gate));
            together.each(Play::ask);
            // A look that is wanted is answered by the gateway that is kept here; all others are answered at once.
            awaitAtMost(
                    ANSWERS_MILLISECONDS_MAX,
                    () -> together.going().stream()
                            .filter(play -> together.of(play).workflow() != Workflow.RECONCILE)
                            .allMatch(Play::isAnswered));
        } finally {
            cast.hold().release(gate);
        }
        together.each(Play::awaitReached);
    }

    /** The name of a machine that is in no scenario. */
    private String caller() throws IOException {
        DrillMachine machine = extra;
        if (machine == null) {
            machine = cast.newMachine(new Random(seed));
            cast.register(machine);
            cast.hold().know(cast.idOf(machine));
            extra = machine;
        }
        return machine.name();
    }

    /** Has something new for it. */
    private void callTheGateway(String name) {
        Thread.ofPlatform().daemon().name("call").start(() -> {
            try {
                cast.service().started(Map.of(), "vms", name, "reconciliation");
            } catch (Failure | StageFailure cut) {
                // It is killed, or took too long: nobody wants the answer.
                return;
            }
        });
    }

    private interface Condition {
        boolean holds();
    }

    private static void awaitAtMost(long milliseconds, Condition condition) {
        long begin = System.nanoTime();
        while (!condition.holds() && Service.elapsed(begin) < milliseconds) {
            Pause.milliseconds(5);
        }
    }

    private interface Step {
        void run(Play play) throws Broken, IOException;
    }

    /** Those that play; who fails plays no further, and the others do. */
    private static final class Together {
        private final Map<Play, Scenario> parts;
        private final Map<Play, Exception> failed = new ConcurrentHashMap<>();
        private final Map<Play, String> told = new ConcurrentHashMap<>();

        Together(Map<Play, Scenario> parts) {
            this.parts = parts;
        }

        Scenario of(Play play) {
            return Optional.ofNullable(parts.get(play)).orElseThrow();
        }

        List<Play> going() {
            return parts.keySet().stream()
                    .filter(play -> !failed.containsKey(play))
                    .toList();
        }

        void tell(Play play, String detail) {
            told.put(play, detail);
        }

        void each(Step step) {
            each(play -> true, step);
        }

        /** At the same time; comes back when all are through. */
        void each(Predicate<Play> which, Step step) {
            List<Thread> threads = new ArrayList<>();
            for (Play play : going()) {
                if (which.test(play)) {
                    threads.add(Thread.ofPlatform().name(of(play).name()).start(() -> run(play, step)));
                }
            }
            try {
                for (Thread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new StageFailure("interrupted", interrupted);
            }
        }

        private void run(Play play, Step step) {
            try {
                step.run(play);
            } catch (Broken | IOException | RuntimeException failure) {
                failed.put(play, failure);
            }
        }

        void failRest(Exception failure) {
            going().stream().filter(play -> !told.containsKey(play)).forEach(play -> failed.put(play, failure));
        }

        Result result(Play play, Scenario scenario, double seconds) {
            Exception failure = failed.get(play);
            if (failure == null) {
                return new Result(
                        scenario.name(), Result.Verdict.PASS, told.getOrDefault(play, ""), seconds, play.course());
            }
            Course course =
                    failure instanceof Broken broken ? play.course().brokenBy(broken.invariant()) : play.course();
            // What is no verdict and no failure that is foreseen is a bug of the drill: then its kind helps.
            boolean foreseen = failure instanceof Broken
                    || failure instanceof StageFailure
                    || failure instanceof Failure
                    || failure instanceof LedgerException;
            String detail = foreseen ? String.valueOf(failure.getMessage()) : failure.toString();
            return new Result(scenario.name(), Result.Verdict.FAIL, detail, seconds, course);
        }
    }
}
