package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.ledger.Answer;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.LedgerSettings;
import dev.tidemark.coordinator.ledger.floor.PlainLog;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.command.ChangeRetention;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Events that the product appends, each by a command of its own and each writer to a machine of its own, beside plain SQL that inserts
 * the same bytes into a plain table with the same indexes; in turn, so that a slow moment of the machine hits both.
 *
 * <p>The command is {@link ChangeRetention}: it has one event, and an operation that begins and ends with it. The plain transaction does
 * what a coordinator's cannot do without: it looks where the machine's log ends, inserts the event, and writes the operation. It has
 * neither digests nor triggers, decides nothing, and folds nothing. A second floor is the insert of the event alone.
 */
final class AppendBench {
    /** Events of each writer in each round, if nobody says otherwise. */
    static final int COUNT = 200;

    private static final HostName HOST = new HostName("bench");
    private static final RepositoryName REPOSITORY = new RepositoryName("bench");
    private static final String CALLER = "bench";
    private static final double NANOSECONDS_PER_SECOND = 1e9;

    /** Until the JVM has compiled both sides: a coordinator runs for months. */
    private static final int ROUNDS_THAT_DO_NOT_COUNT = 3;

    /** Longer than the ledger waits with its snapshots: they must not fall into the floor's turn. */
    private static final long QUIET_MILLISECONDS = 1_500;

    private final Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger;
    private final PlainLog plain;
    private final FreshIds ids = new FreshIds(Clock.systemUTC());
    private final int count;
    private final List<MachineId> machines = new ArrayList<>();
    private final List<PlainLog.Bytes> bytes = new ArrayList<>();
    private final List<PlainLog.Bytes> bare = new ArrayList<>();
    private final AtomicLong inserted = new AtomicLong();

    private AppendBench(
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger,
            LedgerSettings<Machine, MachineCommand, MachineEvent, Rejection> settings,
            PlainLog plain,
            int writers,
            int count) {
        this.ledger = ledger;
        this.plain = plain;
        this.count = count;
        for (int writer = 0; writer < writers; writer++) {
            MachineId machine = new MachineId(ids.operation().value());
            execute(new RegisterMachine(
                    machine,
                    new MachineName("machine-" + writer),
                    HOST,
                    "/run/machine-" + writer + ".qmp",
                    Optional.empty(),
                    ids.now()));
            ChangeRetention change = change(machine, writer);
            RetentionChanged event = new RetentionChanged(
                    machine, change.operation(), change.repository(), change.policy(), change.askedAt());
            machines.add(machine);
            bytes.add(bytes(settings, machine.value(), event));
            bare.add(bytes(settings, "bare-" + machine.value(), event));
        }
    }

    static List<Bench.Row> run(Rooms rooms, BenchOptions options, PrintWriter err)
            throws IOException, InterruptedException {
        int writers = options.scale().writers();
        int count = options.count().orElse(COUNT);
        try (Ground ground = Ground.openKeepingCommitMoments();
                Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger =
                        Ledger.open(ground.database().application(), rooms.ledger())) {
            err.println(writers + " writers append " + count + " events each, in "
                    + options.copying().rounds() + " rounds and " + ROUNDS_THAT_DO_NOT_COUNT + " that do not count");
            AppendBench bench =
                    new AppendBench(ledger, rooms.ledger(), PlainLog.create(ground.database()), writers, count);
            List<Bench.Row> rows =
                    new ArrayList<>(bench.rounds(options.copying().rounds(), err));
            rows.addAll(WakeBench.run(rooms, ground, ledger, bench.machines.getFirst(), count, err));
            rows.addAll(FarWakeBench.run(ground, count, err));
            return rows;
        }
    }

    private List<Bench.Row> rounds(int rounds, PrintWriter err) throws InterruptedException {
        Samples floor = new Samples();
        Samples product = new Samples();
        Samples alone = new Samples();
        for (int round = 1 - ROUNDS_THAT_DO_NOT_COUNT; round <= rounds; round++) {
            double plainly = eventsPerSecond(this::append);
            double ours = eventsPerSecond(writer -> execute(change(machines.get(writer), writer)));
            Thread.sleep(QUIET_MILLISECONDS);
            double least = eventsPerSecond(this::insert);
            if (round > 0) {
                floor.add(plainly);
                product.add(ours);
                alone.add(least);
            }
            err.println(String.format(
                    Locale.ROOT,
                    "round %d: plain %.0f, tidemark %.0f, event alone %.0f events a second",
                    round,
                    plainly,
                    ours,
                    least));
            err.flush();
        }
        long expected = 2L * (rounds + ROUNDS_THAT_DO_NOT_COUNT) * machines.size() * count;
        if (plain.count() != expected || ledger.readAfter(0).count() != machines.size() + expected / 2) {
            throw new StageFailure("not as many events were written as were to be measured");
        }
        String detail = machines.size() + " writers; " + product.range();
        return List.of(
                Bench.Row.of(
                        "append",
                        floor.median(),
                        product.median(),
                        "1/s",
                        "command to commit; plain SQL: look, event, operation, commit; " + detail),
                Bench.Row.of(
                        "append / event alone",
                        alone.median(),
                        product.median(),
                        "1/s",
                        "the same; plain SQL: event, commit, and no read models"));
    }

    private interface Work {
        void once(int writer);
    }

    private double eventsPerSecond(Work work) throws InterruptedException {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int index = 0; index < machines.size(); index++) {
            int writer = index;
            tasks.add(() -> {
                for (int event = 0; event < count; event++) {
                    work.once(writer);
                }
                return null;
            });
        }
        try (ExecutorService writers = Executors.newFixedThreadPool(machines.size())) {
            long begin = System.nanoTime();
            for (Future<Void> ended : writers.invokeAll(tasks)) {
                ended.get();
            }
            return machines.size() * (double) count * NANOSECONDS_PER_SECOND / (System.nanoTime() - begin);
        } catch (ExecutionException failed) {
            throw new StageFailure("a writer failed: " + failed.getCause(), failed);
        }
    }

    private ChangeRetention change(MachineId machine, int last) {
        return new ChangeRetention(
                machine,
                ids.operation(),
                REPOSITORY,
                Optional.of(new RetentionPolicy(last + 1, 0, 0, 0, 0)),
                ids.now());
    }

    private void execute(MachineCommand command) {
        if (!(ledger.execute(command, Map.of("caller", CALLER)) instanceof Answer.Appended<?, ?>)) {
            throw new StageFailure("a command was refused: " + command);
        }
    }

    private void append(int writer) {
        plain.append(bytes.get(writer), ids.operation().value(), "CHANGE_RETENTION", CALLER);
    }

    private void insert(int writer) {
        // No two have the same number, and nobody has to look for the next one.
        plain.insert(bare.get(writer), inserted.getAndIncrement());
    }

    private static PlainLog.Bytes bytes(
            LedgerSettings<Machine, MachineCommand, MachineEvent, Rejection> settings,
            String machine,
            RetentionChanged event) {
        return new PlainLog.Bytes(
                machine,
                settings.types().nameOf(event.getClass()),
                settings.mapper().writeValueAsString(event),
                settings.mapper().writeValueAsString(Map.of("caller", CALLER)));
    }
}
