package dev.tidemark.coordinator;

import dev.tidemark.coordinator.bench.Rooms;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.LedgerSettings;
import dev.tidemark.coordinator.ledger.StoredEvent;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.MachineId;
import java.time.Clock;
import java.util.UUID;
import javax.sql.DataSource;

/** The rooms that benchmarks measure, as {@link CoordinatorServer} has them. */
public final class CoordinatorBench implements Rooms {
    @Override
    public LedgerSettings<Machine, MachineCommand, MachineEvent, Rejection> ledger() {
        return CoordinatorServer.ledgerSettings();
    }

    @Override
    public Dispatch dispatch(Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger, DataSource application) {
        Dispatch dispatch = new Dispatch(
                new LedgerHistory(ledger, new Queries(application), Clock.systemUTC()),
                UUID.randomUUID().toString());
        ledger.onCommitted(committed -> dispatch.committed(
                new MachineId(committed.aggregateId()),
                committed.version(),
                committed.events().stream().map(StoredEvent::event).toList()));
        return dispatch;
    }
}
