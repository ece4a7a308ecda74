package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Histories that nobody thought of. {@code -Dtidemark.seed=N} plays one again, {@code -Dtidemark.histories=N} plays more.
 * Whatever happens, every completed backup has to restore to what the disks held at its moment (invariants I1 to I3).
 */
@ExtendWith(Site.Shared.class)
class RandomHistoriesIT {
    private static final int STEPS = 10;
    private static final int HISTORIES = Integer.getInteger("tidemark.histories", 4);
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime() & 0xffff_ffffL);

    private final Site site;

    RandomHistoriesIT(Site site) {
        this.site = site;
    }

    @Test
    @Timeout(3600)
    void every_completed_backup_of_every_history_is_restored_identically() {
        for (int index = 0; index < HISTORIES; index++) {
            long seed = SEED + index;
            System.out.println("history -Dtidemark.seed=" + seed + " -Dtidemark.histories=1");
            List<String> told = new ArrayList<>();
            try (Machine machine = new Machine(2)) {
                History history = new History(new Random(seed), Client.of(site, machine), machine, told);
                history.play();
            } catch (Throwable failure) {
                throw new AssertionError("-Dtidemark.seed=" + seed + " -Dtidemark.histories=1: " + told, failure);
            }
        }
    }

    /** Disabled and enabled between two looks around a write: what the look cannot see, the comparison must. */
    @Test
    @Timeout(300)
    void a_write_while_the_bitmap_was_off_between_two_looks_turns_the_comparison_red() {
        try (Machine machine = new Machine(2)) {
            Client client = Client.of(site, machine);
            client.backUp();
            String newest = machine.recording("d0").getFirst();
            // With nobody there who could look: after a backup somebody still does.
            site.stop();
            machine.bitmapVerb("block-dirty-bitmap-disable", "d0", newest);
            machine.writeGranule("d0", 5);
            machine.bitmapVerb("block-dirty-bitmap-enable", "d0", newest);
            site.start();
            Made missed = client.backUp();
            assertThat(missed.kind("d0")).isEqualTo("INCREMENTAL");
            assertThat(client.differing(missed, Map.of("backup", missed.id()))).containsExactly("d0");
        }
    }

    /** One history as it is played. */
    private final class History {
        private final Random random;
        private final Client client;
        private final Machine machine;
        private final List<String> told;
        private final List<String> checkpoints = new ArrayList<>();

        History(Random random, Client client, Machine machine, List<String> told) {
            this.random = random;
            this.client = client;
            this.machine = machine;
            this.told = told;
        }

        void play() {
            for (int step = 0; step < STEPS; step++) {
                step(random.nextInt(20));
            }
            writes();
            backUp(Map.of());
            client.assertEveryBackupRestoresIdentically();
            client.assertClean(site.repository("default"));
        }

        private void step(int dice) {
            if (dice < 4) {
                writes();
            } else if (dice < 7) {
                checkpoint();
            } else if (dice < 10) {
                delete();
            } else if (dice < 13) {
                backUp(Map.of("checkpoint", name()));
            } else if (dice < 14) {
                backUp(Map.of("kind", "FULL"));
            } else if (dice < 16) {
                since();
            } else if (dice < 17) {
                told.add("coordinator restart");
                site.restart();
            } else if (dice < 19) {
                told.add("clean restart");
                machine.daemon().terminate();
                comesBack();
            } else {
                told.add("SIGKILL");
                machine.daemon().kill();
                comesBack();
            }
            writes();
        }

        private void comesBack() {
            machine.daemon().startAgain();
            writes();
            if (random.nextBoolean()) {
                client.reconcile();
            } else {
                client.awaitSeen("UP");
            }
        }

        private void writes() {
            for (int count = random.nextInt(3); count >= 0; count--) {
                String disk = machine.disks().get(random.nextInt(2));
                long length = 4096L * (1 + random.nextInt(random.nextBoolean() ? 256 : 16));
                long offset = 512L * random.nextInt((int) ((Machine.DISK_BYTES - length) / 512) + 1);
                told.add("write " + disk + " " + offset + "+" + length);
                machine.write(disk, offset, length);
            }
        }

        private String name() {
            String name = "c" + checkpoints.size();
            checkpoints.add(name);
            return name;
        }

        private void checkpoint() {
            String name = name();
            told.add("checkpoint " + name);
            client.checkpoint(name);
        }

        private void delete() {
            String name = any();
            told.add("delete " + name);
            Api.Answer answer = site.api().send("DELETE", client.path("/checkpoints/" + name), null);
            if (answer.status() == 404) {
                return;
            }
            site.api().done(Api.accepted(answer));
        }

        private void backUp(Map<String, ?> more) {
            told.add("backup " + more + " as " + client.backUp(more).backup().path("disks"));
        }

        private void since() {
            String name = any();
            Map<String, byte[]> truth = machine.contents();
            Api.Answer answer = site.api().post(client.path("/backups"), Map.of("repo", "default", "since", name));
            told.add("backup since " + name + " " + answer.status());
            if (answer.status() == 404) {
                return;
            }
            if (answer.status() == 409) {
                assertThat(answer.text("code")).isEqualTo("FULL_REQUIRED");
                return;
            }
            Made made = client.completedOrFullRequired(Api.accepted(answer), truth);
            told.add(made == null ? "needs a full" : made.id());
        }

        private String any() {
            return checkpoints.isEmpty() ? "none" : checkpoints.get(random.nextInt(checkpoints.size()));
        }
    }
}
