package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.ledger.floor.PlainReads;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.coordinator.stage.Visit;
import dev.tidemark.schema.id.HostName;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/**
 * A coordinator of very many machines, which exist in its log only: its first page, the list of all machines over HTTP and as a command,
 * beside plain SQL that reads the rows of as many machines. What their logs say is mixed: machines without a backup, with one that
 * failed, with a damaged one, with one that was verified or not.
 */
final class FleetBench {
    /** Nights that each machine was backed up, if nobody says otherwise. */
    static final int COUNT = 3;

    private static final int HANDS = 4;
    private static final int KINDS = 50;
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;
    private static final long MEBIBYTE = 1L << 20;

    private final Service service;
    private final PlainReads plain;
    private final int machines;

    private FleetBench(Service service, PlainReads plain, int machines) {
        this.service = service;
        this.plain = plain;
        this.machines = machines;
    }

    static List<Bench.Row> run(Rooms rooms, BenchOptions options, PrintWriter err)
            throws IOException, InterruptedException {
        int machines = options.scale().machines();
        int nights = options.count().orElse(COUNT);
        try (Ground ground = Ground.open()) {
            err.println("the logs of " + machines + " machines are written, " + nights + " nights each");
            err.flush();
            write(rooms, ground, machines, nights);
            Service service = ground.stage().service();
            service.serveWith(ground.serving());
            // A stage's quick start leaves out the better compiler; tidemark serve has it.
            service.runWith(List.of("-XX:TieredStopAtLevel=4", "-XX:-UseSerialGC", "-XX:+UseG1GC"));
            long start = service.start();
            err.println("the coordinator answers after " + start + " ms");
            err.flush();
            return new FleetBench(service, new PlainReads(ground.database().application()), machines)
                    .rounds(options.copying().rounds(), err);
        }
    }

    private static void write(Rooms rooms, Ground ground, int machines, int nights)
            throws IOException, InterruptedException {
        FreshIds ids = new FreshIds(Clock.systemUTC());
        Instant begin = Instant.now().minus(Duration.ofDays(nights + 1L));
        try (Scribe scribe = Scribe.on(ground.database().application(), rooms.ledger());
                ExecutorService hands = Executors.newFixedThreadPool(HANDS)) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int number = 0; number < machines; number++) {
                int machine = number;
                tasks.add(() -> {
                    scribe.write(history(ids, machine, nights, begin).events());
                    return null;
                });
            }
            for (Future<Void> ended : hands.invokeAll(tasks)) {
                ended.get();
            }
        } catch (ExecutionException failed) {
            throw new IOException("a log could not be written: " + failed.getCause(), failed);
        }
    }

    private static History history(FreshIds ids, int number, int nights, Instant begin) {
        History history = History.begin(
                ids, String.format(Locale.ROOT, "machine-%05d", number), new HostName("elsewhere"), begin);
        int kind = number % KINDS;
        if (kind == 0) {
            return history;
        }
        for (int night = 0; night < nights; night++) {
            history.backUp();
        }
        switch (kind) {
            case 1 -> history.fail();
            case 2 -> history.damage();
            default -> {
                if (kind % 2 == 0) {
                    history.verify();
                }
            }
        }
        return history;
    }

    private List<Bench.Row> rounds(int rounds, PrintWriter err) {
        Visit visit = Visit.to(service);
        Samples rows = new Samples();
        Samples list = new Samples();
        Samples backups = new Samples();
        Samples page = new Samples();
        Samples nothing = new Samples();
        Samples command = new Samples();
        Samples cached = new Samples();
        for (int round = 0; round <= rounds; round++) {
            double plainRows = milliseconds(this::plainRows);
            double listed = milliseconds(this::list);
            double plainBackups = milliseconds(this::plainBackups);
            double shown = milliseconds(() -> page(visit));
            double started = service.command("--help");
            double commanded =
                    service.command("vm", "list", "--home", service.home().toString());
            OptionalLong remembered =
                    service.cachedCommand("vm", "list", "--home", service.home().toString());
            if (round > 0) {
                rows.add(plainRows);
                list.add(listed);
                backups.add(plainBackups);
                page.add(shown);
                nothing.add(started);
                command.add(commanded);
                remembered.ifPresent(cached::add);
            }
            err.println(String.format(
                    Locale.ROOT,
                    "round %d: page %.0f, list %.0f, vm list %s with the start-up cache, %.0f without of which %.0f for a"
                            + " JVM, plain %.0f and %.0f ms",
                    round,
                    shown,
                    listed,
                    remembered.isPresent() ? remembered.getAsLong() : "-",
                    commanded,
                    started,
                    plainBackups,
                    plainRows));
            err.flush();
        }
        String detail = String.format(
                Locale.ROOT, "%d machines, %d MiB resident", machines, service.residentBytes() / MEBIBYTE);
        List<Bench.Row> told = new ArrayList<>(List.of(
                Bench.Row.of(
                        "fleet page",
                        backups.median(),
                        page.median(),
                        "ms",
                        "GET /ui; plain SQL: machines and newest backups; " + detail),
                Bench.Row.of(
                        "GET /v1/vms",
                        rows.median(),
                        list.median(),
                        "ms",
                        "all pages; plain SQL: machines and their disks; " + detail),
                Bench.Row.of(
                        "vm list",
                        nothing.median(),
                        command.median(),
                        "ms",
                        "the command with its JVM; beside --help, which asks nobody; " + detail)));
        if (cached.count() > 0) {
            told.add(Bench.Row.of(
                    "vm list, start-up cache",
                    nothing.median(),
                    cached.median(),
                    "ms",
                    "as the launcher runs it; beside --help without a cache; " + detail));
        }
        return told;
    }

    private long plainRows() {
        // One for each disk.
        return plain.machines() / 2;
    }

    private long plainBackups() {
        return plain.newestBackups();
    }

    private long list() {
        return service.list("vms", "vms").path("vms").size();
    }

    private long page(Visit visit) {
        String page = visit.page("/ui");
        // How many there are, of all that it judges.
        return page.contains("<dd>" + machines + "</dd>") ? machines : 0;
    }

    private double milliseconds(LongSupplier reading) {
        long begin = System.nanoTime();
        long read = reading.getAsLong();
        long took = System.nanoTime() - begin;
        if (read != machines) {
            throw new StageFailure(read + " machines were told of, and there are " + machines);
        }
        return took / NANOSECONDS_PER_MILLISECOND;
    }
}
