package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whoever has taken a hypervisor over speaks for that one: he hears of no other's machines, and writes no other's history. */
@SuppressWarnings("NullAway.Init")
class GatewayAccessIT {
    private static final Served SERVED = new Served();
    private static MachineId own;
    private static MachineId strange;
    private static String gateway;

    @BeforeAll
    static void two_hosts() {
        own = machine("own", "hv2");
        strange = machine("strange", "hv1");
        gateway = SERVED.post("/v1/tokens", "{\"name\":\"gw-hv2\",\"role\":\"GATEWAY\",\"host\":\"hv2\"}")
                .json()
                .path("token")
                .asString();
        assertThat(SERVED.get("/v1/tokens")
                        .json()
                        .path("tokens")
                        .get(0)
                        .path("host")
                        .asString())
                .isEqualTo("hv2");
    }

    @AfterAll
    static void close() {
        SERVED.close();
    }

    private static MachineId machine(String name, String host) {
        return new MachineId(SERVED.post(
                        "/v1/vms",
                        "{\"name\":\"" + name + "\",\"qmp\":\"/run/" + name + ".sock\",\"host\":\"" + host + "\"}")
                .json()
                .path("target")
                .asString());
    }

    @Test
    void a_gateways_token_opens_the_routes_of_its_host_and_no_other_route() {
        for (Routes.Route route : Routes.ALL) {
            if (route.pattern().equals("/health/live")) {
                continue;
            }
            Served.Answer answer = send(gateway, route.method(), route.path(), route.body());
            assertThat(answer.status()).as(route.toString()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("ACCESS_DENIED");
        }
        for (String stranger : new String[] {"hv1", "no-such-host", "HV2", "hv22", "hv"}) {
            Served.Answer answer = send(gateway, "GET", "/v1/gateways/" + stranger + "/desired", null);
            assertThat(answer.status()).as(stranger).isEqualTo(403);
            assertThat(answer.text()).contains("bound to the host 'hv2'").doesNotContain("strange");
        }
        assertThat(send(gateway, "GET", "/v1/gateways/hv2/desired", null).status())
                .isEqualTo(200);
    }

    @Test
    void a_report_of_a_strangers_machine_is_refused_and_nothing_of_it_is_appended() {
        int before = SERVED.engine.reports.size();
        long events = events();
        for (String host : new String[] {"hv1", "hv2"}) {
            Served.Answer forged = send(gateway, "POST", "/v1/gateways/" + host + "/reports", report(strange));
            assertThat(forged.status()).as(host).isEqualTo(host.equals("hv2") ? 404 : 403);
        }
        Served.Answer unknown =
                send(gateway, "POST", "/v1/gateways/hv2/reports", report(new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV")));
        assertThat(unknown.code()).as("no other answer than for a strange one").isEqualTo("VM_NOT_FOUND");
        // The administrator's token is bound to no host, but a report still stands under the address of its machine's
        // host.
        assertThat(send(SERVED.token.secret(), "POST", "/v1/gateways/hv2/reports", report(strange))
                        .code())
                .isEqualTo("VM_NOT_FOUND");
        assertThat(SERVED.engine.reports).hasSize(before);
        assertThat(events()).isEqualTo(events);

        assertThat(send(gateway, "POST", "/v1/gateways/hv2/reports", report(own))
                        .text())
                .isEqualTo("{\"desired\":null}");
        assertThat(SERVED.engine.reports).hasSize(before + 1);
        assertThat(SERVED.engine.reports.getLast().machine()).isEqualTo(own);
    }

    @Test
    void progress_is_taken_for_an_operation_of_its_own_machine_only() {
        OperationId ofStrange = SERVED.started("/v1/vms/strange/checkpoints", "{}");
        OperationId ofOwn = SERVED.started("/v1/vms/own/checkpoints", "{}");
        String path = "/v1/gateways/hv2/progress";
        assertThat(send(gateway, "POST", path, progress(strange, ofStrange)).code())
                .isEqualTo("VM_NOT_FOUND");
        assertThat(send(gateway, "POST", path, progress(own, ofStrange)).code())
                .as("another's operation under the name of its own machine")
                .isEqualTo("OPERATION_NOT_FOUND");
        assertThat(SERVED.engine.progress).isEmpty();
        assertThat(send(gateway, "POST", path, progress(own, ofOwn)).status()).isEqualTo(200);
        assertThat(SERVED.engine.progress).containsOnlyKeys(ofOwn);
    }

    @Test
    void who_is_kept_to_some_machines_is_told_of_the_gateways_of_their_hosts_alone() {
        // given hosts with a gateway, of which one has a machine of his and one has none at all
        SERVED.engine.hosts.addAll(List.of("hv1", "hv2"));
        String[] scopes = {"\"vms\":\"own*\"", "\"vms\":\"strange\"", "\"vms\":\"nothing-*\"", "\"vms\":\"env=none\""};
        String[][] told = {{"hv2"}, {"hv1"}, {}, {}};
        for (int reader = 0; reader < scopes.length; reader++) {
            String token = SERVED.post(
                            "/v1/tokens",
                            "{\"name\":\"kept-" + reader + "\",\"role\":\"VIEWER\"," + scopes[reader] + "}")
                    .json()
                    .path("token")
                    .asString();
            // when, then
            assertThat(hosts(token)).as(scopes[reader]).containsExactlyInAnyOrder(told[reader]);
        }
        assertThat(hosts(SERVED.token.secret())).containsExactlyInAnyOrder("host1", "hv1", "hv2");
    }

    private static List<String> hosts(String token) {
        return send(token, "GET", "/v1/gateways", null)
                .json()
                .path("gateways")
                .valueStream()
                .map(gateway -> gateway.path("host").asString())
                .toList();
    }

    private static String report(MachineId machine) {
        return "{\"machine\":\"" + machine + "\",\"version\":1,\"sight\":{\"type\":\"NOT_TAKEN\"},\"results\":[]}";
    }

    private static String progress(MachineId machine, OperationId operation) {
        return "{\"machine\":\"" + machine + "\",\"operation\":\"" + operation
                + "\",\"phase\":\"COPY\",\"bytesDone\":1,\"bytesTotal\":2}";
    }

    private static long events() {
        return PlainSql.number(SERVED.database.application(), "SELECT count(*) FROM tidemark.domain_event_entry");
    }

    @Test
    void a_gateway_that_waits_is_answered_when_the_coordinator_stops() throws Exception {
        try (Served stopping = new Served()) {
            CompletableFuture<Served.Answer> waiting = CompletableFuture.supplyAsync(
                    () -> stopping.get("/v1/gateways/hv2/desired?wait=30"),
                    Executors.newVirtualThreadPerTaskExecutor());
            await().atMost(Duration.ofSeconds(60)).until(() -> !stopping.engine.waitingGateways.isEmpty());
            stopping.server.stop();

            Served.Answer answer = waiting.get(60, TimeUnit.SECONDS);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("STOPPING");
        }
    }

    private static Served.Answer send(String token, String method, String path, @Nullable String body) {
        HttpRequest.Builder request = SERVED.anonymous(path).header("Authorization", "Bearer " + token);
        return SERVED.send(
                body == null
                        ? request.method(method, BodyPublishers.noBody())
                        : request.header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(body)));
    }
}
