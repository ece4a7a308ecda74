package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.dashboard.MachineInsight;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.dispatch.History;
import dev.tidemark.coordinator.dispatch.Holders;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the pages take for seen, where the gateway need not ask the coordinator that shows them. */
class CoordinatorInsightTest {
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final HostName HOST = new HostName("kvm7");
    private static final Machine REGISTERED = Machine.unknown(MACHINE)
            .evolve(new MachineRegistered(
                    MACHINE, new MachineName("web"), HOST, "/run/web.qmp", Optional.empty(), Instant.EPOCH));

    /** One machine, and nobody reports here. */
    private static final class Log implements History {
        @Override
        public Machine machine(MachineId id) {
            return REGISTERED;
        }

        @Override
        public Map<MachineId, Long> versions() {
            return Map.of(MACHINE, REGISTERED.version());
        }

        @Override
        public OptionalLong record(Report report, Optional<HostName> host) {
            throw new AssertionError("nobody asks this coordinator");
        }
    }

    private final Holders holders = new Holders();
    private final Dispatch dispatch = new Dispatch(new Log(), "epoch");
    private final CoordinatorInsight insight = new CoordinatorInsight(
            dispatch,
            holders,
            machine -> new MachineSight(MachineSight.State.UP, Optional.empty(), Optional.of("running"), Map.of()),
            Clock.systemUTC());

    CoordinatorInsightTest() {
        dispatch.track(REGISTERED);
    }

    @Test
    void what_a_gateway_sees_that_asks_another_coordinator_is_seen_here_too() {
        long now = System.nanoTime();
        holders.know(HOST, new Holders.Holder("another", now, now + 3_600_000_000_000L));
        assertThat(web().gatewaySilent()).isFalse();
        assertThat(web().seen()).isTrue();
    }

    @Test
    void what_was_seen_by_a_gateway_whose_lease_is_over_or_that_never_had_one_is_not_seen_now() {
        assertThat(web().gatewaySilent()).as("nobody ever served the host").isTrue();
        long now = System.nanoTime();
        holders.know(HOST, new Holders.Holder("another", now - 2, now - 1));
        assertThat(web().gatewaySilent()).as("its lease is over").isTrue();
        assertThat(web().seen()).isFalse();
    }

    private MachineInsight web() {
        return insight.machine(MACHINE).orElseThrow();
    }
}
