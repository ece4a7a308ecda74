package dev.tidemark.coordinator.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** Gateways of one host that cannot both have it: who was stopped beyond his lease does nothing more, and is not believed. */
@Timeout(300)
class FencedGatewayIT {
    private static final String HOST = "host-1";

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    @Test
    void stopped_beyond_its_lease_a_gateway_sends_nothing_more_and_is_not_believed() throws IOException {
        try (Stage stage = Stage.open("tm-fence", false)) {
            // given
            StorageMachine machine = new StorageMachine(stage.directory(), "vm", stage.programs(), List.of("d0"));
            machine.trace();
            machine.install(1 << 20);
            machine.start();
            Service service = stage.service();
            service.serveWith(List.of("--no-gateway", "--gateway-lease", "6s"));
            service.start();
            GatewayProcess first = stage.gateway("first", HOST);
            first.start();
            JsonNode registered =
                    service.done(Map.of("name", "vm", "qmp", machine.qmpSocket().toString(), "host", HOST), "vms");
            service.done(Map.of("name", "c0"), "vms", "vm", "checkpoints");
            assertThat(epoch(service)).isEqualTo(1);

            // when a second one is started by mistake
            GatewayProcess second = stage.gateway("second", HOST);
            second.start();
            // then it is told, and waits
            eventually().until(second::said, said -> said.contains("host host-1 is served by gateway "));
            assertThat(second.said())
                    .contains("epoch 1")
                    .contains("does nothing")
                    .contains("--take-over");
            service.done(Map.of("name", "c1"), "vms", "vm", "checkpoints");
            assertThat(epoch(service)).isEqualTo(1);

            // when the first one is stopped beyond its lease, and something is asked for meanwhile
            first.pause();
            JsonNode asked = service.started(Map.of("name", "c2"), "vms", "vm", "checkpoints");
            eventually().until(() -> epoch(service), now -> now == 2);
            int mark = sent(stage).size();
            first.resume();
            service.ended(asked);
            // then it said nothing to QEMU that changes anything before it let go
            eventually().until(first::said, said -> said.contains("this gateway was fenced"));
            List<String> after = sent(stage).subList(mark, sent(stage).size());
            List<String> byTheFirst = after.stream()
                    .takeWhile(command -> !command.contains("\"qmp_capabilities\""))
                    .toList();
            assertThat(byTheFirst)
                    .allMatch(command -> command.matches("\\{\"execute\": \"(x-debug-)?(query|qom-list)[a-z-]*\".*"));
            assertThat(after).hasSizeGreaterThan(byTheFirst.size());
            assertThat(bitmapsAdded(stage)).hasSize(3).doesNotHaveDuplicates();
            // and under its epoch nothing is recorded
            MachineId id = new MachineId(registered.path("vmId").asString(""));
            long version = service.get("vms", "vm", "chain").path("version").asLong(0);
            assertThatThrownBy(() -> report(
                            service,
                            new Report(id, version, new Sight.NotTaken(), List.of()).under(OptionalLong.of(1))))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(
                                            failure.document().path("code").asString(""))
                                    .isEqualTo("GATEWAY_FENCED"));
            assertThat(service.get("vms", "vm", "chain").path("version").asLong(0))
                    .isEqualTo(version);

            // when somebody decides that the first one is to have the host again
            first.stop();
            first.startTakingOver();
            // then it has, at once, and the second one stops
            eventually().until(() -> epoch(service), now -> now == 3);
            eventually().until(second::said, said -> said.contains("this gateway was fenced"));
            service.done(Map.of("name", "c3"), "vms", "vm", "checkpoints");
            assertThat(bitmapsAdded(stage)).hasSize(4).doesNotHaveDuplicates();
            assertThat(epoch(service)).isEqualTo(3);
        }
    }

    private static void report(Service service, Report report) {
        service.started(
                Json.MAPPER.convertValue(report, new TypeReference<Map<String, Object>>() {}),
                "gateways",
                HOST,
                "reports");
    }

    private static long epoch(Service service) {
        return service.get("gateways").path("gateways").path(0).path("epoch").asLong(0);
    }

    /** What QEMU was given, by its own account. */
    private static List<String> sent(Stage stage) throws IOException {
        String mark = " req: ";
        String text = Files.readString(stage.directory().resolve("vm.log"));
        // The last line may be in the midst of being written.
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith("handle_qmp_command "))
                .map(line -> line.substring(line.indexOf(mark) + mark.length()))
                .toList();
    }

    private static List<String> bitmapsAdded(Stage stage) throws IOException {
        Predicate<String> ours = name -> name.startsWith("tm-") && !name.startsWith("tm-tmp-");
        return sent(stage).stream()
                .map(Json.MAPPER::readTree)
                .flatMap(command -> command.path("arguments").path("actions").valueStream())
                .filter(action -> action.path("type").asString("").equals("block-dirty-bitmap-add"))
                .map(action -> action.path("data").path("name").asString(""))
                .filter(ours)
                .toList();
    }
}
