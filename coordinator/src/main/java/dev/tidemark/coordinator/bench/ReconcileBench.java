package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.stage.Monitor;
import dev.tidemark.coordinator.stage.Pause;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.coordinator.stage.StorageMachine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/**
 * So many storage daemons, each with a disk and two checkpoints' persistent bitmaps on it, that a coordinator with its gateway takes care
 * of. It is stopped and started again, and looks at all of them. Beside it raw QMP: a connection to each daemon, negotiation, and the
 * questions that a look consists of, by as many threads as the gateway has, one for each machine.
 */
final class ReconcileBench {
    private static final String DISK = "disk0";
    private static final long DISK_BYTES = 1L << 30;
    private static final int HANDS = 4;
    private static final long PATIENCE_MILLISECONDS = 120_000;
    private static final double MILLISECONDS_PER_SECOND = 1e3;
    private static final double NANOSECONDS_PER_SECOND = 1e9;
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;
    private static final long MEBIBYTE = 1L << 20;

    /** At the beginning of a connection. */
    private static final String COMMANDS = "{\"execute\":\"query-commands\"}";

    private static final List<String> LOOK = List.of(
            "{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}",
            "{\"execute\":\"x-debug-query-block-graph\"}",
            "{\"execute\":\"query-jobs\"}",
            "{\"execute\":\"query-block-exports\"}");

    /** Refused by a QEMU that never had any. */
    private static final String OBJECTS = "{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/objects\"}}";

    private final Service service;
    private final List<StorageMachine> machines;

    private ReconcileBench(Service service, List<StorageMachine> machines) {
        this.service = service;
        this.machines = machines;
    }

    static List<Bench.Row> run(BenchOptions options, PrintWriter err) throws IOException, InterruptedException {
        int daemons = options.scale().daemons();
        try (Stage stage = Stage.open("tm-bench", false)) {
            List<StorageMachine> machines = new ArrayList<>();
            for (int number = 0; number < daemons; number++) {
                machines.add(new StorageMachine(stage.directory(), "m" + number, stage.programs(), List.of(DISK)));
            }
            Service service = stage.service();
            service.serveWith(List.of());
            service.start();
            err.println(daemons + " storage daemons are started, each with a machine and two checkpoints");
            err.flush();
            ReconcileBench bench = new ReconcileBench(service, machines);
            forEach(HANDS, machines, bench::install);
            return bench.rounds(options.copying().rounds(), err);
        }
    }

    private void install(StorageMachine machine) throws IOException {
        machine.install(DISK_BYTES);
        machine.start().close();
        String name = name(machine);
        service.done(Map.of("name", name, "qmp", machine.qmpSocket().toString()), "vms");
        service.done(Map.of("name", "c1"), "vms", name, "checkpoints");
        service.done(Map.of("name", "c2"), "vms", name, "checkpoints");
    }

    private static String name(StorageMachine machine) {
        String socket = String.valueOf(machine.qmpSocket().getFileName());
        return socket.substring(0, socket.indexOf('.'));
    }

    private List<Bench.Row> rounds(int rounds, PrintWriter err) throws IOException, InterruptedException {
        // A stage's quick start leaves out the better compiler; tidemark serve has it.
        String start = service.runAsLaunched() ? "with the start-up cache" : "without a start-up cache";
        Samples floor = new Samples();
        Samples reconciled = new Samples();
        Samples restarted = new Samples();
        Samples memory = new Samples();
        for (int round = 1; round <= rounds; round++) {
            service.stop();
            long raw = System.nanoTime();
            forEach(machines.size(), machines, ReconcileBench::askFromTheBeginning);
            floor.add((System.nanoTime() - raw) / NANOSECONDS_PER_SECOND);
            double ready = service.start() / MILLISECONDS_PER_SECOND;
            long begin = System.nanoTime();
            awaitAllSeen();
            reconciled.add((System.nanoTime() - begin) / NANOSECONDS_PER_SECOND);
            restarted.add(ready + reconciled.newest());
            memory.add((double) service.residentBytes() / MEBIBYTE);
            err.println(String.format(
                    Locale.ROOT,
                    "round %d: raw QMP %.2f s, all seen %.2f s after the first answer, which came after %.2f s",
                    round,
                    floor.newest(),
                    reconciled.newest(),
                    ready));
            err.flush();
        }
        List<Bench.Row> rows = new ArrayList<>();
        String detail = String.format(
                Locale.ROOT,
                "; raw QMP: connect and ask; %d daemons, %.0f MiB resident",
                machines.size(),
                memory.median());
        rows.add(Bench.Row.of(
                "reconcile",
                floor.median(),
                reconciled.median(),
                "s",
                "first answer of a restarted coordinator to all seen" + detail));
        rows.add(Bench.Row.of(
                "restart and reconcile",
                floor.median(),
                restarted.median(),
                "s",
                "start of its process, " + start + ", to all seen" + detail));
        rows.add(looks());
        return rows;
    }

    /** One after the other, each beside the raw one. */
    private Bench.Row looks() throws IOException {
        Samples floor = new Samples();
        Samples measured = new Samples();
        for (StorageMachine machine : machines) {
            try (Monitor monitor = machine.connect()) {
                ask(monitor);
                long begin = System.nanoTime();
                ask(monitor);
                floor.add((System.nanoTime() - begin) / NANOSECONDS_PER_MILLISECOND);
            }
            long begin = System.nanoTime();
            JsonNode seen = service.started(Map.of(), "vms", name(machine), "reconciliation");
            measured.add((System.nanoTime() - begin) / NANOSECONDS_PER_MILLISECOND);
            if (!seen.path("converged").asBoolean(false)) {
                throw new StageFailure(name(machine) + " is not as its log says: " + seen);
            }
        }
        return Bench.Row.of(
                "look p50",
                floor.quantile(0.5),
                measured.quantile(0.5),
                "ms",
                "HTTP reconciliation of one machine, recorded; raw QMP: the same questions");
    }

    private void awaitAllSeen() {
        long begin = System.nanoTime();
        while (true) {
            JsonNode machinesNow = service.list("vms", "vms").path("vms");
            long up = machinesNow
                    .valueStream()
                    .filter(machine -> machine.path("state").asString("").equals("UP"))
                    .count();
            if (up == machines.size()) {
                return;
            }
            if (Service.elapsed(begin) > PATIENCE_MILLISECONDS) {
                throw new StageFailure(up + " of " + machines.size() + " machines were seen");
            }
            Pause.milliseconds(20);
        }
    }

    private static void askFromTheBeginning(StorageMachine machine) throws IOException {
        try (Monitor monitor = machine.connect()) {
            monitor.execute(COMMANDS);
            ask(monitor);
        }
    }

    private static void ask(Monitor monitor) throws IOException {
        for (String question : LOOK) {
            monitor.execute(question);
        }
        monitor.offer(OBJECTS);
    }

    private interface Work {
        void on(StorageMachine machine) throws IOException;
    }

    private static void forEach(int hands, List<StorageMachine> machines, Work work)
            throws IOException, InterruptedException {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (StorageMachine machine : machines) {
            tasks.add(() -> {
                work.on(machine);
                return null;
            });
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(hands)) {
            for (Future<Void> ended : pool.invokeAll(tasks)) {
                ended.get();
            }
        } catch (ExecutionException failed) {
            throw new IOException("a storage daemon could not be used: " + failed.getCause(), failed);
        }
    }
}
