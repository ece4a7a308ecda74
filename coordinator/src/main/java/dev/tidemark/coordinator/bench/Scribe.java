package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.ledger.Answer;
import dev.tidemark.coordinator.ledger.Decision;
import dev.tidemark.coordinator.ledger.DecisionFunction;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.LedgerSettings;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Writes logs by the product's own ledger, with everything that belongs to them, of events on which nobody has to decide. */
final class Scribe implements AutoCloseable {
    private static final Map<String, String> METADATA = Map.of("caller", "bench");

    private final Ledger<Machine, Written, MachineEvent, Rejection> ledger;

    private Scribe(Ledger<Machine, Written, MachineEvent, Rejection> ledger) {
        this.ledger = ledger;
    }

    static Scribe on(
            DataSource application, LedgerSettings<Machine, MachineCommand, MachineEvent, Rejection> settings) {
        return new Scribe(Ledger.open(
                application,
                new LedgerSettings<>(
                        new AsWritten(settings.decisions()),
                        settings.eventType(),
                        settings.types(),
                        settings.mapper(),
                        settings.snapshots(),
                        settings.memory(),
                        settings.projections())));
    }

    /** Appends events of one machine, together. */
    void write(List<MachineEvent> events) {
        Answer<MachineEvent, Rejection> answer =
                ledger.execute(new Written(events.getFirst().machine().value(), events), METADATA);
        if (!(answer instanceof Answer.Appended<MachineEvent, Rejection>)) {
            throw new StageFailure("events were refused: " + answer);
        }
    }

    @Override
    public void close() {
        ledger.close();
    }

    /** Events of one machine. */
    private record Written(String machine, List<MachineEvent> events) {
        Written {
            events = List.copyOf(events);
        }
    }

    private record AsWritten(DecisionFunction<Machine, MachineCommand, MachineEvent, Rejection> core)
            implements DecisionFunction<Machine, Written, MachineEvent, Rejection> {
        @Override
        public String aggregateOf(Written command) {
            return command.machine();
        }

        @Override
        public Machine initial(String aggregateId) {
            return core.initial(aggregateId);
        }

        @Override
        public Decision<MachineEvent, Rejection> decide(Written command, Machine state) {
            return new Decision.Accepted<>(command.events());
        }

        @Override
        public Machine evolve(Machine state, MachineEvent event) {
            return core.evolve(state, event);
        }
    }
}
