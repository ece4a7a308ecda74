package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.floor.PlainReads;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A log of many machines read by the product, which makes events of its rows and machines of its events, beside the same rows read by
 * plain SQL in pages as long, every column as text; in turn, and each reading has to find as many events as there are.
 */
final class ReplayBench {
    /** Events in the log, if nobody says otherwise. */
    static final int COUNT = 20_000;

    private static final int NIGHTS = 40;
    private static final int NIGHTS_TO_VERIFICATION = 4;
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

    private final Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger;
    private final PlainReads plain;
    private final List<MachineId> machines;
    private final long events;

    private ReplayBench(
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger,
            PlainReads plain,
            List<MachineId> machines,
            long events) {
        this.ledger = ledger;
        this.plain = plain;
        this.machines = machines;
        this.events = events;
    }

    static List<Bench.Row> run(Rooms rooms, BenchOptions options, PrintWriter err) throws IOException {
        try (Ground ground = Ground.open();
                Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger = Ledger.open(
                        ground.database().application(),
                        // As a coordinator that starts: it remembers nothing.
                        rooms.ledger().forgetful())) {
            List<MachineId> machines = new ArrayList<>();
            long events = 0;
            try (Scribe scribe = Scribe.on(ground.database().application(), rooms.ledger())) {
                while (events < options.count().orElse(COUNT)) {
                    History history = history(machines.size());
                    scribe.write(history.events());
                    machines.add(history.machine());
                    events += history.events().size();
                }
            }
            int rounds = options.copying().rounds();
            err.println(events + " events of " + machines.size() + " machines are read in " + rounds
                    + " rounds and one that does not count");
            return new ReplayBench(ledger, new PlainReads(ground.database().application()), machines, events)
                    .rounds(rounds, err);
        }
    }

    private static History history(int number) {
        History history = History.begin(
                new FreshIds(Clock.systemUTC()),
                "machine-" + number,
                new HostName("bench"),
                Instant.now().minus(Duration.ofDays(NIGHTS)));
        for (int night = 1; night <= NIGHTS; night++) {
            history.backUp();
            if (night % NIGHTS_TO_VERIFICATION == 0) {
                history.verify();
            }
        }
        return history;
    }

    private List<Bench.Row> rounds(int rounds, PrintWriter err) {
        Samples plainLog = new Samples();
        Samples log = new Samples();
        Samples plainMachines = new Samples();
        Samples folded = new Samples();
        Samples snapshots = new Samples();
        for (int round = 0; round <= rounds; round++) {
            double one = milliseconds(plain::log);
            double two = milliseconds(() -> ledger.readAfter(0).count());
            double three = milliseconds(this::readMachines);
            double four = milliseconds(this::foldMachines);
            double five = milliseconds(this::loadMachines);
            if (round > 0) {
                plainLog.add(one);
                log.add(two);
                plainMachines.add(three);
                folded.add(four);
                snapshots.add(five);
            }
            err.println(String.format(
                    Locale.ROOT,
                    "round %d: log %.0f, plain %.0f; machines %.0f, with snapshots %.0f, plain %.0f ms",
                    round,
                    two,
                    one,
                    four,
                    five,
                    three));
            err.flush();
        }
        return List.of(
                row("replay log", plainLog, log, "every event of the log in its order; plain SQL: the same rows"),
                row(
                        "replay machines",
                        plainMachines,
                        folded,
                        "each machine from its first event; plain SQL: the same rows"),
                row(
                        "load machines",
                        plainMachines,
                        snapshots,
                        "each machine from its snapshot; plain SQL: all its rows"));
    }

    private Bench.Row row(String name, Samples floor, Samples measured, String what) {
        return Bench.Row.of(
                name, floor.median(), measured.median(), "ms", what + "; " + events + " events, " + measured.range());
    }

    private long readMachines() {
        long read = 0;
        for (MachineId machine : machines) {
            read += plain.log(machine.value());
        }
        return read;
    }

    private long foldMachines() {
        long read = 0;
        for (MachineId machine : machines) {
            read += ledger.state(machine.value(), Instant.MAX).version();
        }
        return read;
    }

    private long loadMachines() {
        long read = 0;
        for (MachineId machine : machines) {
            read += ledger.state(machine.value()).version();
        }
        return read;
    }

    private double milliseconds(LongSupplier reading) {
        long begin = System.nanoTime();
        long read = reading.getAsLong();
        long took = System.nanoTime() - begin;
        if (read != events) {
            throw new StageFailure("a reading found " + read + " events, and there are " + events);
        }
        return took / NANOSECONDS_PER_MILLISECOND;
    }
}
