package dev.tidemark.coordinator.api.server;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import dev.tidemark.coordinator.security.JwtSettings;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Gets an issuer's keys: from a file, from an address, or from where its own description says that they are (OpenID Connect Discovery).
 * Bounded in bytes and, as a whole, in time; nobody is followed elsewhere.
 */
final class IssuerKeys implements ResourceRetriever, AutoCloseable {
    private static final Duration TIME_MAX = Duration.ofSeconds(5);
    private static final int BYTES_MAX = 256 * 1024;
    private static final String DISCOVERY = "/.well-known/openid-configuration";

    private final JwtSettings settings;
    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIME_MAX)
            .build();

    IssuerKeys(JwtSettings settings) {
        this.settings = settings;
    }

    @Override
    public Resource retrieveResource(URL issuer) throws IOException {
        URI place = settings.jwks().isPresent() ? settings.jwks().get() : discovered();
        return new Resource(
                "file".equals(place.getScheme()) ? ofFile(Path.of(place)) : fetched(place), "application/json");
    }

    private static String ofFile(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is no file of keys");
        }
        return Files.readString(file);
    }

    private URI discovered() throws IOException {
        String issuer = settings.issuer().toString();
        URI place = URI.create((issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer) + DISCOVERY);
        try {
            JsonNode description = Json.MAPPER.readTree(fetched(place));
            if (!description.path("issuer").asString("").equals(issuer)) {
                throw new IOException(place + " describes another issuer");
            }
            return JwtSettings.requireSafe(
                    URI.create(description.path("jwks_uri").asString("")));
        } catch (JacksonException | IllegalArgumentException malformed) {
            throw new IOException(place + " does not say where keys are: " + malformed.getMessage(), malformed);
        }
    }

    private String fetched(URI place) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(place)
                .timeout(TIME_MAX)
                .header("Accept", "application/json")
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), BYTES_MAX));
        try {
            HttpResponse<byte[]> response = answer.get(TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                throw new IOException(place + " answered with " + response.statusCode());
            }
            return new String(response.body(), StandardCharsets.UTF_8);
        } catch (ExecutionException failure) {
            throw new IOException(place + " could not be read: " + failure.getCause(), failure);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw new IOException(place + " took too long", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
