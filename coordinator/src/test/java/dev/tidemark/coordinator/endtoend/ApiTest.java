package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client of the end-to-end tests goes red at whatever is not documented, though no test asks it to. */
class ApiTest {
    private static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    private static final String OPERATION = """
            {"id":"%1$s","vm":"web","vmId":"%1$s","kind":"VERIFY","state":"PENDING","target":"%1$s","caller":"admin",
             "startedAt":"2026-01-02T03:04:05Z","endedAt":null,"code":null,"error":null,"remedy":null,"progress":null,
             "waitsFor":null,"events":1,"result":null}""".formatted(ULID);
    private static final String PROBLEM = """
            {"type":"https://tidemark.dev/problems/backup-not-found","title":"Backup not found","status":404,"detail":"no",
             "code":"BACKUP_NOT_FOUND","remedy":"look","instance":"/v1/backups/%s/verify"}""".formatted(ULID);
    private static final String VERIFY = "/v1/backups/" + ULID + "/verify";

    @TempDir
    private Path home;

    private HttpServer server = server();
    private int status;
    private String text = "";

    private HttpServer server() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @BeforeEach
    void serve() throws IOException {
        Files.writeString(home.resolve("admin.token"), "tmk_x");
        Files.writeString(
                home.resolve("server.json"),
                "{\"url\":\"http://127.0.0.1:" + server.getAddress().getPort() + "\"}");
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders()
                        .add("Content-Type", status < 400 ? "application/json" : "application/problem+json");
                exchange.getResponseHeaders().add("Location", "/v1/operations/" + ULID);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Api.Answer answered(int number, String body) {
        status = number;
        text = body;
        return new Api(home).post(VERIFY, Map.of());
    }

    @Test
    void what_is_documented_is_taken() {
        assertThat(Api.accepted(answered(202, OPERATION)).path("id").asString(""))
                .isEqualTo(ULID);
        assertThat(answered(404, PROBLEM).text("code")).isEqualTo("BACKUP_NOT_FOUND");
    }

    @Test
    void a_member_too_many_or_too_few_a_status_and_a_code_that_nobody_documented_are_not() {
        for (String spoilt : List.of(
                OPERATION.replace("{\"id\"", "{\"owner\":\"x\",\"id\""),
                OPERATION.replace("\"caller\":\"admin\",", ""),
                OPERATION.replace("PENDING", "SOON"))) {
            assertThatThrownBy(() -> answered(202, spoilt))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("is not as documented");
        }
        assertThatThrownBy(() -> answered(201, OPERATION)).hasMessageContaining("status 201 is not documented");
        assertThatThrownBy(() -> answered(404, PROBLEM.replace("BACKUP_NOT_FOUND", "LOST")))
                .hasMessageContaining("is not as documented");
    }
}
