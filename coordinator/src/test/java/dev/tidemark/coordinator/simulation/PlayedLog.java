package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.chain.Decider;
import dev.tidemark.coordinator.chain.Decision;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.dispatch.History;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The event store: appended to only, and only at the version that was read. It outlives every coordinator; while it is down,
 * nobody can read or append.
 */
final class PlayedLog implements History {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final int ATTEMPTS_MAX = 10;

    /** The database has no answer. What became of a commit is not known. */
    static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            super(message, null, false, false);
        }
    }

    private final Simulation simulation;
    private final List<MachineEvent> events = new ArrayList<>();
    private Machine machine;
    private boolean down;
    private long decidedAt;

    PlayedLog(Simulation simulation, MachineId id) {
        this.simulation = simulation;
        this.machine = Machine.unknown(id);
    }

    List<MachineEvent> events() {
        return Collections.unmodifiableList(events);
    }

    /** What it says, without a database to be asked. */
    Machine now() {
        return machine;
    }

    /** The version at which the last decision was taken; it may be later than the one at which it was asked for. */
    long decidedAt() {
        return decidedAt;
    }

    void down() {
        down = true;
    }

    void up() {
        down = false;
    }

    /** A sabotaged store forgets what it acknowledged. */
    void forgetNewest(int count) {
        for (int index = 0; index < count && events.size() > 1; index++) {
            events.removeLast();
        }
        machine = simulation.judge.folded(events);
    }

    @Override
    public Machine machine(MachineId id) {
        available();
        return machine;
    }

    @Override
    public Map<MachineId, Long> versions() {
        available();
        return machine.registered() ? Map.of(machine.id(), machine.version()) : Map.of();
    }

    @Override
    public OptionalLong record(Report report, Optional<HostName> host) {
        return execute(new RecordReport(report.machine(), report, NOW)) instanceof Decision.Accepted
                ? OptionalLong.of(machine.version())
                : OptionalLong.empty();
    }

    /** Decides and appends, as the ledger does. */
    Decision execute(MachineCommand command) {
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            available();
            Machine read = machine;
            decidedAt = read.version();
            Decision decision = Decider.decide(simulation.saboteur.asked(simulation, command), read);
            if (!(decision instanceof Decision.Accepted(List<MachineEvent> decided))) {
                return decision;
            }
            if (decided.isEmpty()) {
                return decision;
            }
            long life = simulation.coordinator.life();
            simulation.director.at(Site.APPEND, false);
            Fault fault = simulation.fault(Site.APPEND);
            if (fault == Fault.LOST_BEFORE || life != simulation.coordinator.life()) {
                throw new Unavailable("the connection broke before the commit");
            }
            available();
            if (fault == Fault.CONFLICT) {
                simulation.client.rival();
            }
            if (machine.version() != read.version() && simulation.saboteur != Saboteur.VERSION_NOT_CHECKED) {
                continue;
            }
            append(decided);
            long version = machine.version();
            simulation.director.at(Site.APPEND, true);
            if (life != simulation.coordinator.life()) {
                throw new Unavailable("the coordinator is gone");
            }
            if (fault == Fault.LOST_AFTER) {
                // Nobody could find out in time whether it was committed, so nobody is told.
                throw new Unavailable("whether it was committed is not known");
            }
            simulation.coordinator.committed(version, decided);
            return decision;
        }
        throw new Unavailable("others were faster each time");
    }

    private void available() {
        if (down) {
            throw new Unavailable("the database is down");
        }
    }

    private void append(List<MachineEvent> decided) {
        for (MachineEvent event : decided) {
            events.add(event);
            machine = simulation.saboteur.evolved(machine, machine.evolve(event), event);
            simulation.world.note(() -> "log: " + event);
            simulation.judge.appended(event);
        }
    }
}
