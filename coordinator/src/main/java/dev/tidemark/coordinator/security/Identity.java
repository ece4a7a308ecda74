package dev.tidemark.coordinator.security;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls.
 *
 * @param name as the log keeps it
 * @param address from where; empty as long as nobody has called
 * @param labelled the ids of the machines that have the label of its scope; empty as long as nobody has asked, or if there is none
 */
public record Identity(
        String name, Grant grant, Credential credential, Optional<String> address, Set<String> labelled) {
    /** Whoever can read {@code admin.token}. */
    public static final Identity ADMINISTRATOR = new Identity(
            "admin",
            new Grant(Role.ADMIN, Scope.ALL, Optional.empty()),
            new Credential(Credential.Kind.ADMIN_TOKEN, Optional.empty(), Optional.empty()));

    public Identity {
        labelled = Set.copyOf(labelled);
    }

    /** Who has not called yet. */
    public Identity(String name, Grant grant, Credential credential) {
        this(name, grant, credential, Optional.empty(), Set.of());
    }

    /** The same, calling from there. */
    public Identity from(String remoteAddress) {
        return new Identity(name, grant, credential, Optional.of(remoteAddress), labelled);
    }

    /** The same, known by something that was given for the first credential. */
    public Identity by(Credential other) {
        return new Identity(name, grant, other, address, labelled);
    }

    /** The same, where these machines have the label of its scope. */
    Identity reaching(Set<String> machines) {
        return new Identity(name, grant, credential, address, machines);
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

    public boolean reaches(MachineId machine, String itsName) {
        return scope().includes(itsName) && (scope().label().isEmpty() || labelled.contains(machine.value()));
    }

    /** Whether it may speak for a hypervisor: one that is bound to a host speaks for no other. */
    public boolean speaksFor(HostName hypervisor) {
        return may(Permission.GATEWAY) && host().map(hypervisor::equals).orElse(true);
    }
}
