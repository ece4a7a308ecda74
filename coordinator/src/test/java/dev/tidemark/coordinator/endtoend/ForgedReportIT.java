package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A gateway with a credential of its own that tells of a machine on somebody else's host. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class ForgedReportIT {
    private final Machine machine = new Machine(1);
    private final Api api;
    private final Client client;

    ForgedReportIT(Site site) {
        api = site.api();
        client = new Client(api, machine, site.fresh("restores"));
        client.register();
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void what_it_tells_is_refused_and_on_record_and_changes_nothing_that_anybody_can_read() {
        // given a machine with something to lose, and a gateway that holds the lease of another host
        client.checkpoint("monday");
        client.backUp();
        JsonNode slow = client.startBackup(Map.of("kind", "COPY", "bytesPerSecondMax", 1 << 18));
        api.awaitState(slow, "RUNNING");
        api.done(api.start("/v1/backups/" + slow.path("target").asString("") + "/abort", Map.of()));
        api.ended(slow);
        client.reconcile();
        String name = Site.freshName();
        Api stranger = gateway(name, "elsewhere");
        long epoch = stranger.post(
                        "/v1/gateways/elsewhere/lease",
                        Map.of("instance", name, "epoch", 0, "kind", "HOLD", "version", "1"))
                .body()
                .path("epoch")
                .asLong(0);
        assertThat(epoch).isPositive();
        Map<String, JsonNode> before = all();
        // when
        for (String host : List.of("elsewhere", "here")) {
            for (long under : new long[] {epoch, epochHere()}) {
                for (String report : reports(under)) {
                    Api.Answer answer = stranger.send("POST", "/v1/gateways/" + host + "/reports", report);
                    // then
                    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(host.equals("here") ? 403 : 404);
                    assertThat(answer.text("code")).isEqualTo(host.equals("here") ? "ACCESS_DENIED" : "VM_NOT_FOUND");
                    assertThat(answer.body().toString()).doesNotContain(client.vm());
                }
            }
        }
        assertThat(all()).isEqualTo(before);
        List<String> onRecord = api.get("/v1/audit/questions/denied?order=newest&caller=token:" + name)
                .path("rows")
                .valueStream()
                .map(row ->
                        row.path("code").asString("") + " " + row.path("route").asString(""))
                .distinct()
                .toList();
        assertThat(onRecord)
                .containsExactlyInAnyOrder(
                        "VM_NOT_FOUND POST /v1/gateways/{host}/reports",
                        "ACCESS_DENIED POST /v1/gateways/{host}/reports");
        client.checkpoint("afterwards");

        // The reading can find something: the same, from a gateway of that host under its lease, is believed.
        before = all();
        Api own = gateway(Site.freshName(), "here");
        own.send("POST", "/v1/gateways/here/reports", reports(epochHere()).getFirst());
        assertThat(all()).isNotEqualTo(before);
    }

    private Api gateway(String name, String host) {
        return api.as(api.post("/v1/tokens", Map.of("name", name, "role", "GATEWAY", "host", host))
                .text("token"));
    }

    private long epochHere() {
        return api.get("/v1/gateways")
                .path("gateways")
                .valueStream()
                .filter(gateway -> gateway.path("host").asString("").equals("here"))
                .findFirst()
                .orElseThrow()
                .path("epoch")
                .asLong(0);
    }

    /** That its disks and bitmaps are gone, that it is, and that something was done. */
    private List<String> reports(long epoch) {
        JsonNode shown = api.get(client.path(""));
        MachineId id = new MachineId(shown.path("id").asString(""));
        long version = client.chain().path("version").asLong(0);
        OperationId operation = new OperationId(client.operations().getLast());
        Sight empty = new Sight.Observed(
                new QemuFacts("10.2.0", OptionalLong.empty(), OptionalLong.empty()),
                "running",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        return List.of(
                written(new Report(id, version, empty, List.of()), epoch),
                written(new Report(id, version, new Sight.Unreachable("it is gone", true, 60_000), List.of()), epoch),
                written(
                        new Report(
                                id,
                                version,
                                new Sight.NotTaken(),
                                List.of(new OperationResult(operation, new Outcome.Unknown("who knows")))),
                        epoch));
    }

    private static String written(Report report, long epoch) {
        return Json.MAPPER.writeValueAsString(report.under(OptionalLong.of(epoch)));
    }

    private Map<String, JsonNode> all() {
        Map<String, JsonNode> all = new TreeMap<>();
        for (String path : List.of(
                "",
                "/chain",
                "/checkpoints?deleted=true",
                "/backups?deleted=true",
                "/operations",
                "/events?limit=1000")) {
            all.put(path, api.get(client.path(path)));
        }
        return all;
    }
}
