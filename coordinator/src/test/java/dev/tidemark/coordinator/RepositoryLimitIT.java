package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups of hosts that ask different coordinators, into one repository. */
@Timeout(300)
class RepositoryLimitIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final int ROUNDS = 2;

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void a_repository_has_no_more_than_its_limit_whichever_coordinators_live(int limit) throws Exception {
        try (CompetingHosts hosts = new CompetingHosts(DATABASE.application(), limit, true, Duration.ofMillis(20))) {
            hosts.backUp(ROUNDS, true);

            assertThat(hosts.unexpected()).isEmpty();
            assertThat(hosts.ended()).isEqualTo(hosts.machines() * ROUNDS);
            assertThat(hosts.atWorkMax()).isEqualTo(limit);
            assertThat(hosts.servedMin()).as("no host was kept from it").isEqualTo(hosts.machinesPerHost() * ROUNDS);
        }
    }

    @Test
    void sabotaged_each_that_counts_in_its_own_memory_lets_in_more_than_the_limit() throws Exception {
        try (CompetingHosts hosts = new CompetingHosts(DATABASE.application(), 1, false, Duration.ofMillis(300))) {
            hosts.backUp(1, false);

            assertThat(hosts.atWorkMax()).isGreaterThan(1);
        }
    }
}
