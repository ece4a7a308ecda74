package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.id.HostName;

/** Who serves which host, for all coordinators. */
@FunctionalInterface
public interface Leases {
    /** Where there is nothing that could be leased. */
    Leases NONE = (host, claim) -> Lease.refused("nobody: this coordinator grants no leases");

    /** Grants, renews or ends a lease, or says who has it. */
    Lease claim(HostName host, Claim claim);
}
