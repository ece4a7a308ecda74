package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.schema.crash.CrashPoint;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Plays batches of scenarios one after the other, on a cast of its own. */
final class Lane implements Runnable {
    /** Then every machine has played so many scenarios, and the log has grown. */
    private static final int LARGE_BATCHES_A_CAST_MAX = 8;

    private final Queue<List<Scenario>> batches;
    private final long seed;
    private final Optional<StartUpCache> cache;
    private final Set<CrashPoint> passed;
    private final Consumer<Result> told;
    private @Nullable Cast cast;
    private @Nullable Batch batch;
    private int large;

    Lane(
            Queue<List<Scenario>> batches,
            long seed,
            Optional<StartUpCache> cache,
            Set<CrashPoint> passed,
            Consumer<Result> told) {
        this.batches = batches;
        this.seed = seed;
        this.cache = cache;
        this.passed = passed;
        this.told = told;
    }

    @Override
    public void run() {
        try {
            for (List<Scenario> next = batches.poll(); next != null; next = batches.poll()) {
                play(next);
            }
        } finally {
            endCast();
        }
    }

    private void play(List<Scenario> scenarios) {
        List<Result> results;
        try {
            Batch playing = batch();
            results = playing.play(scenarios);
            if (cast != null) {
                passed.addAll(cast.hold().takePassed().keySet());
            }
        } catch (IOException | RuntimeException failure) {
            // They could not be played, which is told; others can be.
            results = scenarios.stream()
                    .map(scenario -> unplayed(scenario, failure))
                    .toList();
        }
        results.forEach(told);
        large += scenarios.size() > 1 ? 1 : 0;
        // When one fails, nobody knows what state it leaves things in, and the next get a new cast.
        if (results.stream().anyMatch(Result::isFailed) || large >= LARGE_BATCHES_A_CAST_MAX) {
            endCast();
        }
    }

    private Batch batch() throws IOException {
        Batch known = batch;
        if (known == null) {
            Cast fresh = Cast.start(cache);
            cast = fresh;
            known = new Batch(fresh, seed);
            batch = known;
        }
        return known;
    }

    private void endCast() {
        Cast former = cast;
        cast = null;
        batch = null;
        large = 0;
        if (former != null) {
            former.close();
        }
    }

    private static Result unplayed(Scenario scenario, Exception failure) {
        Course course = new Course(List.of(scenario.name()), Optional.empty(), Set.of(), Optional.empty());
        return new Result(scenario.name(), Result.Verdict.FAIL, "could not be played: " + failure, 0, course);
    }

    /** The one drill that needs a cast with many machines. */
    static Result everything(long seed, Optional<StartUpCache> cache) {
        Course course = new Course(List.of(Everything.NAME), Optional.empty(), Set.of(), Optional.empty());
        long begin = System.nanoTime();
        try (Cast cast = Cast.start(cache)) {
            String detail = Everything.run(cast, seed);
            return new Result(Everything.NAME, Result.Verdict.PASS, detail, seconds(begin), course);
        } catch (Broken broken) {
            Course broke = course.brokenBy(broken.invariant());
            return new Result(
                    Everything.NAME, Result.Verdict.FAIL, String.valueOf(broken.getMessage()), seconds(begin), broke);
        } catch (IOException | RuntimeException failure) {
            return new Result(Everything.NAME, Result.Verdict.FAIL, failure.toString(), seconds(begin), course);
        }
    }

    static double seconds(long begin) {
        return Service.elapsed(begin) / 1000.0;
    }
}
