package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.HostName;
import java.time.Duration;
import java.util.Optional;

/** Is told, and asks for nothing. */
abstract class ToldCoordinator implements CoordinatorLink {
    @Override
    public final Lease claim(HostName host, Claim claim) {
        throw new UnsupportedOperationException("only gateways ask for leases");
    }

    @Override
    public final Wake await(HostName host, String cursor, Duration timeLimit) {
        throw new AssertionError("the runner does not ask");
    }

    @Override
    public final Optional<Desired> report(Report report) throws LinkException {
        told(report);
        return Optional.empty();
    }

    abstract void told(Report report) throws LinkException;

    @Override
    public final void progress(Progress progress) {}
}
