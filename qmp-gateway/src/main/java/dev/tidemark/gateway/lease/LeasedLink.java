package dev.tidemark.gateway.lease;

import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.HostName;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** What is told under one term: it carries the term's epoch, and an answer that there is a newer one ends the term. */
public final class LeasedLink implements CoordinatorLink {
    private final CoordinatorLink link;
    private final LeaseKeeper keeper;
    private final Term term;

    public LeasedLink(CoordinatorLink link, LeaseKeeper keeper, Term term) {
        this.link = link;
        this.keeper = keeper;
        this.term = term;
    }

    @Override
    public Lease claim(HostName host, Claim claim) throws LinkException {
        return link.claim(host, claim);
    }

    @Override
    public Wake await(HostName host, String cursor, Duration timeLimit) throws LinkException, InterruptedException {
        term.requireForCoordinator();
        return link.await(host, cursor, timeLimit);
    }

    @Override
    public Optional<Desired> report(Report report) throws LinkException {
        term.requireForCoordinator();
        try {
            return link.report(report.under(OptionalLong.of(term.epoch())));
        } catch (FencedException fenced) {
            keeper.fence(term);
            throw fenced;
        }
    }

    @Override
    public void progress(Progress progress) {
        if (!term.isFenced()) {
            link.progress(progress.under(term.epoch()));
        }
    }
}
