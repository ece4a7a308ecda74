package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.testkit.Contract;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What comes back over a connection on which something was written that no HTTP client would write. */
record RawAnswer(Contract.Answer answer) {
    private static final String VERSION = "HTTP/1.1 ";
    private static final int SILENCE_MILLISECONDS_MAX = 60_000;

    /** @param more whether the server has to take it that more is to come */
    static RawAnswer to(URI server, String request, boolean more) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
            socket.setSoTimeout(SILENCE_MILLISECONDS_MAX);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            if (!more) {
                // What was promised and refused is read on for a while else, so that its sender gets to see the answer.
                socket.shutdownOutput();
            }
            return new RawAnswer(parsed(read(socket)));
        } catch (IOException failure) {
            throw new IllegalStateException(request.lines().findFirst().orElse(""), failure);
        }
    }

    void require(String method, String path) {
        Contract.require(method, path, answer);
    }

    private static String read(Socket socket) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(bytes);
        } catch (SocketException reset) {
            if (bytes.size() == 0) {
                throw reset;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Contract.Answer parsed(String text) {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("no answer: '" + text + "'");
        }
        List<String> lines = text.substring(0, end).lines().toList();
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header : lines.subList(1, lines.size())) {
            String[] parts = header.split(":", 2);
            headers.put(parts[0], List.of(parts[1].strip()));
        }
        return new Contract.Answer(
                Integer.parseInt(lines.getFirst().substring(VERSION.length(), VERSION.length() + 3)),
                HttpHeaders.of(headers, (name, value) -> true),
                // Chunked or not, it is one JSON object.
                text.substring(text.indexOf('{', end), text.lastIndexOf('}') + 1));
    }
}
