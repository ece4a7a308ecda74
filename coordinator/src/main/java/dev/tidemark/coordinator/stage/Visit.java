package dev.tidemark.coordinator.stage;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;

/** The pages of a coordinator, as a browser asks for them in which the administrator has signed in. */
public final class Visit {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final URI coordinator;
    private final String session;

    private Visit(URI coordinator, String token) {
        this.coordinator = coordinator;
        HttpResponse<String> entered = exchange(HttpRequest.newBuilder(coordinator.resolve("/ui/sign-in"))
                .header("Origin", coordinator.toString())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "token=" + URLEncoder.encode(token, StandardCharsets.US_ASCII))));
        String cookie = entered.headers()
                .firstValue("Set-Cookie")
                .orElseThrow(() -> new StageFailure("nobody was signed in: status " + entered.statusCode()));
        this.session = cookie.substring(0, cookie.indexOf(';'));
    }

    /** Signs in with the token of the coordinator's home. */
    public static Visit to(Service service) {
        try {
            return new Visit(
                    service.address(),
                    Files.readString(service.home().resolve("admin.token"), StandardCharsets.US_ASCII)
                            .strip());
        } catch (IOException failure) {
            throw new StageFailure("the token cannot be read: " + failure.getMessage(), failure);
        }
    }

    /** A page as it comes; it has to be there. */
    public String page(String address) {
        HttpResponse<String> page =
                exchange(HttpRequest.newBuilder(coordinator.resolve(address)).header("Cookie", session));
        if (page.statusCode() != 200) {
            throw new StageFailure(address + " was answered with status " + page.statusCode());
        }
        return page.body();
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new StageFailure("the coordinator does not answer: " + failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StageFailure("interrupted", interrupted);
        }
    }
}
