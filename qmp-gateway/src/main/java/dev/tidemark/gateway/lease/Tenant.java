package dev.tidemark.gateway.lease;

import java.util.UUID;

/**
 * Who asks for the lease of a host.
 *
 * @param instance known to be nobody else's: a restarted gateway with the instance of the one before has its host back at once
 * @param takeOver somebody has looked at the other gateway and decided that this one is to have the host
 */
public record Tenant(String instance, boolean takeOver, String version) {
    /** Known to nobody: it gets what nobody else has, or has had for too long. */
    public static Tenant unknown(String version) {
        return new Tenant(UUID.randomUUID().toString(), false, version);
    }

    /** After it was fenced: who it was is no reason any more to give it anything back. */
    Tenant asStranger() {
        return unknown(version);
    }
}
