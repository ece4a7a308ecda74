package dev.tidemark.coordinator.cli.client;

import java.net.URI;

/**
 * Where the coordinator listens, and what it is shown.
 *
 * @param url without a slash at the end
 */
public record Endpoint(URI url, String token) {
    /** The token is a secret; a record would print it. */
    @Override
    public String toString() {
        return "Endpoint[" + url + "]";
    }
}
