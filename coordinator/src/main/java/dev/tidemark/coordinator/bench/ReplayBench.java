package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.LedgerSettings;
import dev.tidemark.coordinator.ledger.Replayed;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * A log of many machines read by the product, which makes events of its rows and machines of its events, beside the same rows read by
 * plain SQL; in turn, and each reading has to find as many events as there are.
 *
 * <p>The floor is one connection that reads page after page, machine after machine, each column that the product needs as text, and makes
 * nothing of it. The product takes machines up as a coordinator's start does, several pages of them at a time: with all processors, and
 * with as many connections. Where it reads one machine after the other, the same is measured with nothing beside it.
 */
final class ReplayBench {
    /** Events in the log, if nobody says otherwise. */
    static final int COUNT = 20_000;

    /** As a coordinator's start has them. */
    private static final int HANDS = 4;

    private static final int MACHINES_PER_QUESTION = 100;

    private static final int NIGHTS = 40;
    private static final int NIGHTS_TO_VERIFICATION = 4;
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

    private final Ledgers ledgers;
    private final PlainReads plain;
    private final List<MachineId> machines;
    private final long events;

    private ReplayBench(Ledgers ledgers, PlainReads plain, List<MachineId> machines, long events) {
        this.ledgers = ledgers;
        this.plain = plain;
        this.machines = machines;
        this.events = events;
    }

    /** On the same log. Both remember nothing, as a coordinator that starts; and one reads no snapshot, as after some upgrades. */
    private record Ledgers(
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> usual,
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> withoutSnapshots) {}

    static List<Bench.Row> run(Rooms rooms, BenchOptions options, PrintWriter err) throws IOException {
        try (Ground ground = Ground.open();
                Ledger<Machine, MachineCommand, MachineEvent, Rejection> usual = Ledger.open(
                        ground.database().application(), rooms.ledger().forgetful());
                Ledger<Machine, MachineCommand, MachineEvent, Rejection> withoutSnapshots = Ledger.open(
                        ground.database().application(),
                        withoutSnapshots(rooms.ledger().forgetful()))) {
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
            return new ReplayBench(
                            new Ledgers(usual, withoutSnapshots),
                            new PlainReads(ground.database().application()),
                            machines,
                            events)
                    .rounds(rounds, err);
        }
    }

    private static LedgerSettings<Machine, MachineCommand, MachineEvent, Rejection> withoutSnapshots(
            LedgerSettings<Machine, MachineCommand, MachineEvent, Rejection> settings) {
        return new LedgerSettings<>(
                settings.decisions(),
                settings.eventType(),
                settings.types(),
                settings.mapper(),
                new LedgerSettings.Snapshots<>(
                        "machine-snapshot.none",
                        settings.snapshots().stateType(),
                        settings.snapshots().every()),
                settings.memory(),
                settings.projections());
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
        Samples replayed = new Samples();
        Samples replayedInTurn = new Samples();
        Samples loaded = new Samples();
        Samples loadedInTurn = new Samples();
        for (int round = 0; round <= rounds; round++) {
            List<Timed> turns = List.of(
                    timed(plainLog, plain::log),
                    timed(log, () -> ledgers.usual().readAfter(0).count()),
                    timed(plainMachines, this::readMachines),
                    timed(replayed, () -> takeUp(ledgers.withoutSnapshots())),
                    timed(replayedInTurn, this::replayInTurn),
                    timed(loaded, () -> takeUp(ledgers.usual())),
                    timed(loadedInTurn, this::loadInTurn));
            if (round > 0) {
                turns.forEach(turn -> turn.samples().add(turn.milliseconds()));
            }
            err.println(String.format(
                    Locale.ROOT,
                    "round %d: plain log %.0f, log %.0f; plain machines %.0f, replayed %.0f, one by one %.0f,"
                            + " loaded %.0f, one by one %.0f ms",
                    Stream.concat(Stream.of(round), turns.stream().map(Timed::milliseconds))
                            .toArray()));
            err.flush();
        }
        return List.of(
                row("replay log", plainLog, log, "every event of the log in its order"),
                row(
                        "replay machines",
                        plainMachines,
                        replayed,
                        "all machines from their first events, as a start that finds no snapshot it can read"),
                row(
                        "replay one by one",
                        plainMachines,
                        replayedInTurn,
                        "each machine from its first event, one after the other, as a question about the past"),
                row("load machines", plainMachines, loaded, "all machines from their snapshots, as a start"),
                row(
                        "load one by one",
                        plainMachines,
                        loadedInTurn,
                        "each machine from its snapshot, one after the other, as a first command"));
    }

    /** What a turn took, and where that counts. */
    private record Timed(Samples samples, double milliseconds) {}

    private Timed timed(Samples samples, LongSupplier reading) {
        return new Timed(samples, milliseconds(reading));
    }

    private Bench.Row row(String name, Samples floor, Samples measured, String what) {
        return Bench.Row.of(
                name,
                floor.median(),
                measured.median(),
                "ms",
                what + "; plain SQL: the same rows; " + events + " events, " + measured.range());
    }

    private long readMachines() {
        long read = 0;
        for (MachineId machine : machines) {
            read += plain.log(machine.value());
        }
        return read;
    }

    private long takeUp(Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger) {
        try (ExecutorService hands = Executors.newFixedThreadPool(HANDS)) {
            List<Future<Long>> pages = new ArrayList<>();
            for (int begin = 0; begin < machines.size(); begin += MACHINES_PER_QUESTION) {
                List<String> page =
                        machines.subList(begin, Math.min(machines.size(), begin + MACHINES_PER_QUESTION)).stream()
                                .map(MachineId::value)
                                .toList();
                pages.add(hands.submit(() -> ledger.states(page).values().stream()
                        .mapToLong(Replayed::version)
                        .sum()));
            }
            long read = 0;
            for (Future<Long> page : pages) {
                read += page.get();
            }
            return read;
        } catch (ExecutionException failed) {
            throw new StageFailure("machines were not taken up", failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new StageFailure("interrupted while machines were taken up", stop);
        }
    }

    private long replayInTurn() {
        long read = 0;
        for (MachineId machine : machines) {
            read += ledgers.usual().state(machine.value(), Instant.MAX).version();
        }
        return read;
    }

    private long loadInTurn() {
        long read = 0;
        for (MachineId machine : machines) {
            read += ledgers.usual().state(machine.value()).version();
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
