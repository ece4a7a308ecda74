package dev.tidemark.coordinator.drill.soak;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Takes a backup whose moment is known exactly: the guest holds still from before its disks are read until the backup's job
 * is seen in QEMU, through our own monitor; then it writes on, under the running copy. If QEMU dies in between, the guest holds
 * still until the end, and what is then in the image counts as a second possible moment.
 */
final class BackupTaking {
    private static final long JOB_LOOK_MILLISECONDS = 40;
    private static final long BURST_PAUSE_MILLISECONDS = 150;
    private static final int FULL_AFTER_INCREMENTALS = 10;
    private static final long MEBIBYTE = 1024 * 1024;

    private final Scene scene;
    private final QemuUnderTest qemu;
    private final Guest guest;
    private final Random random;
    private int sinceFull;
    private @Nullable Map<String, Content> lastSeen;

    BackupTaking(Scene scene, QemuUnderTest qemu, Guest guest, Random random) {
        this.scene = scene;
        this.qemu = qemu;
        this.guest = guest;
        this.random = random;
    }

    /** A request as schedulers make them; most of them automatic. */
    Map<String, Object> wish(List<String> checkpoints) {
        Map<String, Object> body = new LinkedHashMap<>(Map.of("repo", "default"));
        int dice = random.nextInt(100);
        if (dice < 5 || sinceFull >= FULL_AFTER_INCREMENTALS) {
            body.put("kind", "FULL");
        } else if (dice < 15 && !checkpoints.isEmpty()) {
            body.put("kind", random.nextBoolean() ? "SINCE" : "DIFFERENTIAL");
            body.put("since", checkpoints.get(random.nextInt(checkpoints.size())));
        } else if (dice < 20 && qemu.disks().size() > 1) {
            body.put(
                    "disks",
                    List.of(qemu.disks().get(random.nextInt(qemu.disks().size()))));
        } else if (dice < 25) {
            body.put("noCheckpoint", true);
        } else if (dice < 29) {
            body.put("kind", "COPY");
        } else if (dice < 33) {
            body.put("compress", true);
        }
        if (random.nextInt(100) < 60) {
            body.put("bytesPerSecondMax", (2 + random.nextInt(14)) * MEBIBYTE);
        }
        return body;
    }

    /** Empty if it failed, or was refused. */
    Optional<Made> take(Client client, Map<String, Object> wish)
            throws GuestGone, Refused, Wire.Silent, Client.Broken, InterruptedException {
        int life = qemu.life();
        Map<String, Content> now = qemu.contents();
        noteChanges(now);
        Reference reference = new Reference(now);
        if (scene.options().sabotage() == SoakOptions.Sabotage.WRITE_BEHIND_THE_BITMAP) {
            // Between this write and the moment nobody looks, so that only the comparison can tell.
            reference = new Reference(writtenBehindTheBitmap());
        }
        long begin = System.nanoTime();
        JsonNode operation = client.start("backups", wish);
        JsonNode ended = heldStill(client, operation, reference, life, begin);
        if (!Client.isDone(ended)) {
            scene.tally().count("backup failed " + ended.path("code").asString(""));
            return Optional.empty();
        }
        JsonNode backup = client.backup(ended.path("target").asString(""));
        if (!backup.path("state").asString("").equals("COMPLETED")) {
            throw new Client.Broken(Findings.Kind.STUCK, "the operation is DONE, its backup is not: " + backup);
        }
        count(backup);
        scene.tally().count("backups asked as " + wish.getOrDefault("kind", "AUTO"));
        return Optional.of(new Made(backup.path("id").asString(""), backup, reference));
    }

    private JsonNode heldStill(Client client, JsonNode operation, Reference reference, int lifeAtFirst, long begin)
            throws Client.Broken, Wire.Silent, InterruptedException {
        String id = operation.path("id").asString("");
        int life = lifeAtFirst;
        boolean writing = false;
        long nextLook = 0;
        while (true) {
            try {
                if (qemu.life() != life || !qemu.isUp()) {
                    // Whatever was seen of the moment belongs to a QEMU that is gone.
                    writing = false;
                    qemu.awaitUp();
                    int newLife = qemu.life();
                    boolean other = reference.alsoAt(qemu.contents());
                    life = newLife;
                    scene.tally().count(other ? "backups with two moments" : "backups across a death of QEMU");
                } else if (life == lifeAtFirst && !writing) {
                    writing = qemu.hasJobOf(id);
                    scene.tally().add("backups written under", writing ? 1 : 0);
                } else if (writing) {
                    guest.burst();
                }
            } catch (GuestGone dead) {
                scene.tally().count("guest gone under a backup");
            }
            if (System.nanoTime() > nextLook) {
                JsonNode now = client.look(operation, 0);
                if (Client.hasEnded(now)) {
                    return client.concluded(now, begin);
                }
                client.patience(now, begin);
                nextLook = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(400);
            }
            TimeUnit.MILLISECONDS.sleep(writing ? BURST_PAUSE_MILLISECONDS : JOB_LOOK_MILLISECONDS);
        }
    }

    private void count(JsonNode backup) {
        boolean full = true;
        for (JsonNode disk : backup.path("disks")) {
            boolean incremental = disk.path("kind").asString("").equals("INCREMENTAL");
            full &= !incremental;
            scene.tally().count(incremental ? "disks incremental" : "disks full");
            scene.tally().add("bytes", disk.path("fileSize").asLong(0));
            String cause = disk.path("cause").asString("");
            if (!incremental && !cause.isEmpty()) {
                scene.tally().count("full because " + cause);
            }
        }
        sinceFull = full ? 0 : sinceFull + 1;
        scene.tally().count(full ? "backups full" : "backups incremental");
    }

    /** A comparison of unchanged disks would prove nothing. */
    private void noteChanges(Map<String, Content> now) {
        Map<String, Content> before = lastSeen;
        if (before != null) {
            now.forEach((disk, content) -> {
                Content earlier = before.get(disk);
                if (earlier != null) {
                    scene.tally()
                            .add("granules changed", earlier.differing(content).size());
                }
            });
        }
        lastSeen = now;
    }

    private Map<String, Content> writtenBehindTheBitmap() throws GuestGone {
        for (String disk : qemu.disks()) {
            for (String bitmap : qemu.bitmaps(disk)) {
                if (bitmap.endsWith(" true")) {
                    String arguments = ",\"arguments\":{\"node\":\"" + qemu.node(disk) + "\",\"name\":\""
                            + bitmap.substring(0, bitmap.indexOf(' ')) + "\"}}";
                    qemu.execute("{\"execute\":\"block-dirty-bitmap-disable\"" + arguments);
                    guest.burst();
                    qemu.execute("{\"execute\":\"block-dirty-bitmap-enable\"" + arguments);
                }
            }
        }
        return qemu.contents();
    }
}
