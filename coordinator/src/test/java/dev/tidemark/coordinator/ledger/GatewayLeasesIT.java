package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.ledger.Counter.Count;
import dev.tidemark.coordinator.ledger.Counter.Counted;
import dev.tidemark.coordinator.ledger.Counter.Known;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.id.HostName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** One gateway for each host, over several coordinators on one database. */
class GatewayLeasesIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final Duration LONG = Duration.ofMinutes(10);

    private final HostName host = new HostName("h-" + UUID.randomUUID());
    private final GatewayLeases one = new GatewayLeases(DATABASE.application(), "one", LONG);
    private final GatewayLeases other = new GatewayLeases(DATABASE.application(), "other", LONG);

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    private static Claim hold(String instance, long epoch) {
        return new Claim(instance, epoch, Claim.Kind.HOLD, "1");
    }

    private static Claim takeOver(String instance) {
        return new Claim(instance, 0, Claim.Kind.TAKE_OVER, "1");
    }

    @Test
    void who_comes_second_is_told_who_was_first_and_when_that_one_was_heard() {
        assertThat(one.claim(host, hold("a", 0))).isEqualTo(Lease.granted(1, LONG.toMillis()));

        Lease refused = other.claim(host, hold("b", 0));

        assertThat(refused.granted()).isFalse();
        assertThat(refused.holder()).matches("gateway a \\(epoch 1, last heard [0-9]+ s ago by coordinator one\\)");
    }

    @Test
    void the_lease_is_held_over_the_death_of_a_coordinator() {
        one.claim(host, hold("a", 0));

        assertThat(other.claim(host, hold("a", 1)).epoch()).isEqualTo(1);

        assertThat(other.all())
                .filteredOn(holding -> holding.host().equals(host.value()))
                .singleElement()
                .satisfies(holding -> {
                    assertThat(holding.coordinator()).isEqualTo("other");
                    assertThat(holding.live()).isTrue();
                });
    }

    @Test
    void a_gateway_that_restarts_waits_for_nobody_and_its_former_life_is_fenced() {
        one.claim(host, hold("a", 0));

        assertThat(one.claim(host, hold("a", 0)).epoch()).isEqualTo(2);

        assertThat(one.claim(host, hold("a", 1)).granted()).isFalse();
        assertThat(one.claim(host, hold("a", 2)).granted()).isTrue();
    }

    @Test
    void a_host_is_given_to_another_gateway_after_the_time_or_knowingly_or_when_it_was_given_back() {
        GatewayLeases brief = new GatewayLeases(DATABASE.application(), "one", Duration.ofMillis(1));
        brief.claim(host, hold("a", 0));
        await().untilAsserted(() ->
                assertThat(one.claim(host, hold("b", 0)).epoch()).isEqualTo(2));

        assertThat(one.claim(host, takeOver("c")).epoch()).isEqualTo(3);
        assertThat(one.claim(host, hold("b", 2)).granted()).isFalse();

        one.claim(host, new Claim("b", 2, Claim.Kind.LEAVE, "1"));
        assertThat(one.claim(host, hold("d", 0)).granted())
                .as("what b says of the lease that c has counts for nothing")
                .isFalse();
        one.claim(host, new Claim("c", 3, Claim.Kind.LEAVE, "1"));
        assertThat(one.claim(host, hold("d", 0)).epoch()).isEqualTo(4);
    }

    @Test
    void a_lease_that_ran_out_and_that_nobody_wanted_is_renewed_under_its_epoch() throws InterruptedException {
        GatewayLeases brief = new GatewayLeases(DATABASE.application(), "one", Duration.ofMillis(1));
        brief.claim(host, hold("a", 0));
        Thread.sleep(5);
        assertThat(one.claim(host, hold("a", 1)).epoch()).isEqualTo(1);
    }

    @Test
    void nothing_is_appended_under_another_epoch_than_the_newest() {
        try (Ledger<Counter, Count, Counted, Known> ledger =
                Ledger.open(DATABASE.application(), Counter.settings(1_000_000))) {
            String machine = "m-" + UUID.randomUUID();
            one.claim(host, hold("a", 0));
            ledger.execute(
                    new Count(machine, "in time"),
                    Map.of(),
                    version -> true,
                    GatewayLeases.under(host, OptionalLong.of(1)));
            other.claim(host, takeOver("b"));

            for (OptionalLong epoch : java.util.List.of(OptionalLong.of(1), OptionalLong.of(3), OptionalLong.empty())) {
                assertThatThrownBy(() -> ledger.execute(
                                new Count(machine, "late " + epoch),
                                Map.of(),
                                version -> true,
                                GatewayLeases.under(host, epoch)))
                        .isInstanceOf(GatewayLeases.Fenced.class)
                        .hasMessageContaining("the host has epoch 2");
            }
            assertThatThrownBy(() -> ledger.execute(
                            new Count(machine, "of nobody"),
                            Map.of(),
                            version -> true,
                            GatewayLeases.under(new HostName("nobody"), OptionalLong.of(1))))
                    .isInstanceOf(GatewayLeases.Fenced.class);
            assertThat(ledger.state(machine).version()).isEqualTo(1);
        }
    }

    /** No check before the act: while something is appended under an epoch, that one does not end, and is renewed all the same. */
    @Test
    void a_take_over_waits_for_what_is_being_appended_and_a_renewal_does_not() throws Exception {
        one.claim(host, hold("a", 0));
        CompletableFuture<Lease> taken;
        try (Connection appending = DATABASE.application().getConnection()) {
            appending.setAutoCommit(false);
            GatewayLeases.under(host, OptionalLong.of(1)).require(appending);

            taken = CompletableFuture.supplyAsync(() -> other.claim(host, takeOver("b")));

            await().until(GatewayLeasesIT::isSomebodyWaitingForARow);
            assertThat(taken).isNotDone();
            appending.commit();
        }
        assertThat(taken.get(60, TimeUnit.SECONDS).epoch()).isEqualTo(2);

        try (Connection appending = DATABASE.application().getConnection()) {
            appending.setAutoCommit(false);
            GatewayLeases.under(host, OptionalLong.of(2)).require(appending);
            assertThat(CompletableFuture.supplyAsync(() -> other.claim(host, hold("b", 2)))
                            .get(60, TimeUnit.SECONDS)
                            .granted())
                    .isTrue();
            appending.rollback();
        }
    }

    private static boolean isSomebodyWaitingForARow() throws SQLException {
        try (Connection connection = DATABASE.migration().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM pg_locks WHERE NOT granted")) {
            rows.next();
            return rows.getLong(1) > 0;
        }
    }

    @Test
    void an_epoch_never_goes_back_whoever_writes_it() throws SQLException {
        one.claim(host, hold("a", 0));
        one.claim(host, takeOver("b"));
        try (Connection connection = DATABASE.application().getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(
                            "UPDATE tidemark.gateway_lease SET epoch = 1 WHERE host = '" + host + "'"))
                    .hasMessageContaining("only grows");
            assertThatThrownBy(() -> statement.execute("DELETE FROM tidemark.gateway_lease"))
                    .hasMessageContaining("permission denied");
        }
    }
}
