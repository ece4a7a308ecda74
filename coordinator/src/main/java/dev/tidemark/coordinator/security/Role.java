package dev.tidemark.coordinator.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Sorts of callers. Whoever makes backups cannot delete any, and whoever deletes cannot make any: one stolen token is not both. */
public enum Role {
    VIEWER,
    AUDITOR,
    OPERATOR,
    RETENTION,
    RESTORER,
    ADMIN,
    /** Speaks for one hypervisor, and sees nothing else. */
    GATEWAY;

    /** Whether this role has a permission; the switch is complete, so that a new permission is nobody's until somebody gives it. */
    public boolean may(Permission permission) {
        return switch (permission) {
            case READ, METRICS -> this != GATEWAY;
            case AUDIT -> this == AUDITOR || this == ADMIN;
            case CHECKPOINT, BACKUP -> this == OPERATOR || this == ADMIN;
            case VERIFY -> this == OPERATOR || this == RESTORER || this == ADMIN;
            // A gateway is told under which names to open exports: its routes tell it nothing of another host's.
            case DATA -> this == OPERATOR || this == RESTORER || this == ADMIN || this == GATEWAY;
            case ABORT -> this == OPERATOR || this == RETENTION || this == RESTORER || this == ADMIN;
            case DELETE -> this == RETENTION || this == ADMIN;
            case RESTORE -> this == RESTORER || this == ADMIN;
            case EVIDENCE, MANAGE, GRANT, WEBHOOK -> this == ADMIN;
            case GATEWAY -> this == ADMIN || this == GATEWAY;
        };
    }

    /** The role of this name; empty if a later version has recorded one that this version does not know. */
    static Optional<Role> named(String name) {
        return Arrays.stream(values()).filter(role -> role.name().equals(name)).findFirst();
    }

    /** As it is written on a command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
