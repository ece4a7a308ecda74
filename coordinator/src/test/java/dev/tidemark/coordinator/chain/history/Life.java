package dev.tidemark.coordinator.chain.history;

import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import java.util.EnumSet;
import java.util.List;

/**
 * One random life of a machine, to be lived again elsewhere.
 *
 * @param asked every command in its order, also those that were rejected or led to nothing
 * @param log the events that followed, folded by nobody but the pure core
 */
public record Life(List<MachineCommand> asked, List<MachineEvent> log) {
    public Life {
        asked = List.copyOf(asked);
        log = List.copyOf(log);
    }

    public static Life of(long seed) {
        History history = new History(seed, Sabotage.NONE, EnumSet.noneOf(Checker.class));
        history.live();
        return history.life();
    }
}
