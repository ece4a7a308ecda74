package dev.tidemark.coordinator.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Database, coordinator, gateway and machine, each a process of its own, killed all at once. */
class SeparateProcessesIT {

    @Test
    void all_four_are_killed_and_come_back() throws IOException {
        try (Stage stage = Stage.open("tm-four", false)) {
            // given
            StorageMachine machine = new StorageMachine(stage.directory(), "vm", stage.programs(), List.of("d0"));
            machine.install(1 << 20);
            Monitor monitor = machine.start();
            long started = stage.database().start();
            Service service = stage.service();
            service.serveWith(List.of(
                    "--no-gateway",
                    "--database-url",
                    stage.database().address().url(),
                    "--database-password-file",
                    stage.database().address().ownerPasswordFile().orElseThrow().toString()));
            long served = service.start();
            GatewayProcess gateway = stage.gateway("host-1");
            gateway.start();
            service.done(Map.of("name", "vm", "qmp", machine.qmpSocket().toString(), "host", "host-1"), "vms");
            service.done(Map.of("name", "c1"), "vms", "vm", "checkpoints");
            long postmaster = stage.database().processId();
            // when
            gateway.kill();
            service.kill();
            stage.database().kill();
            machine.kill();
            monitor.close();
            // then
            assertThat(ProcessHandle.of(postmaster)).isEmpty();
            assertThat(stage.database().processId()).isEqualTo(-1);
            // when
            long again = stage.database().start();
            long servedAgain = service.start();
            gateway.start();
            machine.start().close();
            // then
            System.out.println("database " + started + " and " + again + " ms, coordinator " + served + " and "
                    + servedAgain + " ms");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(
                                    service.get("vms", "vm").path("state").asString(""))
                            .isEqualTo("UP"));
            assertThat(service.get("vms", "vm", "checkpoints").toString()).contains("c1");
            service.done(Map.of("name", "c2"), "vms", "vm", "checkpoints");
        }
    }
}
