package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.LedgerSettings;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import javax.sql.DataSource;

/** How a coordinator puts its rooms together, for what measures some of them without the others. */
public interface Rooms {
    /** What its ledger is made of. */
    LedgerSettings<Machine, MachineCommand, MachineEvent, Rejection> ledger();

    /** Dispatch on a ledger, of whose commits it hears from now on. */
    Dispatch dispatch(Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger, DataSource application);
}
