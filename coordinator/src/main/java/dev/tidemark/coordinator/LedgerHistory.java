package dev.tidemark.coordinator;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.History;
import dev.tidemark.coordinator.ledger.Answer;
import dev.tidemark.coordinator.ledger.GatewayLeases;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The log as dispatch knows it. */
final class LedgerHistory implements History {
    private static final Map<String, String> GATEWAY = Map.of("caller", "gateway");

    private final Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger;
    private final Queries queries;
    private final Clock clock;

    LedgerHistory(Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger, Queries queries, Clock clock) {
        this.ledger = ledger;
        this.queries = queries;
        this.clock = clock;
    }

    @Override
    public Machine machine(MachineId machine) {
        return ledger.state(machine.value()).state();
    }

    @Override
    public Map<MachineId, Long> versions() {
        return queries.versions();
    }

    @Override
    public OptionalLong record(Report report, Optional<HostName> host) throws FencedException {
        RecordReport command = new RecordReport(report.machine(), report, clock.instant());
        try {
            return switch (ledger.execute(command, GATEWAY, version -> true, condition(report, host))) {
                case Answer.Appended<MachineEvent, Rejection> appended -> OptionalLong.of(appended.version());
                case Answer.Refused<MachineEvent, Rejection> _, Answer.Outdated<MachineEvent, Rejection> _ ->
                    OptionalLong.empty();
            };
        } catch (GatewayLeases.Fenced fenced) {
            FencedException refused = new FencedException(String.valueOf(fenced.getMessage()));
            refused.initCause(fenced);
            throw refused;
        }
    }

    /** Of a machine that was never registered nothing is recorded anyway. */
    private static Ledger.Condition condition(Report report, Optional<HostName> host) {
        return host.map(known -> GatewayLeases.under(known, report.epoch())).orElse(Ledger.Condition.NONE);
    }
}
