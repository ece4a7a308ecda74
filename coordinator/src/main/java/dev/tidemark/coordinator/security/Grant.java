package dev.tidemark.coordinator.security;

import dev.tidemark.schema.id.HostName;
import java.util.Optional;

/**
 * What is given to whoever shows a credential.
 *
 * @param host of a gateway, and of nobody else
 */
public record Grant(Role role, Scope scope, Optional<HostName> host) {
    public Grant {
        if (host.isPresent() != (role == Role.GATEWAY)) {
            throw new IllegalArgumentException("a gateway, and nobody else, has a host");
        }
    }
}
