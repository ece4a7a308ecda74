package dev.tidemark.coordinator.drill.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** At a quiet moment: the machine converges, and nothing is left in QEMU or in the repository. */
final class Cleanliness {
    private static final double CONVERGE_SECONDS_MAX = 60;
    private static final double CLEAN_SECONDS_MAX = 20;

    private final Scene scene;
    private final QemuUnderTest qemu;

    Cleanliness(Scene scene, QemuUnderTest qemu) {
        this.scene = scene;
        this.qemu = qemu;
    }

    void check(Client client) throws Wire.Silent, Refused, InterruptedException, IOException {
        boolean waited = false;
        while (!client.isConverged()) {
            waited = true;
            if (scene.calm().secondsOfQuiet() > CONVERGE_SECONDS_MAX) {
                stuck(client);
                return;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        double seconds = scene.calm().secondsOfQuiet();
        if (waited || seconds <= CONVERGE_SECONDS_MAX) {
            scene.tally().took("converged", seconds);
        } else {
            // This machine's thread was still comparing what was restored: how long it took nobody saw, and it is
            // converged.
            scene.tally().count("converged before somebody asked");
        }
        if (waited && seconds > CONVERGE_SECONDS_MAX) {
            stuck(client);
        }
        if (scene.options().sabotage() == SoakOptions.Sabotage.NODE_LEFT_BEHIND) {
            leaveNodeBehind();
        }
        long begin = System.nanoTime();
        List<String> left = left(client);
        while (!left.isEmpty() && (System.nanoTime() - begin) / 1e9 < CLEAN_SECONDS_MAX) {
            TimeUnit.MILLISECONDS.sleep(500);
            left = left(client);
        }
        scene.tally().count("machines looked over");
        if (!left.isEmpty()) {
            scene.findings().add(Findings.Kind.LEAK, client.vm(), String.join("; ", left), directory -> {
                Findings.json(directory.resolve("events.json"), client.events());
                Findings.json(directory.resolve("chain.json"), client.chain());
            });
        }
    }

    private void stuck(Client client) {
        scene.findings()
                .add(
                        Findings.Kind.STUCK,
                        client.vm(),
                        "not converged after " + CONVERGE_SECONDS_MAX + " s without faults",
                        directory -> {
                            Findings.json(directory.resolve("events.json"), client.events());
                            Findings.json(directory.resolve("chain.json"), client.chain());
                        });
    }

    private List<String> left(Client client) throws Wire.Silent, Refused, InterruptedException, IOException {
        List<String> left = new ArrayList<>();
        try {
            left.addAll(qemu.leftovers());
            Predicate<String> quarantined = client.quarantine();
            for (JsonNode disk : client.chain().path("disks")) {
                Set<String> expected = new TreeSet<>();
                for (JsonNode bitmap : disk.path("bitmaps")) {
                    expected.add(bitmap.path("name").asString("") + " "
                            + bitmap.path("recording").asBoolean(false));
                }
                Set<String> held = qemu.bitmaps(disk.path("disk").asString(""));
                held.removeIf(bitmap -> quarantined.test(bitmap.substring(0, bitmap.indexOf(' '))));
                if (!held.equals(expected)) {
                    left.add(disk.path("disk").asString("") + " holds " + held + ", the log says " + expected);
                }
            }
        } catch (GuestGone died) {
            left.add("QEMU is gone although nobody killed it: " + died.getMessage());
        }
        Path own = scene.repository().resolve(client.vmId());
        if (Files.exists(own)) {
            try (Stream<Path> entries = Files.list(own)) {
                entries.filter(entry -> entry.toString().endsWith(".partial")
                                || entry.toString().endsWith(".trial"))
                        .forEach(entry -> left.add("unfinished " + entry.getFileName()));
            }
        }
        return left;
    }

    private void leaveNodeBehind() {
        try {
            qemu.execute("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"null-co\",\"read-zeroes\":true,"
                    + "\"size\":1048576,\"node-name\":\"tm-left-behind\"}}");
        } catch (GuestGone alreadyThere) {
            // From the calm before this one.
            return;
        }
    }
}
