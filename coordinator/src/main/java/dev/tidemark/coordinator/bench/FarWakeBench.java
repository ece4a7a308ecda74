package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.ledger.floor.PlainNotice;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.gateway.link.HttpLink;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.id.HostName;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a gateway on another host waits: a coordinator in a process of its own, and a gateway's connection to it over HTTP, with a
 * gateway's own token. Machines are taken in over HTTP, one after the other, and the gateway has to have each one's desired state.
 *
 * <p>The moment of the commit lies within the coordinator. What is measured begins before it, when the request is sent, and so holds the
 * request, the decision and the commit as well.
 */
final class FarWakeBench {
    private static final Logger LOG = LoggerFactory.getLogger(FarWakeBench.class);
    private static final HostName HOST = new HostName("far");
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;
    private static final int WARM_UP = 200;

    private final HttpLink link;
    private final BlockingQueue<Woken> woken = new LinkedBlockingQueue<>();

    private FarWakeBench(HttpLink link) {
        this.link = link;
    }

    /** The gateway has a machine's desired state. */
    private record Woken(String machine, long nanoTime) {}

    static List<Bench.Row> run(Ground ground, int count, PrintWriter err) throws IOException, InterruptedException {
        Service service = ground.stage().service();
        service.serveWith(ground.serving());
        // A stage's quick start leaves out the better compiler; tidemark serve has it.
        service.runWith(List.of("-XX:TieredStopAtLevel=4", "-XX:-UseSerialGC", "-XX:+UseG1GC"));
        service.start();
        String token = service.started(
                        Map.of("name", "bench-gateway", "role", "GATEWAY", "host", HOST.value()), "tokens")
                .path("token")
                .asString("");
        try (HttpLink link = new HttpLink(service.address(), HOST, token);
                PlainNotice notice = new PlainNotice(ground.database().application())) {
            FarWakeBench bench = new FarWakeBench(link);
            Thread gateway =
                    Thread.ofPlatform().daemon().name("bench-far-gateway").start(bench::serve);
            Samples floor = new Samples();
            Samples measured = new Samples();
            Lease lease = bench.claimed(0);
            for (int index = 0; index < WARM_UP + count; index++) {
                lease = bench.claimed(lease.epoch());
                double plainly = notice.nanoseconds() / NANOSECONDS_PER_MILLISECOND;
                double took = bench.registered(service, "far-" + index) / NANOSECONDS_PER_MILLISECOND;
                if (index >= WARM_UP) {
                    floor.add(plainly);
                    measured.add(took);
                }
            }
            gateway.interrupt();
            err.println(count + " requests woke the gateway over HTTP");
            return List.of(
                    row("wake-up over HTTP p50", 0.50, floor, measured),
                    row("wake-up over HTTP p99", 0.99, floor, measured));
        } catch (LinkException failure) {
            throw new IOException("the coordinator does not answer the gateway: " + failure.getMessage(), failure);
        }
    }

    private static Bench.Row row(String name, double quantile, Samples floor, Samples measured) {
        return Bench.Row.of(
                name,
                floor.quantile(quantile),
                measured.quantile(quantile),
                "ms",
                "request sent, commit, until a gateway in another process has it; plain SQL: NOTIFY alone; "
                        + measured.count() + " times");
    }

    private Lease claimed(long epoch) throws LinkException {
        Lease lease = link.claim(HOST, new Claim("bench", epoch, Claim.Kind.HOLD, "bench"));
        if (!lease.granted()) {
            throw new StageFailure("the lease of host " + HOST + " has " + lease.holder());
        }
        return lease;
    }

    private long registered(Service service, String name) throws InterruptedException {
        long begin = System.nanoTime();
        // The operation that takes a machine in goes by the machine's id.
        String machine = service.started(
                        Map.of("name", name, "host", HOST.value(), "qmp", "/run/" + name + ".qmp"), "vms")
                .path("id")
                .asString("");
        while (true) {
            Woken heard = woken.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
            if (heard == null) {
                throw new StageFailure("the gateway did not hear of " + name + " in " + WAIT);
            }
            if (heard.machine().equals(machine)) {
                return heard.nanoTime() - begin;
            }
        }
    }

    /** As a gateway does: it asks, and asks again with the cursor of the answer. */
    private void serve() {
        String cursor = "";
        try {
            while (true) {
                CoordinatorLink.Wake wake = link.await(HOST, cursor, WAIT);
                long now = System.nanoTime();
                cursor = wake.cursor();
                for (Desired desired : wake.changed()) {
                    woken.put(new Woken(desired.machine().value(), now));
                }
            }
        } catch (LinkException | InterruptedException over) {
            LOG.debug("the benchmark's gateway has ended", over);
        }
    }
}
