package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.stage.StageFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Kills something at random, again and again, and brings it back a moment later, as a service manager would. */
final class Killer implements Runnable {
    private static final int DOWN_MILLISECONDS_MAX = 3000;
    private static final int START_ATTEMPTS_MAX = 3;
    private static final long SETTLE_MILLISECONDS = 15_000;

    private final Scene scene;
    private final List<Part> parts;
    private final Random random;
    private boolean spareLongLived;
    private boolean paused;
    private int databaseDeaths;
    private long servicesSoundAt;
    private final Set<String> down = new HashSet<>();

    Killer(Scene scene, List<Part> parts, Random random) {
        this.scene = scene;
        this.parts = List.copyOf(parts);
        this.random = random;
    }

    /** From now on coordinator and gateways live: how they grow is only seen if they are left to. */
    synchronized void spareLongLived() {
        spareLongLived = true;
    }

    /** When this returns, everything runs and nothing more is killed. */
    synchronized void pause() throws InterruptedException {
        paused = true;
        while (!down.isEmpty()) {
            wait();
        }
    }

    synchronized void resume() {
        paused = false;
    }

    @Override
    public void run() {
        long every = scene.options().killEvery().toMillis();
        long next = System.currentTimeMillis() + every;
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(Math.max(1, next - System.currentTimeMillis()));
                next += every;
                synchronized (this) {
                    if (!paused) {
                        strike();
                    }
                }
                // A slow restart is no reason for a volley afterwards.
                next = Math.max(
                        next, System.currentTimeMillis() + Duration.ofSeconds(1).toMillis());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void strike() {
        List<Part> victims = new ArrayList<>();
        victims.add(victim());
        if (random.nextInt(100) < 12) {
            Part second = victim();
            if (!second.name().equals(victims.getFirst().name())) {
                victims.add(second);
                scene.tally().count("two killed at once");
            }
        }
        boolean cleanly = victims.size() == 1 && random.nextInt(100) < 15;
        long downMilliseconds = random.nextInt(DOWN_MILLISECONDS_MAX);
        victims.sort(Comparator.comparing(Part::kind));
        for (Part victim : victims) {
            down.add(victim.name());
        }
        // A coordinator may take its time to come back; the next kill does not wait for it.
        Thread.ofPlatform()
                .name("death of " + victims.getFirst().name())
                .daemon()
                .start(() -> {
                    try {
                        victims.forEach(victim -> end(victim, cleanly));
                        TimeUnit.MILLISECONDS.sleep(downMilliseconds);
                        for (Part victim : victims) {
                            try {
                                bringBack(victim);
                            } finally {
                                isBack(victim);
                            }
                        }
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private synchronized void isBack(Part part) {
        down.remove(part.name());
        if (part.kind() != Part.Kind.QEMU) {
            servicesSoundAt = System.currentTimeMillis() + SETTLE_MILLISECONDS;
        }
        notifyAll();
    }

    /** The processes of which there are few come as often as the many machines together. */
    private Part victim() {
        int dice = random.nextInt(100);
        Part.Kind kind = Part.Kind.QEMU;
        if (dice < 15) {
            kind = Part.Kind.POSTGRESQL;
        } else if (dice < 35 && !spareLongLived) {
            kind = Part.Kind.COORDINATOR;
        } else if (dice < 55 && !spareLongLived) {
            kind = Part.Kind.GATEWAY;
        }
        List<Part> candidates = alive(kind);
        // Where a start takes longer than it is to the next kill, nothing would ever run: mostly a machine is hit then.
        boolean recovering = System.currentTimeMillis() < servicesSoundAt || isServiceDown();
        if (candidates.isEmpty() || (kind != Part.Kind.QEMU && recovering && random.nextInt(100) < 75)) {
            candidates = alive(Part.Kind.QEMU);
        }
        return candidates.get(random.nextInt(candidates.size()));
    }

    private boolean isServiceDown() {
        return parts.stream().anyMatch(part -> part.kind() != Part.Kind.QEMU && down.contains(part.name()));
    }

    private List<Part> alive(Part.Kind kind) {
        return parts.stream()
                .filter(part -> part.kind() == kind && !down.contains(part.name()))
                .toList();
    }

    private void end(Part victim, boolean cleanly) {
        boolean orderly = cleanly && victim.kind() != Part.Kind.POSTGRESQL;
        try {
            if (victim.kind() == Part.Kind.POSTGRESQL) {
                databaseDies();
            }
            victim.end(orderly);
            scene.tally()
                    .count((orderly ? "quit " : "killed ")
                            + victim.kind().name().toLowerCase(Locale.ROOT));
        } catch (IOException | RuntimeException failure) {
            scene.findings().add(Findings.Kind.HARNESS, victim.name(), "cannot be ended: " + failure, none -> {});
        }
    }

    private synchronized void databaseDies() {
        databaseDeaths++;
    }

    private synchronized boolean isDatabaseSound(int deathsBefore) {
        return databaseDeaths == deathsBefore && !down.contains("postgresql");
    }

    private synchronized int databaseDeaths() {
        return databaseDeaths;
    }

    private void bringBack(Part part) throws InterruptedException {
        long begin = System.nanoTime();
        int failures = 0;
        while (failures < START_ATTEMPTS_MAX) {
            int deaths = databaseDeaths();
            try {
                part.start();
                scene.tally()
                        .took(
                                "start of " + part.kind().name().toLowerCase(Locale.ROOT),
                                (System.nanoTime() - begin) / 1e9);
                return;
            } catch (IOException | RuntimeException failure) {
                if (part.kind() == Part.Kind.COORDINATOR && !isDatabaseSound(deaths)) {
                    // Without its database it ends; a service manager starts it again.
                    scene.tally().count("starts without a database");
                } else if (part.kind() == Part.Kind.GATEWAY && failure instanceof Failure) {
                    // Where the coordinator listens is not known before that is back itself.
                    scene.tally().count("starts without a coordinator");
                } else {
                    failures++;
                    notStarted(part, failures, failure);
                }
                clear(part);
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    /** What hangs in its start must not be in the way of the next try. */
    private static void clear(Part part) {
        try {
            part.end(false);
        } catch (IOException | StageFailure alreadyGone) {
            // Then there is nothing in the way.
            return;
        }
    }

    private void notStarted(Part part, int attempt, Exception failure) {
        scene.findings()
                .add(
                        Findings.Kind.STUCK,
                        part.name(),
                        "start " + attempt + " of " + START_ATTEMPTS_MAX + " failed: " + failure,
                        none -> {});
    }

    /** Whoever is dead while we hold no knife has died by itself. */
    synchronized void lookForDead() throws InterruptedException {
        for (Part part : parts) {
            if (!down.contains(part.name()) && !part.isAlive()) {
                scene.findings().add(Findings.Kind.DIED, part.name(), "ended although nobody killed it", none -> {});
                bringBack(part);
            }
        }
    }
}
