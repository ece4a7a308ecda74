package dev.tidemark.coordinator.cli.client;

import dev.tidemark.schema.tls.ClientTls;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;

/**
 * Where the coordinator listens, and what it is shown.
 *
 * @param url without a slash at the end
 * @param token empty if a certificate is shown
 * @param tls for a coordinator behind https
 */
public record Endpoint(URI url, Optional<String> token, ClientTls tls) {
    /** A request to this path, in the name of whoever the token says. */
    public HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
        return request;
    }

    /** The token is a secret; a record would print it. */
    @Override
    public String toString() {
        return "Endpoint[" + url + "]";
    }
}
