package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.ledger.postgres.ServerAddress;
import dev.tidemark.coordinator.stage.GatewayProcess;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Twenty storage daemons and three virtual machines under guest-like writes, two gateways, a coordinator and a PostgreSQL; one of
 * them killed every ten seconds; every completed backup restored and compared; heap, file descriptors and threads watched. In its
 * last third coordinator and gateways are spared, so that what grows can be seen to grow.
 */
public final class Soak {
    private static final long LINE_MILLISECONDS = 30_000;
    private static final long LOOK_MILLISECONDS = 2_000;
    private static final long CALM_MILLISECONDS_MAX = 300_000;
    private static final long FINISH_MILLISECONDS_MAX = 900_000;
    private static final long FREE_BYTES_MIN = 3L << 30;
    private static final List<String> HOSTS = List.of("alpha", "beta");

    private final SoakOptions options;
    private final PrintWriter err;
    private final Tally tally = new Tally();
    private final Findings findings;
    private final LeakWatch leaks = new LeakWatch();
    private final Calm calm = new Calm();
    private final List<Part> longLived = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private long begin = System.nanoTime();

    private Soak(SoakOptions options, PrintWriter err) {
        this.options = options;
        this.err = err;
        this.findings = new Findings(err);
    }

    /** Gives the exit code: 0 if nothing was found, else 1. */
    public static int run(SoakOptions options, PrintWriter out, PrintWriter err) {
        Soak soak = new Soak(options, err);
        Thread stopped = new Thread(soak.findings::close, "stop the soak");
        Runtime.getRuntime().addShutdownHook(stopped);
        soak.play();
        Runtime.getRuntime().removeShutdownHook(stopped);
        new Report(options, soak.tally, soak.findings, soak.leaks, soak.seconds()).print(out);
        return soak.findings.all().isEmpty() ? 0 : 1;
    }

    private void play() {
        err.println("soak: seed " + options.seed() + ", " + options.length().toMinutes() + " minutes");
        try (Stage stage = Stage.open("tm-soak", false)) {
            try {
                Killer killer = open(stage);
                soak(stage, killer);
                finish(killer);
                judgeGrowth();
                judgeItself();
            } finally {
                threads.forEach(Thread::interrupt);
                keepLogs(stage);
            }
        } catch (IOException | StageFailure failure) {
            findings.add(Findings.Kind.HARNESS, "soak", "could not go on: " + failure, none -> {});
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            findings.add(Findings.Kind.HARNESS, "soak", "was stopped", none -> {});
        }
    }

    private Killer open(Stage stage) throws IOException {
        Random random = new Random(options.seed());
        stage.database().start();
        ServerAddress database = stage.database().address();
        Service service = stage.service();
        service.serveWith(List.of(
                "--no-gateway",
                "--database-url",
                database.url(),
                "--database-password-file",
                database.ownerPasswordFile().orElseThrow().toString()));
        List<Part> parts = new ArrayList<>();
        parts.add(Part.database(stage));
        longLived.add(Part.coordinator(stage));
        longLived.getFirst().start();
        for (String host : HOSTS) {
            GatewayProcess gateway = stage.gateway(host);
            gateway.start();
            longLived.add(Part.gateway(gateway));
        }
        parts.addAll(longLived);
        Scene scene = new Scene(
                options,
                stage.directory(),
                service.home().resolve("repositories").resolve("default"),
                stage.programs(),
                new Wire(service.home(), tally),
                tally,
                findings,
                calm);
        for (int index = 0; index < options.daemons() + options.virtualMachines(); index++) {
            QemuUnderTest qemu = index < options.daemons()
                    ? QemuUnderTest.daemon(
                            stage.directory(),
                            "d" + index,
                            stage.programs(),
                            1 + index % 2,
                            (8L + index % 4 * 4L) << 20)
                    : QemuUnderTest.virtualMachine(stage.directory(), "v" + index, stage.programs(), 24, 12);
            qemu.start();
            parts.add(Part.qemu(qemu));
            actors.add(new Actor(scene, qemu, HOSTS.get(index % HOSTS.size()), new Random(random.nextLong())));
        }
        for (Actor actor : actors) {
            started("actor " + actor.doing(), actor);
        }
        Killer killer = new Killer(scene, parts, new Random(random.nextLong()));
        started("killer", killer);
        err.println(line("opened in " + stage.directory()));
        // Minutes are counted from the moment at which everything runs.
        begin = System.nanoTime();
        return killer;
    }

    private void started(String name, Runnable runnable) {
        Thread thread = Thread.ofPlatform().name(name).daemon().start(runnable);
        threads.add(thread);
    }

    private void soak(Stage stage, Killer killer) throws InterruptedException, IOException {
        double length = options.length().toMillis() / 1000.0;
        double nextCalm = length / options.calms();
        double nextLine = 0;
        boolean spared = false;
        while (seconds() < length) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
            killer.lookForDead();
            if (!spared && seconds() > length * 2 / 3) {
                spared = true;
                killer.spareLongLived();
                err.println(line("coordinator and gateways are spared from now on"));
            }
            if (seconds() > nextCalm) {
                nextCalm += length / options.calms();
                calm(killer);
            }
            if (seconds() > nextLine) {
                nextLine = seconds() + LINE_MILLISECONDS / 1000.0;
                watch();
                if (Files.getFileStore(stage.directory()).getUsableSpace() < FREE_BYTES_MIN) {
                    findings.add(Findings.Kind.HARNESS, "soak", "the file system is nearly full", none -> {});
                    return;
                }
            }
        }
    }

    private void watch() throws InterruptedException {
        List<String> seen = new ArrayList<>();
        for (Part part : longLived) {
            Optional<LeakWatch.Sample> sample = leaks.look(part);
            sample.ifPresent(one -> seen.add(part.name() + " " + one));
        }
        int waiting = actors.stream().mapToInt(Actor::unjudged).sum();
        err.println(line(Report.progress(tally, findings) + " | to be judged " + waiting));
        err.println(line(String.join(" | ", seen)));
    }

    private void calm(Killer killer) throws InterruptedException {
        killer.pause();
        calm.begin(false);
        if (!calm.awaitPresent(actors.size(), CALM_MILLISECONDS_MAX)) {
            notThere("a calm");
        }
        err.println(line("calm: all machines looked over, converged " + tally.times("converged")));
        calm.end();
        killer.resume();
    }

    private void finish(Killer killer) throws InterruptedException {
        killer.pause();
        killer.lookForDead();
        watch();
        calm.begin(true);
        long deadline =
                System.nanoTime() + Duration.ofMillis(FINISH_MILLISECONDS_MAX).toNanos();
        while (!actors.stream().allMatch(Actor::hasFinished)) {
            if (System.nanoTime() > deadline) {
                notThere("the end");
                return;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
            killer.lookForDead();
        }
        watch();
    }

    private void notThere(String when) {
        List<String> missing = actors.stream()
                .filter(actor -> !actor.hasFinished())
                .map(Actor::doing)
                .toList();
        findings.add(Findings.Kind.STUCK, "actors", "did not come to " + when + ": " + missing, none -> {});
    }

    private void judgeGrowth() {
        for (LeakWatch.Series series : leaks.series()) {
            List<String> growth = series.growth();
            if (!growth.isEmpty()) {
                findings.add(
                        Findings.Kind.LEAK,
                        series.name(),
                        String.join(", ", growth),
                        directory -> Findings.json(directory.resolve("samples.json"), series));
            }
        }
    }

    /** A run that did nothing must not look like one that found nothing. */
    private void judgeItself() {
        boolean proved = tally.of("disks compared") > 0
                && tally.of("disks incremental") > 0
                && tally.of("granules changed") > 0
                && tally.of("machines finished") == actors.size();
        if (!proved) {
            findings.add(
                    Findings.Kind.HARNESS,
                    "soak",
                    "nothing was proved: " + Report.progress(tally, findings) + ", machines finished "
                            + tally.of("machines finished"),
                    none -> {});
        }
    }

    private void keepLogs(Stage stage) throws IOException {
        Path evidence = findings.directory();
        if (evidence == null) {
            return;
        }
        Path logs = Files.createDirectory(evidence.resolve("logs"));
        for (String name :
                List.of("coordinator.log", "gateway-alpha.log", "gateway-beta.log", "judge.log", "qemu.log")) {
            Path log = stage.directory().resolve(name);
            if (Files.exists(log)) {
                Files.copy(log, logs.resolve(name));
            }
        }
        for (String home : List.of("home", "gateway-alpha", "gateway-beta")) {
            Path of = stage.directory().resolve(home).resolve("logs");
            if (Files.exists(of)) {
                Findings.copy(of, logs.resolve(home));
            }
        }
    }

    private double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private String line(String text) {
        long now = Math.round(seconds());
        return String.format(Locale.ROOT, "%3d:%02d %s", now / 60, now % 60, text);
    }
}
