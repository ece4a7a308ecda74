package dev.tidemark.coordinator.endtoend;

import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.HostName;
import java.time.Duration;
import java.util.Optional;

/** The link of a gateway for which a second of silence is a minute: five minutes are over in five seconds. */
record HastyLink(CoordinatorLink link) implements CoordinatorLink {
    private static final long HASTE = 60;

    @Override
    public Lease claim(HostName host, Claim claim) throws LinkException {
        return link.claim(host, claim);
    }

    @Override
    public Wake await(HostName host, String cursor, Duration timeLimit) throws LinkException, InterruptedException {
        return link.await(host, cursor, timeLimit);
    }

    @Override
    public Optional<Desired> report(Report report) throws LinkException {
        Sight sight = report.sight() instanceof Sight.Unreachable silent
                ? new Sight.Unreachable(silent.detail(), silent.processGone(), silent.forMilliseconds() * HASTE)
                : report.sight();
        return link.report(
                new Report(report.machine(), report.version(), sight, report.results()).under(report.epoch()));
    }

    @Override
    public void progress(Progress progress) {
        link.progress(progress);
    }
}
