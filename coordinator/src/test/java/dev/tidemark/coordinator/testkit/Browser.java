package dev.tidemark.coordinator.testkit;

import dev.tidemark.schema.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Chromium without a window, spoken to by the W3C's WebDriver protocol: a real browser's layout, policy and console. */
public final class Browser implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
    private static final Duration TIME_MAX = Duration.ofSeconds(60);

    private final Path profile;
    private final Process driver;
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI base;
    private final String session;

    private Browser() throws IOException {
        profile = Files.createTempDirectory("tidemark-browser-");
        try {
            driver = new ProcessBuilder("chromedriver", "--port=0")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException missing) {
            throw new AssertionError(
                    "this test needs a browser; on Debian: apt-get install chromium chromium-driver", missing);
        }
        base = URI.create("http://127.0.0.1:" + port(driver));
        session = send(
                        "POST",
                        "/session",
                        Map.of(
                                "capabilities",
                                Map.of(
                                        "alwaysMatch",
                                        Map.of(
                                                "goog:loggingPrefs",
                                                Map.of("browser", "ALL", "performance", "ALL"),
                                                "goog:chromeOptions",
                                                Map.of(
                                                        "args",
                                                        List.of(
                                                                "--headless=new",
                                                                "--no-sandbox",
                                                                "--disable-gpu",
                                                                "--disable-quic",
                                                                "--no-first-run",
                                                                "--disable-background-networking",
                                                                "--disable-component-update",
                                                                "--disable-sync",
                                                                "--hide-scrollbars",
                                                                "--user-data-dir=" + profile))))))
                .path("sessionId")
                .asString("");
    }

    public static Browser start() {
        try {
            return new Browser();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public void open(String address) {
        send("POST", path("/url"), Map.of("url", address));
    }

    public String address() {
        return send("GET", path("/url"), null).asString("");
    }

    /** The value of {@code return …}. */
    public JsonNode run(String script) {
        return send("POST", path("/execute/sync"), Map.of("script", script, "args", List.of()));
    }

    /** So many pixels wide, with a scheme of colours: {@code light} or {@code dark}. */
    public void look(int width, int height, String scheme) {
        tools(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        tools(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** All of the page, also what is below. */
    public void screenshot(Path file) {
        JsonNode picture = tools(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true, "fromSurface", true));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, Base64.getDecoder().decode(picture.path("data").asString("")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What the console said since it was asked last: errors of scripts, and what a policy has kept back. */
    public List<String> console() {
        List<String> said = new ArrayList<>();
        send("POST", path("/se/log"), Map.of("type", "browser"))
                .forEach(entry -> said.add(entry.path("message").asString("")));
        return said;
    }

    /** The addresses on some host that the browser has asked for since it was asked last; its own parts lie on none. */
    public List<String> requests() {
        List<String> addresses = new ArrayList<>();
        for (JsonNode entry : send("POST", path("/se/log"), Map.of("type", "performance"))) {
            JsonNode message =
                    Json.MAPPER.readTree(entry.path("message").asString("{}")).path("message");
            if (message.path("method").asString("").equals("Network.requestWillBeSent")) {
                addresses.add(message.path("params").path("request").path("url").asString(""));
            }
        }
        addresses.removeIf(address -> address.startsWith("chrome:") || address.startsWith("data:"));
        return addresses;
    }

    /** Types into what has the focus. */
    public void type(String text) {
        tools("Input.insertText", Map.of("text", text));
    }

    /** Presses a key that is one character. */
    public void press(String key) {
        tools("Input.dispatchKeyEvent", Map.of("type", "keyDown", "key", key, "text", key));
        tools("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key));
    }

    /** Goes to the next control, as somebody does who has no mouse. */
    public void tab() {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            tools(
                    "Input.dispatchKeyEvent",
                    Map.of("type", type, "key", "Tab", "code", "Tab", "windowsVirtualKeyCode", 9));
        }
    }

    private JsonNode tools(String command, Map<String, ?> parameters) {
        return send("POST", path("/goog/cdp/execute"), Map.of("cmd", command, "params", parameters));
    }

    private String path(String rest) {
        return "/session/" + session + rest;
    }

    private JsonNode send(String method, String path, @Nullable Object body) {
        try {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(base.resolve(path))
                            .timeout(TIME_MAX)
                            .method(
                                    method,
                                    body == null
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(Json.MAPPER.writeValueAsString(body)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            // A picture is one text, and a long one if the page is long.
            JsonNode value = Json.RECORDS.readTree(answer.body()).path("value");
            if (answer.statusCode() != 200) {
                throw new AssertionError(path + ": " + value);
            }
            return value;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static int port(Process driver) throws IOException {
        // Not closed: the driver goes on to write, and a closed pipe would end it.
        BufferedReader said =
                new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            Matcher port = PORT.matcher(line);
            if (port.find()) {
                return Integer.parseInt(port.group(1));
            }
        }
        throw new AssertionError("chromedriver ended at once");
    }

    @Override
    public void close() {
        try {
            send("DELETE", "/session/" + session, null);
        } finally {
            driver.destroy();
            try {
                driver.waitFor();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            client.close();
            TemporaryTree.delete(profile);
        }
    }
}
