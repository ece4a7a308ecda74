package dev.tidemark.coordinator.monitor.metrics;

import dev.tidemark.coordinator.dispatch.Standing;
import dev.tidemark.coordinator.evidence.HeadWriter;
import dev.tidemark.coordinator.view.FleetCounts;
import dev.tidemark.schema.id.RepositoryName;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Where the figures of a fleet come from.
 *
 * @param pool the pool of connections, to be measured
 * @param repositories those of this host
 */
public record Fleet(
        FleetCounts figures,
        Supplier<Standing> standing,
        Supplier<HeadWriter.Standing> heads,
        DataSource pool,
        Map<RepositoryName, Path> repositories) {
    public Fleet {
        repositories = Map.copyOf(repositories);
    }
}
