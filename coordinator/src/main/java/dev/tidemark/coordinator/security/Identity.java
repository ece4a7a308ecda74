package dev.tidemark.coordinator.security;

import java.util.Optional;

/**
 * Who calls.
 *
 * @param name as the log keeps it
 * @param token the id of the token that was shown; empty for the administrator of the home directory
 */
public record Identity(String name, Role role, Scope scope, Optional<String> token) {
    /** Whoever can read {@code admin.token}. */
    public static final Identity ADMINISTRATOR = new Identity("admin", Role.ADMIN, Scope.ALL, Optional.empty());

    public boolean may(Permission permission) {
        return role.may(permission);
    }

    public boolean reaches(String machine) {
        return scope.includes(machine);
    }
}
