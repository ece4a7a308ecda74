package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A Linux that runs and writes, frozen by the real qemu-ga: what is restored is a file system that was at rest. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class RealGuestAgentIT {
    private final RealGuest guest = new RealGuest();
    private final Site site;
    private final Client client;

    RealGuestAgentIT(Site site) {
        this.site = site;
        client = new Client(site.api(), guest, site.fresh("restores"));
        site.api()
                .done(site.api()
                        .start(
                                "/v1/vms",
                                Map.of(
                                        "name",
                                        client.vm(),
                                        "qmp",
                                        guest.socket().toString(),
                                        "qga",
                                        guest.agent().toString())));
    }

    @AfterEach
    void close() {
        try (guest) {
            client.assertClean(site.repository("default"));
        }
    }

    /** One restored moment, as the programs of ext4 see it. */
    private record Restored(String features, List<String> lines, Path image) {
        boolean needsItsJournal() {
            return features.contains("needs_recovery");
        }
    }

    @Test
    void a_chain_of_a_guest_frozen_by_its_agent_needs_no_journal_and_one_of_a_guest_that_was_not_does() {
        List<Client.Made> chain = new ArrayList<>();
        List<Long> known = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            // given lines that the guest knows to be on its disk, and more on their way
            known.add(guest.synced());
            // when
            Client.Made made = client.completed(client.startBackup(Map.of("quiesce", true)), Map.of());
            assertThat(made.backup().path("consistency").asString("")).isEqualTo("FILESYSTEM");
            chain.add(made);
            // then the guest goes on
            guest.awaitLine(guest.synced() + 1000);
        }
        Client.Made plain = client.completed(client.startBackup(Map.of()), Map.of());
        assertThat(plain.backup().path("consistency").asString("")).isEqualTo("CRASH");
        assertThat(chain.stream().map(made -> made.kind(RealGuest.DISK).split(" ", 2)[0]))
                .containsExactly("FULL", "INCREMENTAL", "INCREMENTAL");

        long before = 0;
        for (int round = 0; round < chain.size(); round++) {
            Restored moment = restored(chain.get(round));
            assertThat(moment.needsItsJournal()).as(moment.features()).isFalse();
            // Ends with an error if anything at all had to be mended.
            RequiredProgram.E2FSCK.run("-f", "-n", moment.image().toString());
            assertThat(moment.lines())
                    .isEqualTo(counted(moment.lines().size()))
                    .hasSizeGreaterThanOrEqualTo(Math.toIntExact(known.get(round)))
                    .hasSizeGreaterThan(Math.toIntExact(before));
            before = moment.lines().size();
        }
        // The judge can tell: a guest that nobody froze has a file system in use.
        assertThat(restored(plain).needsItsJournal()).isTrue();
    }

    private static List<String> counted(int lines) {
        List<String> counted = new ArrayList<>();
        for (int line = 1; line <= lines; line++) {
            counted.add("line " + line);
        }
        return counted;
    }

    private Restored restored(Client.Made made) {
        byte[] content = client.restore(Map.of("backup", made.id())).get(RealGuest.DISK);
        Path image = site.fresh("image");
        try {
            Files.write(image, content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        String features = RequiredProgram.DEBUGFS.run("-R", "features", image.toString());
        assertThat(features).contains("has_journal");
        List<String> lines = RequiredProgram.DEBUGFS
                .run("-R", "cat /log", image.toString())
                .lines()
                .filter(line -> !line.startsWith("debugfs "))
                .toList();
        return new Restored(features, lines, image);
    }
}
