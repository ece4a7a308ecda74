package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.ledger.LedgerException;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.crash.CrashPoint;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Plays scenarios one after the other, on a cast of its own. */
final class Lane implements Runnable {
    private final Queue<Scenario> scenarios;
    private final long seed;
    private final Optional<StartUpCache> cache;
    private final Set<CrashPoint> passed;
    private final Consumer<Result> told;

    Lane(
            Queue<Scenario> scenarios,
            long seed,
            Optional<StartUpCache> cache,
            Set<CrashPoint> passed,
            Consumer<Result> told) {
        this.scenarios = scenarios;
        this.seed = seed;
        this.cache = cache;
        this.passed = passed;
        this.told = told;
    }

    @Override
    public void run() {
        boolean more = true;
        while (more) {
            try (Cast cast = Cast.start(cache)) {
                more = play(cast);
            } catch (IOException failure) {
                throw new StageFailure("no cast for the drill: " + failure.getMessage(), failure);
            }
        }
    }

    /** Until nothing is left, or a scenario fails: nobody knows what state it leaves things in, and the next gets a new cast. */
    private boolean play(Cast cast) {
        Play play = new Play(cast, seed);
        for (Scenario next = scenarios.poll(); next != null; next = scenarios.poll()) {
            Result result = played(play, next);
            told.accept(result);
            passed.addAll(cast.hold().takePassed().keySet());
            if (result.isFailed()) {
                return true;
            }
        }
        return false;
    }

    /** The one drill that needs a cast with many machines. */
    static Result everything(long seed, Optional<StartUpCache> cache) throws IOException {
        try (Cast cast = Cast.start(cache)) {
            Course course = new Course(List.of(Everything.NAME), Optional.empty(), Set.of(), Optional.empty());
            return result(Everything.NAME, () -> Everything.run(cast, seed), () -> course);
        }
    }

    private static Result played(Play play, Scenario scenario) {
        return result(scenario.name(), () -> play.run(scenario), play::course);
    }

    private interface Performance {
        String run() throws Broken, IOException;
    }

    private static Result result(String name, Performance performance, Supplier<Course> course) {
        long begin = System.nanoTime();
        try {
            String detail = performance.run();
            return new Result(name, Result.Verdict.PASS, detail, seconds(begin), course.get());
        } catch (Broken broken) {
            Course broke = course.get().brokenBy(broken.invariant());
            return new Result(name, Result.Verdict.FAIL, String.valueOf(broken.getMessage()), seconds(begin), broke);
        } catch (IOException | Failure | StageFailure | IllegalStateException | LedgerException failure) {
            String detail = String.valueOf(failure.getMessage());
            return new Result(name, Result.Verdict.FAIL, detail, seconds(begin), course.get());
        }
    }

    static double seconds(long begin) {
        return Service.elapsed(begin) / 1000.0;
    }
}
