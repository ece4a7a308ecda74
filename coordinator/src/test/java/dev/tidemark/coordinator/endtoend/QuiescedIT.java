package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.FakeGuest;
import dev.tidemark.gateway.testkit.FakeGuest.Manner;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What a user gets who asks for a frozen guest, from the wish to the manifest. The guest is a fake behind a real socket. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class QuiescedIT {
    private static final Map<String, Object> QUIESCE = Map.of("quiesce", true);

    private final Machine machine = new Machine(2);
    private final FakeGuest guest = FakeGuest.on(machine.file("ga"));
    private final Site site;
    private final Client client;

    QuiescedIT(Site site) {
        this.site = site;
        client = new Client(site.api(), machine, site.fresh("restores"));
        site.api()
                .done(site.api()
                        .start(
                                "/v1/vms",
                                Map.of(
                                        "name",
                                        client.vm(),
                                        "qmp",
                                        machine.socket().toString(),
                                        "qga",
                                        machine.file("ga").toString())));
    }

    @AfterEach
    void close() {
        try (machine;
                guest) {
            guest.behaves(Manner.PROPER);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !guest.isFrozen());
            client.assertClean(site.repository("default"));
        }
    }

    @Test
    void a_checkpoint_and_a_chain_of_backups_say_that_the_guest_was_frozen() throws IOException {
        JsonNode checkpoint = checkpoint("frozen");
        assertThat(checkpoint.path("consistency").asString("")).isEqualTo("FILESYSTEM");
        assertThat(checkpoint.path("crashCause").isNull()).isTrue();
        for (int round = 0; round < 3; round++) {
            machine.writeGranule("d0", round);
            Client.Made made = client.backUp(QUIESCE);
            assertThat(made.backup().path("consistency").asString("")).isEqualTo("FILESYSTEM");
            assertThat(manifest(made)).contains("\"moment\"", "\"FILESYSTEM\"");
            String own = made.backup().path("checkpoint").asString("");
            assertThat(site.api()
                            .get(client.path("/checkpoints/" + own))
                            .path("consistency")
                            .asString(""))
                    .isEqualTo("FILESYSTEM");
        }
        assertThat(guest.freezes()).isEqualTo(4);
        assertThat(client.events("guest-freeze-begun")).hasSize(4);
        assertThat(client.events("guest-thawed")).hasSize(4);
        Client.Made plain = client.backUp();
        assertThat(plain.backup().path("consistency").asString("")).isEqualTo("CRASH");
        assertThat(guest.freezes()).isEqualTo(4);
        client.assertEveryBackupRestoresIdentically();
    }

    @Test
    void an_early_thaw_is_shown_with_its_cause_and_the_data_is_right_all_the_same() throws IOException {
        guest.behaves(Manner.THAWS_EARLY);
        JsonNode checkpoint = checkpoint("early");
        assertThat(checkpoint.path("consistency").asString("")).isEqualTo("CRASH");
        assertThat(checkpoint.path("crashCause").asString("")).contains("the guest thawed before");
        machine.writeGranule("d1", 1);
        Client.Made made = client.backUp(QUIESCE);
        assertThat(made.backup().path("consistency").asString("")).isEqualTo("CRASH");
        assertThat(made.backup().path("crashCause").asString("")).contains("the guest thawed before");
        assertThat(manifest(made)).contains("\"CRASH\"", "the guest thawed before");
        client.assertEveryBackupRestoresIdentically();
    }

    @Test
    void without_its_agent_nothing_is_taken_and_the_next_one_is_not_hindered() {
        guest.behaves(Manner.REFUSES_TO_FREEZE);
        site.api().failed(site.api().start(client.path("/checkpoints"), body("no")), "QUIESCE_FAILED");
        site.api().failed(client.startBackup(QUIESCE), "QUIESCE_FAILED");
        assertThat(site.api().get(client.path("/checkpoints")).path("checkpoints"))
                .isEmpty();
        assertThat(machine.bitmaps("d0")).isEmpty();
        guest.behaves(Manner.PROPER);
        assertThat(checkpoint("yes").path("consistency").asString("")).isEqualTo("FILESYSTEM");
    }

    @Test
    void a_machine_without_an_agent_s_socket_is_told_so_at_once() {
        try (Machine mute = new Machine(1)) {
            Client other = Client.of(site, mute);
            Api.Answer refused = site.api().post(other.path("/checkpoints"), body("no"));
            assertThat(refused.text("code")).isEqualTo("NO_GUEST_AGENT");
            assertThat(refused.text("remedy")).contains("--qga");
            assertThat(site.api()
                            .post(other.path("/backups"), Map.of("repo", "default", "quiesce", true))
                            .text("code"))
                    .isEqualTo("NO_GUEST_AGENT");
            assertThat(other.events("checkpoint-requested")).isEmpty();
        }
    }

    @Test
    void a_guest_that_could_not_be_thawed_is_told_and_thawed_as_soon_as_that_can_be() {
        guest.behaves(Manner.DIES_FROZEN);
        JsonNode checkpoint = checkpoint("dying");
        assertThat(checkpoint.path("crashCause").asString("")).contains("nobody saw the guest thaw");
        assertThat(guest.isFrozen()).isTrue();
        site.restart();
        assertThat(guest.isFrozen()).isTrue();
        guest.behaves(Manner.PROPER);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !client.events("guest-thawed").isEmpty());
        assertThat(guest.isFrozen()).isFalse();
    }

    private JsonNode checkpoint(String name) {
        site.api().done(site.api().start(client.path("/checkpoints"), body(name)));
        return site.api().get(client.path("/checkpoints/" + name));
    }

    private static Map<String, Object> body(String name) {
        Map<String, Object> body = new LinkedHashMap<>(QUIESCE);
        body.put("name", name);
        return body;
    }

    private String manifest(Client.Made made) throws IOException {
        List<String> files = List.of(made.disk("d0").path("file").asString("").split("/"));
        return Files.readString(site.repository("default")
                .resolve(String.join("/", files.subList(0, files.size() - 1)))
                .resolve("manifest.json"));
    }
}
