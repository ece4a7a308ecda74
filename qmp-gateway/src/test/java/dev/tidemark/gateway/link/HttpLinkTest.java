package dev.tidemark.gateway.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.schema.contract.CoordinatorLink.Wake;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpLinkTest {
    private static final HostName HOST = new HostName("hypervisor-1");
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final Desired DESIRED =
            new Desired(MACHINE, new MachineName("vm"), HOST, 7, "/run/vm.qmp", List.of(), Optional.empty(), List.of());
    private static final Report REPORT = new Report(MACHINE, 7, new Sight.NotTaken(), List.of());

    private record Asked(String line, String authorization, String body) {}

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer = "";

    HttpLinkTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext("/", this::serve);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void waiting_names_the_host_the_cursor_and_the_time() throws Exception {
        answer = Json.MAPPER.writeValueAsString(new Wake("c 8", List.of(DESIRED), List.of(), List.of(MACHINE)));
        try (HttpLink link = link()) {
            Wake wake = link.await(HOST, "a&b", Duration.ofSeconds(20));
            assertThat(wake.cursor()).isEqualTo("c 8");
            assertThat(wake.changed()).containsExactly(DESIRED);
            assertThat(wake.lookAt()).containsExactly(MACHINE);
        }
        assertThat(asked.take())
                .isEqualTo(
                        new Asked("GET /v1/gateways/hypervisor-1/desired?cursor=a%26b&wait=20", "Bearer secret", ""));
    }

    @Test
    void a_report_is_answered_with_the_desired_state() throws Exception {
        answer = "{\"desired\":" + Json.MAPPER.writeValueAsString(DESIRED) + "}";
        try (HttpLink link = link()) {
            assertThat(link.report(REPORT)).contains(DESIRED);
        }
        assertThat(asked.take())
                .isEqualTo(new Asked(
                        "POST /v1/gateways/hypervisor-1/reports",
                        "Bearer secret",
                        Json.MAPPER.writeValueAsString(REPORT)));
    }

    @Test
    void a_machine_that_is_not_registered_has_no_desired_state() throws Exception {
        try (HttpLink link = link()) {
            for (String empty : List.of("{\"desired\":null}", "{}")) {
                answer = empty;
                assertThat(link.report(REPORT)).isEmpty();
            }
        }
    }

    @Test
    void an_error_is_told_with_its_status_and_without_the_token() {
        status = 403;
        answer = "no\nentry";
        try (HttpLink link = link()) {
            assertThatThrownBy(() -> link.report(REPORT))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("403: no entry")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void an_answer_that_is_not_of_the_contract_is_no_answer() {
        try (HttpLink link = link()) {
            for (String bad : List.of("", "null", "[]", "{\"desired\":7}", "{\"unknown\":1}", "{} {}", "<html>")) {
                answer = bad;
                assertThatThrownBy(() -> link.report(REPORT)).as(bad).isInstanceOf(LinkException.class);
            }
        }
    }

    @Test
    void a_coordinator_that_is_not_there_is_told_as_such() {
        server.stop(0);
        try (HttpLink link = link()) {
            assertThatThrownBy(() -> link.report(REPORT)).isInstanceOf(LinkException.class);
        }
    }

    @Test
    void only_http_is_spoken() {
        assertThatThrownBy(() -> new HttpLink(URI.create("file:///etc"), HOST, "secret"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private HttpLink link() {
        InetSocketAddress address = server.getAddress();
        return new HttpLink(
                URI.create("http://" + address.getHostString() + ":" + address.getPort() + "/"), HOST, "secret");
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(new Asked(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
