package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.dispatch.DispatchWatch;
import dev.tidemark.coordinator.dispatch.JobLimits;
import dev.tidemark.coordinator.dispatch.Places;
import dev.tidemark.coordinator.ledger.Answer;
import dev.tidemark.coordinator.ledger.GatewayLeases;
import dev.tidemark.coordinator.ledger.JobPlaces;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.StoredEvent;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink.Wake;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Two coordinators on a database, and hosts whose gateways ask one of them each and do what they are told. What the
 * other coordinator commits each of the two hears late; never, where each counts for itself.
 */
final class CompetingHosts implements AutoCloseable {
    private static final int MACHINES = 2;
    private static final Duration HEARING = Duration.ofMillis(25);
    private static final Duration LIFE = Duration.ofMillis(150);
    private static final Sight SIGHT = new Sight.Observed(
            new QemuFacts("10.2.0", OptionalLong.empty(), OptionalLong.empty()),
            "running",
            List.of(new ObservedDisk(
                    new DiskFacts(new DiskName("vda"), "#block1", "qcow2", 1L << 30, "/images/a.qcow2", 0, true),
                    List.of())),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of());

    private final DataSource database;
    private final JobLimits limits;
    private final boolean together;
    private final Duration work;
    private final RepositoryName repository = new RepositoryName("r-" + UUID.randomUUID());
    private final FreshIds ids = new FreshIds(Clock.systemUTC());
    private final List<Coordinator> coordinators;
    private final List<Host> hosts = new ArrayList<>();
    private final CountDownLatch registering;
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger atWorkMax = new AtomicInteger();
    private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean finished;

    /**
     * Not at work yet.
     *
     * @param together whether the two count together; else each for itself
     * @param work how long each backup takes
     */
    CompetingHosts(DataSource database, int perRepository, boolean together, Duration work) {
        this.work = work;
        this.database = database;
        this.limits = new JobLimits(4, perRepository);
        this.together = together;
        this.coordinators = List.of(new Coordinator(), new Coordinator());
        for (Coordinator coordinator : coordinators) {
            hosts.add(new Host(coordinator));
            hosts.add(new Host(coordinator));
        }
        this.registering = new CountDownLatch(hosts.size());
    }

    int machines() {
        return hosts.size() * MACHINES;
    }

    int machinesPerHost() {
        return MACHINES;
    }

    int ended() {
        return hosts.stream().mapToInt(host -> host.ended.get()).sum();
    }

    int servedMin() {
        return hosts.stream().mapToInt(host -> host.ended.get()).min().orElseThrow();
    }

    int atWorkMax() {
        return atWorkMax.get();
    }

    List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    /** Each machine so often, one backup after the other; one of the coordinators dies now and then, with all that it knew. */
    void backUp(int rounds, boolean dying) throws InterruptedException {
        CountDownLatch open = new CountDownLatch(machines() * rounds);
        if (together) {
            coordinators.forEach(coordinator -> begin("word of others", coordinator::hear));
        }
        for (Host host : hosts) {
            host.open = open;
            host.rounds = rounds;
            begin("gateway of " + host.name, host::serve);
        }
        while (!open.await(LIFE.toMillis(), TimeUnit.MILLISECONDS) && unexpected.isEmpty()) {
            if (dying) {
                coordinators.getFirst().dieAndLive();
            }
        }
    }

    private void begin(String name, Work work) {
        threads.add(Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                work.run();
            } catch (LinkException | RuntimeException failure) {
                unexpected.add(name + ": " + failure + " " + failure.getCause());
            } catch (InterruptedException stopping) {
                unexpected.add(name + " was stopped");
            }
        }));
    }

    @FunctionalInterface
    private interface Work {
        void run() throws LinkException, InterruptedException;
    }

    @Override
    public void close() {
        finished = true;
        for (Thread thread : threads) {
            join(thread);
        }
        for (Coordinator coordinator : coordinators) {
            coordinator.dispatch.close();
            coordinator.ledger.close();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Coordinator {
        private final Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger =
                CoordinatorRooms.ledger(database, 25, CoordinatorRooms.readModels());
        private final GatewayLeases leases = new GatewayLeases(database, "rooms", Duration.ofMinutes(1));
        private volatile Dispatch dispatch = born();

        private Coordinator() {
            ledger.onCommitted(committed -> dispatch.committed(
                    new MachineId(committed.aggregateId()),
                    committed.version(),
                    committed.events().stream().map(StoredEvent::event).toList()));
        }

        private Dispatch born() {
            String life = UUID.randomUUID().toString();
            Dispatch born = new Dispatch(
                    new LedgerHistory(ledger, new Queries(database), Clock.systemUTC()),
                    life,
                    CrashHook.NONE,
                    limits,
                    together ? new SharedPlaces(new JobPlaces(database, life, Duration.ofMinutes(1))) : Places.UNSHARED,
                    leases::claim,
                    DispatchWatch.NONE);
            new Queries(database)
                    .versions()
                    .keySet()
                    .forEach(machine -> born.track(ledger.state(machine.value()).state()));
            return born;
        }

        private void dieAndLive() {
            Dispatch dead = dispatch;
            dispatch = born();
            dead.close();
        }

        /** Late, and of commits alone: nobody asks again because time has gone by. */
        private void hear() throws InterruptedException {
            while (!finished) {
                Thread.sleep(HEARING);
                new Queries(database).versions().forEach(dispatch::heard);
            }
        }

        private void ask(MachineCommand command) {
            if (!(ledger.execute(command, Map.of("caller", "nightly"))
                    instanceof Answer.Appended<MachineEvent, Rejection>)) {
                throw new IllegalStateException("refused: " + command);
            }
        }
    }

    private final class Host {
        private final HostName name = new HostName("h-" + UUID.randomUUID());
        private final Coordinator coordinator;
        private final Set<OperationId> begun = ConcurrentHashMap.newKeySet();
        private final AtomicInteger ended = new AtomicInteger();
        private final Map<MachineId, AtomicInteger> asked = new ConcurrentHashMap<>();
        private CountDownLatch open = new CountDownLatch(0);
        private int rounds;
        private long epoch;

        private Host(Coordinator coordinator) {
            this.coordinator = coordinator;
        }

        private void serve() throws LinkException, InterruptedException {
            epoch = coordinator
                    .dispatch
                    .claim(name, new Claim("instance-" + name, 0, Claim.Kind.HOLD, "1"))
                    .epoch();
            List<MachineId> machines = new ArrayList<>();
            for (int index = 0; index < MACHINES; index++) {
                MachineId machine = new MachineId(ids.operation().value());
                coordinator.ask(new RegisterMachine(
                        machine,
                        new MachineName("vm-" + machine.value()),
                        name,
                        "/run/" + machine + ".qmp",
                        Optional.empty(),
                        ids.now()));
                report(machine, List.of());
                machines.add(machine);
            }
            registering.countDown();
            registering.await();
            machines.forEach(this::askNext);
            String cursor = "";
            while (!finished) {
                Dispatch asks = coordinator.dispatch;
                Wake wake;
                try {
                    wake = asks.await(name, cursor, Duration.ofMillis(100));
                } catch (LinkException dead) {
                    if (asks.equals(coordinator.dispatch)) {
                        throw dead;
                    }
                    continue;
                }
                cursor = wake.cursor();
                wake.changed().forEach(this::obey);
            }
        }

        private void obey(Desired desired) {
            desired.operation()
                    .filter(operation -> begun.add(operation.id()))
                    .ifPresent(operation -> Thread.ofVirtual().start(() -> {
                        try {
                            atWorkMax.accumulateAndGet(atWork.incrementAndGet(), Math::max);
                            Thread.sleep(work);
                            atWork.decrementAndGet();
                            report(
                                    desired.machine(),
                                    List.of(new OperationResult(
                                            operation.id(), new Outcome.Refused(FailureCode.JOB_FAILED, "no"))));
                            ended.incrementAndGet();
                            askNext(desired.machine());
                            open.countDown();
                        } catch (LinkException | InterruptedException | RuntimeException failure) {
                            unexpected.add(name + ": " + failure + " " + failure.getCause());
                        }
                    }));
        }

        private void askNext(MachineId machine) {
            if (asked.computeIfAbsent(machine, none -> new AtomicInteger()).incrementAndGet() <= rounds) {
                coordinator.ask(new StartBackup(
                        machine,
                        ids.operation(),
                        new BackupId(ids.operation().value()),
                        repository,
                        BackupMode.PUSH,
                        new BackupRequest.Full(),
                        Optional.empty(),
                        List.of(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        ids.now()));
            }
        }

        /** What a dead coordinator does not take is told its next life. */
        private void report(MachineId machine, List<OperationResult> results) throws LinkException {
            Report report = new Report(
                    machine, coordinator.ledger.state(machine.value()).state().version(), SIGHT, results);
            coordinator.dispatch.report(report.under(OptionalLong.of(epoch)));
        }
    }
}
