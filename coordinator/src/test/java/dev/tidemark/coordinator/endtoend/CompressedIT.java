package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.json.Json;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** QEMU compresses whole clusters, and disks are not made of whole clusters: what is restored is the same, byte for byte. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class CompressedIT {
    private static final Map<String, Object> COMPRESS = Map.of("compress", true);
    private static final long ODD_BYTES = Machine.DISK_BYTES + 3L * 512;

    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;

    CompressedIT(Site site) {
        this.site = site;
        machine.resize("d1", ODD_BYTES);
        client = Client.of(site, machine);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void a_chain_of_compressed_and_plain_backups_restores_identically_at_every_point() {
        for (int round = 0; round < 6; round++) {
            machine.write("d0", 70_000L + round * 300_000L, 200_000);
            machine.write("d1", ODD_BYTES - 512 * (round + 1L), 512);
            machine.write("d1", 1000L * round, 5000);
            Made made = client.backUp(round % 3 == 1 ? Map.of() : COMPRESS);
            assertThat(made.kind("d1")).isEqualTo(round == 0 ? "FULL NO_BACKUP_IN_REPOSITORY" : "INCREMENTAL");
            String compression = made.backup().path("compression").asString("");
            assertThat(compression).isEqualTo(round % 3 == 1 ? "" : "ZSTD");
            for (String disk : machine.disks()) {
                assertThat(compressedClusters(made, disk) > 0).isEqualTo(round % 3 != 1);
            }
        }
        then();
    }

    @Test
    void writes_while_it_runs_are_not_in_it() {
        machine.write("d0", 0, 2 << 20);
        machine.write("d1", 0, ODD_BYTES);
        for (int round = 0; round < 2; round++) {
            Map<String, byte[]> truth = machine.contents();
            JsonNode running =
                    client.startBackup(Map.of("compress", true, "kind", "FULL", "bytesPerSecondMax", 1 << 20));
            site.api().awaitState(running, "RUNNING");
            for (int write = 0; write < 20; write++) {
                machine.write("d0", 100_000L * write + 512 * 3, 3000);
                machine.write("d1", ODD_BYTES - 1000 - 512 * 400L * write / 2, 512);
            }
            client.completed(running, truth);
        }
        client.backUp(COMPRESS);
        then();
    }

    private long compressedClusters(Made made, String disk) {
        String file = site.repository("default")
                .resolve(made.disk(disk).path("file").asString(""))
                .toString();
        return Json.MAPPER
                .readTree(RequiredProgram.QEMU_IMG.run("check", "--output=json", file))
                .path("compressed-clusters")
                .asLong(0);
    }

    private void then() {
        for (Made made : client.made()) {
            site.api().done(site.api().start("/v1/backups/" + made.id() + "/verify", Map.of()));
            assertThat(site.api()
                            .get("/v1/backups/" + made.id())
                            .path("damaged")
                            .asBoolean(true))
                    .isFalse();
        }
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }
}
