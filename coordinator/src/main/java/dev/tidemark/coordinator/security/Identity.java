package dev.tidemark.coordinator.security;

import dev.tidemark.schema.id.HostName;
import java.util.Optional;

/**
 * Who calls.
 *
 * @param name as the log keeps it
 * @param address from where; empty as long as nobody has called
 */
public record Identity(String name, Grant grant, Credential credential, Optional<String> address) {
    /** Whoever can read {@code admin.token}. */
    public static final Identity ADMINISTRATOR = new Identity(
            "admin",
            new Grant(Role.ADMIN, Scope.ALL, Optional.empty()),
            new Credential(Credential.Kind.ADMIN_TOKEN, Optional.empty(), Optional.empty()));

    /** Who has not called yet. */
    public Identity(String name, Grant grant, Credential credential) {
        this(name, grant, credential, Optional.empty());
    }

    /** The same, calling from there. */
    public Identity from(String remoteAddress) {
        return new Identity(name, grant, credential, Optional.of(remoteAddress));
    }

    /** The same, known by something that was given for the first credential. */
    public Identity by(Credential other) {
        return new Identity(name, grant, other, address);
    }

    public Role role() {
        return grant.role();
    }

    public Scope scope() {
        return grant.scope();
    }

    /** The hypervisor for which it speaks, and for no other; empty if it is bound to none. */
    public Optional<HostName> host() {
        return grant.host();
    }

    public boolean may(Permission permission) {
        return role().may(permission);
    }

    public boolean reaches(String machine) {
        return scope().includes(machine);
    }

    /** Whether it may speak for a hypervisor: one that is bound to a host speaks for no other. */
    public boolean speaksFor(HostName hypervisor) {
        return may(Permission.GATEWAY) && host().map(hypervisor::equals).orElse(true);
    }
}
