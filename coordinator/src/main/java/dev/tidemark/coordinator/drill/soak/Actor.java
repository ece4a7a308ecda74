package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Guest, scheduler and judge of one machine, in one thread: so its content and what was asked for are known at each moment.
 * It takes its machine out of protection from time to time and brings it back under a new name, which also keeps the repository
 * small.
 */
final class Actor implements Runnable {
    private static final int BACKUPS_IN_ONE_LIFE_MAX = 25;
    private static final int UNJUDGED_MAX = 6;
    private static final int CHECKPOINTS_MAX = 8;
    private static final int RESTORE_ATTEMPTS_MAX = 6;
    private static final int DELETION_ROUNDS_MAX = 4;

    private final Scene scene;
    private final QemuUnderTest qemu;
    private final String host;
    private final Random random;
    private final Guest guest;
    private final BackupTaking taking;
    private final Judge judge;
    private final Cleanliness cleanliness;
    private final Thinning thinning;
    private final List<Made> unjudged = new ArrayList<>();
    private final Map<String, Made> completed = new LinkedHashMap<>();
    private Client client;
    private int lives;
    private int taken;
    private boolean registered;
    private volatile String doing = "nothing yet";
    private volatile boolean finished;

    Actor(Scene scene, QemuUnderTest qemu, String host, Random random) {
        this.scene = scene;
        this.qemu = qemu;
        this.host = host;
        this.random = random;
        this.guest = new Guest(qemu, random, 2 + random.nextInt(12));
        this.taking = new BackupTaking(scene, qemu, guest, random);
        this.judge = new Judge(scene, qemu);
        this.cleanliness = new Cleanliness(scene, qemu);
        this.thinning = new Thinning(scene, random);
        this.client = nextLife();
    }

    String doing() {
        return client.vm() + ": " + doing;
    }

    boolean hasFinished() {
        return finished;
    }

    int unjudged() {
        return unjudged.size();
    }

    @Override
    public void run() {
        try {
            while (!finished) {
                if (!registered) {
                    attempt("register", this::register);
                } else if (scene.calm().isWanted()) {
                    attempt("calm", this::beCalm);
                } else {
                    attempt("step", this::step);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Act {
        void act() throws Exception;
    }

    /** One thing; what breaks it off is either a fault of ours, which passes, or a finding. */
    private void attempt(String what, Act act) throws InterruptedException {
        doing = what;
        try {
            act.act();
        } catch (InterruptedException stopped) {
            throw stopped;
        } catch (GuestGone dead) {
            scene.tally().count("guest gone");
            if (!qemu.awaitUp()) {
                stuck(Findings.Kind.HARNESS, what + ": " + qemu.name() + " does not come back");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (Refused refused) {
            scene.tally().count("refused " + refused.code());
            if (refused.code().equals("VM_NOT_FOUND") && registered) {
                stuck(Findings.Kind.LOST, what + ": " + refused.getMessage());
                registered = false;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        } catch (Wire.Silent silent) {
            stuck(Findings.Kind.STUCK, what + ": " + silent.getMessage());
        } catch (Client.Broken broken) {
            stuck(broken.kind(), what + ": " + broken.getMessage());
        } catch (StageFailure | IOException failure) {
            stuck(Findings.Kind.HARNESS, what + ": " + failure);
            TimeUnit.SECONDS.sleep(5);
        } catch (Exception unexpected) {
            stuck(
                    Findings.Kind.HARNESS,
                    what + ": " + unexpected + " at " + unexpected.getStackTrace()[0]);
            TimeUnit.SECONDS.sleep(5);
        }
    }

    private void stuck(Findings.Kind kind, String detail) {
        // The last calm is not tried again: what did not work without faults is what we looked for.
        finished |= scene.calm().isWanted() && scene.calm().isLast();
        scene.findings().add(kind, client.vm(), detail, directory -> {
            Findings.json(directory.resolve("events.json"), client.events());
            Findings.json(directory.resolve("chain.json"), client.chain());
        });
    }

    private void register() throws Exception {
        completed.clear();
        taken = 0;
        unjudged.clear();
        client = nextLife();
        client.register(qemu, host);
        registered = true;
    }

    private void step() throws Exception {
        long pause = scene.options().pace().toMillis();
        pauseWriting(pause / 2 + random.nextLong(pause + 1));
        if (taken >= BACKUPS_IN_ONE_LIFE_MAX) {
            doing = "retire";
            retire();
            return;
        }
        if (unjudged.size() > UNJUDGED_MAX) {
            judgeOne();
            return;
        }
        int dice = random.nextInt(100);
        if (dice < 45) {
            doing = "backup";
            backUp(taking.wish(random.nextInt(4) == 0 ? client.checkpoints() : List.of()));
        } else if (dice < 65) {
            doing = "judge";
            judgeOne();
        } else if (dice < 80) {
            doing = "checkpoint";
            writingUntilEnded(client.start("checkpoints", Map.of("name", "c" + Long.toString(System.nanoTime(), 36))));
        } else if (dice < 88) {
            doing = "delete";
            deleteOne();
        } else if (dice < 95) {
            doing = "thin out";
            thinning.once(client, completed, unjudged);
        } else if (dice < 98) {
            doing = "verify";
            verifyOne();
        } else {
            doing = "writes";
            guest.burst();
        }
    }

    /** The guest goes on while its scheduler thinks. */
    private void pauseWriting(long milliseconds) throws GuestGone, InterruptedException {
        doing = "write";
        long end = System.currentTimeMillis() + milliseconds;
        long part = Math.max(100, milliseconds / 4);
        while (System.currentTimeMillis() < end && !scene.calm().isWanted()) {
            guest.burst();
            TimeUnit.MILLISECONDS.sleep(part);
        }
    }

    private void backUp(Map<String, Object> wish) throws Exception {
        Optional<Made> made = taking.take(client, wish);
        if (made.isPresent()) {
            taken++;
            completed.put(made.get().id(), made.get());
            unjudged.add(made.get());
            if (random.nextBoolean()) {
                judgeOne();
            }
        }
    }

    /** Any of those that wait: also one in the middle of a chain that has grown since. */
    private void judgeOne() throws Exception {
        if (unjudged.isEmpty()) {
            return;
        }
        judge(unjudged.get(random.nextInt(unjudged.size())), random.nextInt(3) > 0);
    }

    private void judge(Made made, boolean byCoordinator) throws Exception {
        for (int attempt = 1; attempt <= RESTORE_ATTEMPTS_MAX; attempt++) {
            if (judge.judged(client, made, byCoordinator)) {
                unjudged.remove(made);
                return;
            }
        }
        unjudged.remove(made);
        throw new Client.Broken(
                Findings.Kind.STUCK, "backup " + made.id() + " was not restored in " + RESTORE_ATTEMPTS_MAX + " tries");
    }

    private void writingUntilEnded(JsonNode operation) throws Exception {
        long begin = System.nanoTime();
        while (true) {
            JsonNode now = client.look(operation, 0);
            if (Client.hasEnded(now)) {
                client.concluded(now, begin);
                return;
            }
            client.patience(now, begin);
            try {
                guest.burst();
            } catch (GuestGone dead) {
                scene.tally().count("guest gone");
                qemu.awaitUp();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private void deleteOne() throws Exception {
        List<String> checkpoints = client.checkpoints();
        if (checkpoints.isEmpty()) {
            return;
        }
        do {
            String chosen = checkpoints.remove(random.nextInt(checkpoints.size()));
            writingUntilEnded(client.deleteCheckpoint(chosen));
        } while (checkpoints.size() > CHECKPOINTS_MAX);
    }

    private void verifyOne() throws Exception {
        if (completed.isEmpty()) {
            return;
        }
        String backup = List.copyOf(completed.keySet()).get(random.nextInt(completed.size()));
        JsonNode ended = client.ended(client.verify(backup));
        boolean damaged = client.backup(backup).path("damaged").asBoolean(false);
        if (damaged || ended.path("code").asString("").equals("BACKUP_DAMAGED")) {
            stuck(Findings.Kind.WRONG, "backup " + backup + " is damaged: " + ended);
        }
    }

    private void judgeAll() throws Exception {
        while (!unjudged.isEmpty()) {
            judge(unjudged.getFirst(), random.nextBoolean());
        }
        Set<String> listed = new HashSet<>(client.completedBackups());
        if (!listed.equals(completed.keySet())) {
            stuck(
                    Findings.Kind.LOST,
                    "completed backups are listed as " + listed + ", acknowledged were " + completed.keySet());
        }
    }

    private void retire() throws Exception {
        judgeAll();
        for (int round = 0; round < DELETION_ROUNDS_MAX && !client.checkpoints().isEmpty(); round++) {
            for (String checkpoint : client.checkpoints()) {
                client.ended(client.deleteCheckpoint(checkpoint));
            }
        }
        boolean stubborn = !client.checkpoints().isEmpty();
        if (!client.remove(stubborn)) {
            return;
        }
        registered = false;
        Stage.delete(scene.repository().resolve(client.vmId()));
        scene.tally().count(stubborn ? "machines let go with bitmaps" : "machines let go");
        register();
    }

    private Client nextLife() {
        lives++;
        return new Client(scene.wire(), scene.tally(), qemu.name() + "-" + lives);
    }

    private void beCalm() throws Exception {
        cleanliness.check(client);
        if (!scene.calm().isLast()) {
            scene.calm().attend();
            return;
        }
        doing = "last backup";
        Optional<Made> last = taking.take(client, Map.of("repo", "default"));
        if (last.isEmpty()) {
            throw new Client.Broken(Findings.Kind.STUCK, "the automatic backup after the last fault failed");
        }
        completed.put(last.get().id(), last.get());
        judge.judged(client, last.get(), false);
        unjudged.add(last.get());
        doing = "last restores";
        judgeAll();
        cleanliness.check(client);
        scene.tally().count("machines finished");
        finished = true;
    }
}
