package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.cli.DrillOptions;
import dev.tidemark.coordinator.cli.show.OutputFormat;
import dev.tidemark.coordinator.ledger.postgres.EmbeddedServer;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code tidemark drill}: lists the scenarios, or plays some and reports. */
public final class Drill {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /** With fewer scenarios than this, learning to start fast takes longer than starting slowly. */
    private static final int WORTH_A_CACHE = 8;

    private static final int MACHINES_A_CAST = Integer.getInteger("tidemark.drill.machines", 16);

    private final DrillOptions options;
    private final String version;
    private final PrintWriter out;
    private String qemu = "";
    private final PrintWriter err;
    private final List<Result> results = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean interrupted;
    private final Set<CrashPoint> passed = Collections.synchronizedSet(EnumSet.noneOf(CrashPoint.class));

    private Drill(DrillOptions options, String version, PrintWriter out, PrintWriter err) {
        this.options = options;
        this.version = version;
        this.out = out;
        this.err = err;
    }

    /** Prints what there is; gives the exit code. */
    public static int list(DrillOptions options, PrintWriter out) {
        List<String> names = new ArrayList<>(List.of(Scenarios.MIDWAY, Everything.NAME));
        Scenarios.all().stream().map(Scenario::name).forEach(names::add);
        if (options.format() == OutputFormat.TABLE) {
            names.forEach(out::println);
        } else {
            out.println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(Map.of("scenarios", names)));
        }
        out.flush();
        return 0;
    }

    /** Plays; gives the exit code. */
    public static int run(DrillOptions options, String version, PrintWriter out, PrintWriter err) {
        return new Drill(options, version, out, err).run();
    }

    private int run() {
        long seed = options.seed().orElseGet(() -> System.nanoTime() & 0xffff_ffffL);
        List<Scenario> scenarios = new ArrayList<>();
        boolean everything = options.all();
        for (String name : options.names()) {
            if (name.equals(Everything.NAME)) {
                everything = true;
                continue;
            }
            if (name.equals(Scenarios.MIDWAY)) {
                scenarios.addAll(Scenarios.midway());
                continue;
            }
            Optional<Scenario> scenario = Scenario.parsed(name);
            if (scenario.isEmpty()) {
                err.println("error: there is no scenario '" + name + "'; see: tidemark drill list");
                return USAGE;
            }
            scenarios.add(scenario.get());
        }
        if (options.names().isEmpty()) {
            scenarios.addAll(chosen(seed));
        }
        int jobs = Math.min(
                Math.max(1, scenarios.size()),
                options.jobs().orElse(Runtime.getRuntime().availableProcessors()));
        err.println(scenarios.size() + " scenarios, " + jobs + " at once, seed " + seed);
        Instant begun = Instant.now();
        long begin = System.nanoTime();
        try (Stage shelf = Stage.open("tm-shelf", false)) {
            Optional<StartUpCache> cache =
                    scenarios.size() < WORTH_A_CACHE ? Optional.empty() : StartUpCache.learnedIn(shelf);
            leaveOutPulls(scenarios, shelf);
            qemu = shelf.programs().answer("version", List.of("qemu-storage-daemon", "--version"));
            // A set is played in batches; what was asked for by name is played alone, one after the other.
            List<List<Scenario>> batches = options.names().isEmpty()
                    ? Scenarios.batches(scenarios, MACHINES_A_CAST, seed)
                    : scenarios.stream().map(List::of).toList();
            playUnlessInterrupted(new ConcurrentLinkedQueue<>(batches), jobs, seed, cache);
            if (interrupted) {
                // A report on what was played so far would look like one on all.
                return FAILED;
            }
            if (everything) {
                tell(Lane.everything(seed, cache));
            }
        } catch (IOException failure) {
            throw new StageFailure("the drill cannot begin: " + failure.getMessage(), failure);
        }
        Report report = new Report(seed, begun, Lane.seconds(begin), jobs, results, passed);
        if (options.format() == OutputFormat.TABLE) {
            results.stream().filter(Result::isFailed).forEach(result -> {
                out.println(Report.line(result));
                out.println("  " + result.detail());
                out.println("  " + result.replay(seed));
            });
            out.println(report.summary());
        } else {
            out.println(report.json());
        }
        out.flush();
        writeHtml(report);
        return report.failedCount() == 0 ? 0 : FAILED;
    }

    /** Unless they were asked for by name: then they tell why they fail. */
    private void leaveOutPulls(List<Scenario> scenarios, Stage shelf) throws IOException {
        Predicate<Scenario> unasked =
                scenario -> scenario.workflow().isPull() && !options.names().contains(scenario.name());
        if (scenarios.stream().anyMatch(unasked) && !DrillMachine.hasFuse(shelf.directory(), shelf.programs())) {
            scenarios.removeIf(unasked);
            err.println("pull backups are left out: their guest needs FUSE, and QEMU mounts nothing with it here");
        }
    }

    private List<Scenario> chosen(long seed) {
        if (!options.all()) {
            return Scenarios.quick(seed);
        }
        return options.subsets().isPresent()
                ? Scenarios.some(seed, options.subsets().getAsInt())
                : Scenarios.all(seed);
    }

    /** What is cut short by the operator is no verdict on anything. */
    private void playUnlessInterrupted(
            Queue<List<Scenario>> batches, int jobs, long seed, Optional<StartUpCache> cache) {
        Thread interruption = new Thread(() -> {
            interrupted = true;
            batches.clear();
            err.println("interrupted after " + results.size() + " scenarios");
            err.flush();
        });
        Runtime.getRuntime().addShutdownHook(interruption);
        try {
            play(batches, jobs, seed, cache);
        } finally {
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(interruption);
            }
        }
    }

    private void play(Queue<List<Scenario>> batches, int jobs, long seed, Optional<StartUpCache> cache) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> lanes = new ArrayList<>();
        for (int lane = 0; lane < Math.min(jobs, batches.size()); lane++) {
            Lane work = new Lane(batches, seed, cache, passed, this::tell);
            lanes.add(Thread.ofPlatform()
                    .name("lane " + lane)
                    .uncaughtExceptionHandler((thread, thrown) -> failure.compareAndSet(null, thrown))
                    .start(work));
        }
        try {
            for (Thread lane : lanes) {
                lane.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StageFailure("interrupted", interrupted);
        }
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new StageFailure("the drill cannot go on: " + thrown.getMessage(), thrown);
        }
    }

    private void tell(Result result) {
        if (interrupted) {
            return;
        }
        results.add(result);
        err.println(Report.line(result) + (result.isFailed() ? ": " + result.detail() : ""));
    }

    private void writeHtml(Report report) {
        if (options.html().isEmpty()) {
            return;
        }
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("Tidemark", version);
        versions.put("PostgreSQL", EmbeddedServer.VERSION);
        versions.put("QEMU", qemu);
        versions.put("Java", Runtime.version().toString());
        try {
            Files.writeString(options.html().get(), HtmlReport.of(report, versions));
        } catch (IOException failure) {
            throw new StageFailure("cannot write " + options.html().get() + ": " + failure.getMessage(), failure);
        }
    }
}
