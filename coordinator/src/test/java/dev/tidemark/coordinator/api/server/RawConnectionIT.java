package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no HTTP client would send. */
class RawConnectionIT {
    private static final Served SERVED = new Served();

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/vms/%00 HTTP/1.1",
                "GET /v1/vms/a%00b/chain HTTP/1.1",
                "GET /../../etc/passwd HTTP/1.1",
                "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
                "GET /v1/vms/a%2Fb HTTP/1.1",
                "GET /v1/vms/a%5Cb HTTP/1.1",
                "GET /v1/vms/%zz HTTP/1.1",
                "GET /v1/vms/%C3%28 HTTP/1.1",
                "GET /v1/vms\\web HTTP/1.1",
                "GET /v1/vms/a|b HTTP/1.1",
                "GET /v1/vms?after=%zz HTTP/1.1",
                "GET /v1/vms?%C3%28=1 HTTP/1.1"
            })
    void a_malformed_request_is_a_400(String line) throws IOException {
        String answer = exchange(line + "\r\nHost: x\r\n" + authorization() + "Connection: close\r\n\r\n");
        isProblem(answer, 400, line);
    }

    @Test
    void a_path_that_climbs_stays_within_what_there_is() throws IOException {
        String answer = exchange(
                "GET /v1/vms/%2e%2e/server HTTP/1.1\r\nHost: x\r\n" + authorization() + "Connection: close\r\n\r\n");
        assertThat(answer).doesNotContain("uptimeSeconds");
    }

    @Test
    void a_url_of_64_KiB_is_a_400() throws IOException {
        String answer = exchange("GET /v1/vms/" + "a".repeat(65536) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        isProblem(answer, 400, "long URL");
    }

    @Test
    void a_header_of_64_KiB_is_a_400() throws IOException {
        String answer = exchange("GET /v1/vms HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(65536) + "\r\n\r\n");
        isProblem(answer, 400, "long header");
    }

    @Test
    void a_method_that_nobody_knows_is_refused() throws IOException {
        String answer =
                exchange("BREW /v1/vms HTTP/1.1\r\nHost: x\r\n" + authorization() + "Connection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 405").contains("\"code\"").contains("\"remedy\"");
        String trace =
                exchange("TRACE /v1/vms HTTP/1.1\r\nHost: x\r\n" + authorization() + "Connection: close\r\n\r\n");
        assertThat(trace).startsWith("HTTP/1.1 405").doesNotContain(SERVED.token.secret());
    }

    @Test
    void a_body_that_never_ends_is_cut_off_at_a_mebibyte() throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(head("POST /v1/vms", "Transfer-Encoding: chunked"));
            String chunk = "8000\r\n" + " ".repeat(0x8000) + "\r\n";
            int chunks = 0;
            try {
                for (; chunks < 4096 && socket.getInputStream().available() == 0; chunks++) {
                    socket.getOutputStream().write(chunk.getBytes(StandardCharsets.US_ASCII));
                }
            } catch (SocketException cutOff) {
                assertThat(chunks).isGreaterThan(30);
            }
            assertThat(chunks).as("chunks of 32 KiB that were taken").isLessThan(4096);
        }
        SERVED.machine("after-the-flood");
    }

    @Test
    void a_hundred_mebibytes_are_refused_before_they_come() throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(head("POST /v1/vms", "Content-Length: 104857600"));
            isProblem(read(socket.getInputStream(), true), 413, "100 MiB");
        }
    }

    @Test
    void a_body_that_stops_coming_is_given_up() throws IOException {
        long before = System.nanoTime();
        try (Socket socket = socket()) {
            socket.getOutputStream().write(head("POST /v1/vms", "Content-Length: 100"));
            socket.getOutputStream().write('{');
            String answer = read(socket.getInputStream(), true);
            assertThat(answer).startsWith("HTTP/1.1 4");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void many_requests_go_through_one_connection() throws IOException {
        try (Socket socket = socket()) {
            for (int request = 0; request < 300; request++) {
                socket.getOutputStream()
                        .write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(read(socket.getInputStream(), false)).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void an_answer_does_not_tell_who_made_the_server() throws IOException {
        String answer = exchange("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).doesNotContainIgnoringCase("tomcat").doesNotContainIgnoringCase("spring");
        assertThat(answer).contains("Cache-Control: no-store").contains("X-Content-Type-Options: nosniff");
    }

    private static String authorization() {
        return "Authorization: Bearer " + SERVED.token.secret() + "\r\n";
    }

    private static byte[] head(String line, String length) {
        return (line + " HTTP/1.1\r\nHost: x\r\n" + authorization() + "Content-Type: application/json\r\n" + length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static Socket socket() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), SERVED.server.url().getPort());
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static String exchange(String request) throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return read(socket.getInputStream(), true);
        }
    }

    /** To the end of the connection, or of the one answer with a length. */
    private static String read(InputStream stream, boolean toTheEnd) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            int octet;
            while ((octet = stream.read()) >= 0) {
                bytes.write(octet);
                if (!toTheEnd
                        && bytes.toString(StandardCharsets.US_ASCII).endsWith("{\"status\":\"UP\"}\r\n0\r\n\r\n")) {
                    break;
                }
                if (!toTheEnd && bytes.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n{\"status\":\"UP\"}")) {
                    break;
                }
            }
        } catch (SocketException reset) {
            assertThat(bytes.size())
                    .as("an answer before the connection was cut")
                    .isPositive();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void isProblem(String answer, int status, String what) {
        assertThat(answer).as(what).startsWith("HTTP/1.1 " + status);
        assertThat(answer).as(what).contains("application/problem+json", "\"code\":\"", "\"remedy\":\"");
        assertThat(answer).as(what).doesNotContain("<html", "Exception", "org.apache");
    }
}
