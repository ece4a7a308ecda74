package dev.tidemark.coordinator.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Reads one kind of credential from requests. */
public interface CredentialReader {
    /**
     * Whether the request carries one of this kind, good or bad. A request with a bad one is refused, whatever else it carries, and so is
     * one with two.
     */
    boolean isShown(HttpServletRequest request);

    /** Whoever shows it; empty if it is not valid, or was not understood. Asked only where one is shown. */
    Optional<Identity> identify(HttpServletRequest request);
}
