package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.ledger.postgres.ServerAddress;
import dev.tidemark.coordinator.stage.GatewayProcess;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Database, coordinator and gateway, each a process of its own, with machines; what was killed is started again. */
final class Cast implements AutoCloseable {
    /** What the gateway calls its host. */
    static final String HOST = "drill";

    /**
     * More than a batch has machines: one that stands still at its moment keeps its place among the host's jobs, and whoever waited for
     * that would never come to its own.
     */
    private static final String JOBS_MAX = "64";

    /** Leaves what was played on where it is, for whoever looks for a cause; logs are there. */
    private static final String KEEP_PROPERTY = "tidemark.drill.keep";

    private final Stage stage;
    private final GatewayProcess gateway;
    private final Hold hold;
    private final AtomicInteger machines = new AtomicInteger();

    private Cast(Stage stage) throws IOException {
        this.stage = stage;
        this.gateway = stage.gateway(HOST);
        this.hold = new Hold(Files.createDirectory(stage.directory().resolve("crash")));
    }

    /** All three run when this returns. */
    static Cast start(Optional<StartUpCache> cache) throws IOException {
        return start(
                cache.map(StartUpCache::coordinatorOptions).orElse(List.of()),
                cache.map(StartUpCache::gatewayOptions).orElse(List.of()));
    }

    /** With these options for the JVMs of the coordinator and of the gateway. */
    static Cast start(List<String> coordinatorOptions, List<String> gatewayOptions) throws IOException {
        Stage stage = Stage.open("tm-drill", Boolean.getBoolean(KEEP_PROPERTY));
        try {
            Cast cast = new Cast(stage);
            cast.begin(coordinatorOptions, gatewayOptions);
            return cast;
        } catch (IOException | RuntimeException failure) {
            stage.close();
            throw failure;
        }
    }

    private void begin(List<String> coordinatorOptions, List<String> gatewayOptions) {
        stage.database().start();
        ServerAddress database = stage.database().address();
        service()
                .serveWith(List.of(
                        "--no-gateway",
                        "--jobs-per-host",
                        JOBS_MAX,
                        "--jobs-per-repository",
                        JOBS_MAX,
                        "--database-url",
                        database.url(),
                        "--database-password-file",
                        database.ownerPasswordFile().orElseThrow().toString()));
        service().runWith(with(hold.option(), coordinatorOptions));
        gateway.runWith(with(hold.option(), gatewayOptions));
        service().start();
        gateway.start();
    }

    Service service() {
        return stage.service();
    }

    Stage stage() {
        return stage;
    }

    Hold hold() {
        return hold;
    }

    /** A new machine that runs and is not registered. */
    DrillMachine newMachine(Random random) throws IOException {
        return newMachine(random, false);
    }

    /** One whose NBD server is free for pull backups, if that is needed. */
    DrillMachine newMachine(Random random, boolean overFuse) throws IOException {
        return DrillMachine.start(
                "m" + machines.incrementAndGet(), stage.directory(), stage.programs(), random, overFuse);
    }

    /** Forgets a machine and what was stored of it. */
    void leave(DrillMachine former) throws IOException {
        if (isRegistered(former)) {
            Path stored = repository(former);
            service().forgotten(former.name());
            Stage.delete(stored);
        }
        former.close();
    }

    boolean isRegistered(DrillMachine asked) {
        for (var vm : service().get("vms").path("vms")) {
            if (vm.path("name").asString("").equals(asked.name())) {
                return true;
            }
        }
        return false;
    }

    void register(DrillMachine fresh) {
        service()
                .done(
                        Map.of(
                                "name",
                                fresh.name(),
                                "qmp",
                                fresh.qmpSocket().toString(),
                                "qga",
                                fresh.qgaSocket().toString(),
                                "host",
                                HOST),
                        "vms");
    }

    /** What the log calls a registered machine. */
    String idOf(DrillMachine registered) {
        return service().get("vms", registered.name()).path("id").asString("");
    }

    /** Does it while the gateway stands still, so that nobody looks in its midst. */
    void unseen(Unseen act) throws IOException {
        gateway.pause();
        try {
            act.run();
        } finally {
            gateway.resume();
        }
    }

    /** What nobody is to look at before it is whole. */
    interface Unseen {
        void run() throws IOException;
    }

    /** QEMU as a victim is that of every one of these machines. */
    void kill(Set<Victim> victims, DrillMachine... machinesHit) throws IOException {
        for (Victim each : victims) {
            switch (each) {
                case COORDINATOR -> service().kill();
                case GATEWAY -> gateway.kill();
                case QEMU -> {
                    for (DrillMachine machine : machinesHit) {
                        machine.kill();
                    }
                }
                case POSTGRESQL -> stage.database().kill();
            }
        }
    }

    /** As an operator's service manager does: the database first, because the coordinator does not start without. */
    void startAgain(Set<Victim> victims, DrillMachine... machinesHit) throws IOException {
        if (victims.contains(Victim.QEMU)) {
            for (DrillMachine machine : machinesHit) {
                machine.startAgain();
            }
        }
        if (victims.contains(Victim.POSTGRESQL)) {
            stage.database().start();
        }
        if (victims.contains(Victim.GATEWAY)) {
            gateway.start(service().address());
        }
        if (victims.contains(Victim.COORDINATOR)) {
            service().start();
        }
    }

    /** Every row of the log by its place in it, read from the database itself. */
    SortedMap<Long, String> log() {
        return stage.database().log();
    }

    Path repository(DrillMachine of) {
        return service().home().resolve("repositories").resolve("default").resolve(idOf(of));
    }

    /** The JVMs end as they like to. */
    void stopInOrder() {
        gateway.stop();
        service().stop();
    }

    private static List<String> with(String option, List<String> others) {
        List<String> options = new ArrayList<>(others);
        options.add(option);
        return options;
    }

    @Override
    public void close() {
        stage.close();
    }
}
