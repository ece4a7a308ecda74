package dev.tidemark.coordinator;

import dev.tidemark.coordinator.chain.Decider;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.ledger.Decision;
import dev.tidemark.coordinator.ledger.DecisionFunction;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.MachineId;

/** Plugs the pure core into the ledger. */
final class ChainDecisions implements DecisionFunction<Machine, MachineCommand, MachineEvent, Rejection> {
    @Override
    public String aggregateOf(MachineCommand command) {
        return command.machine().value();
    }

    @Override
    public Machine initial(String aggregateId) {
        return Machine.unknown(new MachineId(aggregateId));
    }

    @Override
    public Decision<MachineEvent, Rejection> decide(MachineCommand command, Machine machine) {
        return switch (Decider.decide(command, machine)) {
            case dev.tidemark.coordinator.chain.Decision.Accepted(var events) -> new Decision.Accepted<>(events);
            case dev.tidemark.coordinator.chain.Decision.Rejected(var rejection) -> new Decision.Rejected<>(rejection);
        };
    }

    @Override
    public Machine evolve(Machine machine, MachineEvent event) {
        return machine.evolve(event);
    }
}
