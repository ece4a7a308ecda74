package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.QemuSystem;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A disk fails its guest, and QEMU lets the whole machine stand still: QEMU alone knows, until somebody tells it. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class PausedMachineIT {
    private static final Duration TIME_MAX = Duration.ofSeconds(60);

    private final Api api;
    private final String vm = Site.freshName();

    PausedMachineIT(Site site) {
        api = site.api();
    }

    @Test
    void a_machine_that_an_io_error_paused_is_told_once_and_its_end_too() {
        try (ShortDirectory files = ShortDirectory.create();
                QemuSystem system = machineWhoseFirmwareCannotReadItsDisk(files)) {
            api.done(api.start(
                    "/v1/vms", Map.of("name", vm, "qmp", system.socket().toString())));
            assertThat(show().path("peer").asString("")).isEqualTo(System.getProperty("user.name"));
            assertThat(show().path("runState").asString("")).isNotEqualTo("io-error");
            assertThat(drift()).isEmpty();

            // when the firmware looks for something to boot and the disk fails it
            qmp(system, "{\"execute\":\"cont\"}");
            await("drift-found", 1);
            assertThat(status(system)).isEqualTo("io-error");
            assertThat(drift()).containsExactly("MACHINE_PAUSED REPORTED");
            assertThat(show().path("state").asString("")).isEqualTo("UP");
            assertThat(show().path("runState").asString("")).isEqualTo("io-error");

            // then every reconciliation shows it, and the log has it once
            assertThat(reconciliation()).isEqualTo(List.of("MACHINE_PAUSED"));
            assertThat(reconciliation()).isEqualTo(List.of("MACHINE_PAUSED"));
            assertThat(drift()).hasSize(1);
            assertThat(events("drift-gone")).isEmpty();

            // and it is over when somebody lets it continue: the disk reads again
            qmp(system, "{\"execute\":\"cont\"}");
            await("drift-gone", 1);
            assertThat(events("drift-gone").getFirst().path("data").path("kind").asString(""))
                    .isEqualTo("MACHINE_PAUSED");
            assertThat(reconciliation()).isEmpty();
            assertThat(show().path("runState").asString("")).isEqualTo("running");
            assertThat(drift()).hasSize(1);
        }
    }

    /** Two reads fail: QEMU's own, which guesses the disk's geometry from it and does not mind, and the firmware's. */
    private static QemuSystem machineWhoseFirmwareCannotReadItsDisk(ShortDirectory files) {
        Path image = DiskImage.createQcow2(files.resolve("vda"), 4 << 20);
        String printed = RequiredProgram.QEMU_IO.run("-f", "qcow2", "-c", "write -P 1 0 65536", image.toString());
        assertThat(printed).contains("wrote ");
        String fails = "{\"event\":\"read_aio\",\"errno\":5,\"once\":true}";
        return QemuSystem.startMachine(
                List.of("{\"driver\":\"qcow2\",\"node-name\":\"n-vda\",\"file\":{\"driver\":\"blkdebug\","
                        + "\"image\":{\"driver\":\"file\",\"filename\":\"" + image + "\"},\"inject-error\":[" + fails
                        + "," + fails + "]}}"),
                List.of("virtio-blk-pci,drive=n-vda,id=vda,share-rw=on,werror=stop,rerror=stop,bootindex=0"));
    }

    private void await(String type, int count) {
        Awaitility.await()
                .atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> events(type).size() == count);
    }

    private JsonNode show() {
        return api.get("/v1/vms/" + vm);
    }

    private List<String> reconciliation() {
        Api.Answer answer = api.post("/v1/vms/" + vm + "/reconciliation", Map.of());
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        assertThat(answer.body().path("converged").asBoolean(false)).isTrue();
        return answer.body()
                .path("drift")
                .valueStream()
                .map(found -> found.path("kind").asString(""))
                .toList();
    }

    private List<String> drift() {
        return events("drift-found").stream()
                .map(event -> event.path("data"))
                .map(data -> data.path("kind").asString("") + " "
                        + data.path("action").asString(""))
                .toList();
    }

    private List<JsonNode> events(String type) {
        return api.get("/v1/vms/" + vm + "/events?limit=1000")
                .path("events")
                .valueStream()
                .filter(event -> event.path("type").asString("").startsWith(type + "."))
                .toList();
    }

    private static String status(QemuSystem system) {
        return qmp(system, "{\"execute\":\"query-status\"}").path("status").asString("");
    }

    private static JsonNode qmp(QemuSystem system, String json) {
        try (RawMonitor monitor = RawMonitor.connect(system.bystanderSocket())) {
            return monitor.execute(json);
        }
    }
}
