package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.coordinator.endtoend.LossyWire.Loss;
import dev.tidemark.gateway.testkit.Covers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The wire to QEMU breaks at the transaction. Divergences 1, 2 and 4 of qemu-facts §11.1. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class LostAnswersIT {
    private final Machine machine = new Machine(2);
    private final LossyWire wire = new LossyWire(machine.daemon().socket(), machine.file("wire"));
    private final Site site;
    private final Client client;

    LostAnswersIT(Site site) {
        this.site = site;
        client = new Client(site.api(), machine, site.fresh("restores"));
    }

    @BeforeEach
    void register() {
        client.register(wire.socket());
        machine.writeGranule("d0", 1);
        client.backUp();
    }

    @AfterEach
    void close() {
        wire.close();
        machine.close();
    }

    @Test
    @Covers("#1")
    void a_checkpoint_whose_answer_was_lost_is_created_once() {
        int before = wire.transactions();
        wire.loseNext(Loss.REPLY);
        JsonNode checkpoint = client.checkpoint("c1");
        assertThat(wire.isBroken()).isTrue();
        assertThat(wire.transactions()).isEqualTo(before + 1);
        assertThat(machine.recording("d0")).containsExactly(Client.bitmap(checkpoint));
        thenIncrementalsGoOn();
    }

    @Test
    @Covers("#2")
    void a_checkpoint_whose_command_was_lost_is_created_under_the_same_name() {
        int before = wire.transactions();
        wire.loseNext(Loss.COMMAND);
        JsonNode checkpoint = client.checkpoint("c1");
        assertThat(wire.isBroken()).isTrue();
        assertThat(wire.transactions()).isEqualTo(before + 1);
        assertThat(client.events("checkpoint-requested")).hasSize(1);
        assertThat(machine.recording("d1")).containsExactly(Client.bitmap(checkpoint));
        thenIncrementalsGoOn();
    }

    @Test
    @Covers("#4")
    void a_deletion_whose_answer_was_lost_is_not_merged_again() {
        client.checkpoint("c1");
        machine.writeGranule("d0", 5);
        client.checkpoint("c2");
        int before = wire.merges();
        wire.loseNext(Loss.REPLY);
        client.delete("c1");
        assertThat(wire.isBroken()).isTrue();
        assertThat(wire.merges()).isEqualTo(before + 1);
        assertThat(client.events("checkpoint-deleted")).hasSize(1);
        thenIncrementalsGoOn();
    }

    @Test
    void a_deletion_of_the_newest_whose_command_was_lost_is_done_all_the_same() {
        client.checkpoint("c1");
        machine.writeGranule("d0", 6);
        wire.loseNext(Loss.COMMAND);
        client.delete("c1");
        assertThat(wire.isBroken()).isTrue();
        thenIncrementalsGoOn();
    }

    @Test
    void a_backup_whose_start_was_not_answered_is_adopted() {
        machine.writeGranule("d1", 7);
        int before = wire.transactions();
        wire.loseNext(Loss.REPLY);
        Made made = client.backUp();
        assertThat(wire.isBroken()).isTrue();
        // One to start it, at most one to take its temporary bitmaps away.
        assertThat(wire.transactions()).isBetween(before + 1, before + 2);
        assertThat(made.kind("d1")).isEqualTo("INCREMENTAL");
        thenIncrementalsGoOn();
    }

    @Test
    void a_backup_whose_start_never_arrived_is_started_again() {
        machine.writeGranule("d1", 8);
        wire.loseNext(Loss.COMMAND);
        Made made = client.backUp();
        assertThat(wire.isBroken()).isTrue();
        assertThat(made.kind("d1")).isEqualTo("INCREMENTAL");
        thenIncrementalsGoOn();
    }

    private void thenIncrementalsGoOn() {
        machine.write("d0", 777, 4096);
        machine.writeGranule("d1", 20);
        Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(next.kind("d1")).isEqualTo("INCREMENTAL");
        assertThat(client.differing(next, Map.of())).as("the newest").isEmpty();
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }
}
