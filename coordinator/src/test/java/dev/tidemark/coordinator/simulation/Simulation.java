package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.chain.Decision;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.gateway.model.ModelDaemon;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.qmp.QmpEvent;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpUnavailable;
import dev.tidemark.gateway.reconcile.Qemu;
import dev.tidemark.gateway.reconcile.Reconciler;
import dev.tidemark.gateway.reconcile.Surroundings;
import dev.tidemark.gateway.watch.ImageWatch;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.Ulid;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One machine's world, and whatever lives in it. */
final class Simulation {
    static final HostName HOST = new HostName("host");
    static final List<RepositoryName> REPOSITORIES = List.of(new RepositoryName("near"), new RepositoryName("far"));
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(30);
    private static final Duration STALL_LIMIT = Duration.ofMinutes(10);
    private static final long SECOND = 1_000_000_000L;

    final MachineId id = new MachineId(Ulid.encode(1, new byte[Ulid.RANDOMNESS_BYTES]));
    final World world;
    final Saboteur saboteur;
    final Judge judge = new Judge(this);
    final PlayedMachine machine;
    final PlayedGuest guest = new PlayedGuest(this);
    final PlayedStorage storage = new PlayedStorage(this, REPOSITORIES);
    final PlayedLog log = new PlayedLog(this, id);
    final PlayedCoordinator coordinator = new PlayedCoordinator(this);
    final Client client = new Client(this);
    final Strangers strangers = new Strangers(this);
    Director director;

    @Nullable
    GatewayLife gateway;

    private long lookedAt = -1;
    private boolean calm;

    Simulation(World world, Saboteur saboteur, int disks, Function<Simulation, Director> director) {
        this.world = world;
        this.saboteur = saboteur;
        this.machine = new PlayedMachine(world, judge, guest, disks);
        this.director = director.apply(this);
    }

    /** Everything is up, and the machine under protection. */
    void begin() {
        calmWhile(() -> log.execute(registration()) instanceof Decision.Accepted);
        beginUnregistered();
    }

    /** Everything is up, and nobody knows of the machine unless the log does. */
    void beginUnregistered() {
        machine.start();
        coordinator.start();
        startGateway();
    }

    RegisterMachine registration() {
        return new RegisterMachine(
                id, new MachineName("web"), HOST, "/run/web.qmp", Optional.of("/run/web.qga"), PlayedLog.NOW);
    }

    // Lives and deaths.

    void startGateway() {
        if (gateway == null || gateway.isDead()) {
            gateway = new GatewayLife(world, new ImageWatch((file, process) -> machine.files.watch(file)));
            world.note(() -> "the gateway starts");
            coordinator.wake();
        }
    }

    Reconciler reconciler(GatewayLife life, Desired desired) {
        Surroundings surroundings = new Surroundings(
                coordinator.of(life),
                (socket, onEvent, onEnd) -> connect(life, socket, onEvent, onEnd),
                storage.of(life),
                life,
                LOOK_INTERVAL,
                STALL_LIMIT,
                point -> {
                    director.at(Site.CRASH_POINT, false);
                    life.check();
                },
                guest.of(life));
        return Reconciler.start(surroundings, desired, () -> life.reconciler = null);
    }

    private Qemu connect(GatewayLife life, Path socket, Consumer<QmpEvent> onEvent, Runnable onEnd)
            throws QmpException {
        pass(life, Site.CONNECT, false);
        Fault fault = fault(Site.CONNECT);
        ModelDaemon daemon = machine.daemon();
        if (fault == Fault.LOST_BEFORE) {
            life.elapse(2 * SECOND);
            throw new QmpUnavailable(QmpUnavailable.Reason.NO_GREETING, socket + ": no greeting in time");
        }
        if (fault == Fault.REFUSED) {
            throw new QmpUnavailable(QmpUnavailable.Reason.OWNED_BY_ANOTHER, socket + ": owned by another");
        }
        if (daemon == null) {
            throw new QmpUnavailable(QmpUnavailable.Reason.REFUSED, socket + ": connection refused");
        }
        PlayedSession session = new PlayedSession(this, life, daemon, onEvent, onEnd);
        machine.serve(session);
        return session;
    }

    void crash(Victim victim, long downNanoseconds) {
        switch (victim) {
            case GATEWAY -> {
                if (gateway != null && !gateway.isDead()) {
                    world.note(() -> "the gateway is killed");
                    gateway.kill();
                    world.in(downNanoseconds, this::startGateway);
                }
            }
            case COORDINATOR -> {
                coordinator.kill();
                if (saboteur == Saboteur.ACKNOWLEDGED_FORGOTTEN) {
                    log.forgetNewest(1);
                }
                world.in(downNanoseconds, coordinator::start);
            }
            case QEMU -> {
                machine.kill();
                world.in(downNanoseconds, machine::start);
            }
            case QEMU_BY_QUIT -> {
                quit();
                world.in(downNanoseconds, machine::start);
            }
            case DATABASE -> {
                world.note(() -> "the database is down");
                log.down();
                world.in(downNanoseconds, log::up);
            }
        }
    }

    private void quit() {
        boolean full = !calm && world.dice.oneIn(8);
        if (full && machine.daemon() != null) {
            machine.fill();
        }
        machine.quit();
        if (world.dice.oneIn(3)) {
            machine.setAside();
        } else if (!calm && world.dice.oneIn(2)) {
            machine.writeBehind(world.dice.any(machine.disks));
        } else if (!calm && world.dice.oneIn(8)) {
            machine.rollBack(
                    log.now().pending().orElse(null) instanceof Pending.Deletion deletion
                            ? BitmapName.of(deletion.checkpoint()).value()
                            : null);
        }
    }

    /** No faults any more, and whatever is down comes up. */
    void calm() {
        world.note(() -> "calm");
        calm = true;
        director.calm();
        log.up();
        machine.start();
        coordinator.start();
        startGateway();
    }

    boolean calmWhile(BooleanSupplier action) {
        Director before = director;
        director = new Calm();
        try {
            return action.getAsBoolean();
        } finally {
            director = before;
        }
    }

    // Calls.

    /** A process of the gateway's makes a call. */
    void pass(GatewayLife life, Site site, boolean after) {
        life.check();
        world.stepped();
        director.at(site, after);
        life.check();
        if (!after) {
            life.elapse(world.dice.milliseconds(3));
        }
    }

    Fault fault(Site site) {
        Fault fault = director.fault(site);
        if (fault != Fault.NONE) {
            world.note(() -> site + ": " + fault);
        }
        return fault;
    }

    Look looked(Look look) {
        lookedAt = machine.changes();
        world.note(() -> "look: " + told(look.observed()));
        return look;
    }

    /** Whether nothing happened in QEMU since the look that is told. */
    boolean isFresh() {
        return lookedAt == machine.changes();
    }

    String told(Sight sight) {
        return sight instanceof Sight.Observed seen
                ? seen.disks() + " jobs " + seen.jobs() + " nodes " + seen.nodes() + " partial " + seen.partialBackups()
                : sight.toString();
    }

    boolean isInLog(MachineCommand command) {
        return switch (command) {
            case CreateCheckpoint create -> judge.isIntended(create.operation());
            case DeleteCheckpoint delete -> judge.isIntended(delete.operation());
            case StartBackup start -> judge.isIntended(start.operation());
            default -> true;
        };
    }

    /** How a life ends: judged at rest, then with a backup of all disks into every repository, judged again. */
    void endIn(long nanoseconds) {
        world.in(nanoseconds, this::calm);
        world.in(nanoseconds + 60 * SECOND, () -> {
            judge.atRest();
            long later = 0;
            for (RepositoryName repository : REPOSITORIES) {
                world.in(later, () -> evening(repository));
                later += 20 * SECOND;
            }
            world.in(later, () -> {
                judge.atRest();
                List<String> bugs = Quiet.bugs();
                judge.require(Invariant.BUG, bugs.isEmpty(), () -> String.join("; ", bugs));
                judge.replayed(world.dice.oneIn(40));
                world.end();
            });
        });
    }

    /** How the life of a machine ends that somebody let go: nobody keeps it any more. */
    void endGoneIn(long nanoseconds) {
        world.in(nanoseconds, this::calm);
        world.in(nanoseconds + 60 * SECOND, () -> {
            judge.require(Invariant.LIVENESS, log.now().removed(), () -> "the machine was not let go");
            judge.require(
                    Invariant.LIVENESS,
                    gateway == null || gateway.reconciler == null,
                    () -> "a machine that was let go is still kept");
            judge.acknowledgedIsInLog();
            judge.replayed(true);
            world.end();
        });
    }

    private void evening(RepositoryName repository) {
        machine.write();
        StartBackup evening = client.evening(repository);
        client.ask(evening);
        world.in(19 * SECOND, () -> judge.hasCompleted(evening));
    }

    Supplier<String> trace() {
        return world::trace;
    }

    private static final class Calm implements Director {
        @Override
        public void at(Site site, boolean after) {
            // Nothing happens.
        }

        @Override
        public Fault fault(Site site) {
            return Fault.NONE;
        }

        @Override
        public int jobFaults() {
            return 0;
        }

        @Override
        public void calm() {
            // It is.
        }
    }
}
