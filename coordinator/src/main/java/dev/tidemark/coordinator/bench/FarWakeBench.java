package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.ledger.floor.CommitMoments;
import dev.tidemark.coordinator.ledger.floor.PlainNotice;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.gateway.link.HttpLink;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.id.HostName;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How long a gateway on another host waits: a coordinator in a process of its own, and a gateway's connection to it over HTTP, with a
 * gateway's own token. Machines are taken in over HTTP, one after the other, and the gateway has to have each one's desired state.
 *
 * <p>Two spans end there: one begins with the commit, by the database's own word, and one with the sending of the request, which holds
 * the request, the decision and the commit as well.
 */
final class FarWakeBench {
    private static final HostName HOST = new HostName("far");
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;
    private static final int WARM_UP = 200;

    private final HttpLink link;
    private final Service service;
    private final CommitMoments commits;
    private final Samples floor = new Samples();
    private final Samples fromCommit = new Samples();
    private final Samples fromRequest = new Samples();

    private FarWakeBench(HttpLink link, Service service, CommitMoments commits) {
        this.link = link;
        this.service = service;
        this.commits = commits;
    }

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
            FarWakeBench bench = new FarWakeBench(
                    link, service, new CommitMoments(ground.database().application()));
            Lease lease = bench.claimed(0);
            try (WaitingGateway gateway = WaitingGateway.begin(link, HOST)) {
                for (int index = 0; index < WARM_UP + count; index++) {
                    lease = bench.claimed(lease.epoch());
                    bench.once(gateway, notice, "far-" + index, index >= WARM_UP);
                }
            }
            err.println(count + " requests woke the gateway over HTTP");
            String behind = "until a gateway in another process has it over HTTP; plain SQL: NOTIFY alone";
            return List.of(
                    bench.row("wake-up over HTTP p50", 0.50, bench.fromCommit, "commit, " + behind),
                    bench.row("wake-up over HTTP p99", 0.99, bench.fromCommit, "commit, " + behind),
                    bench.row("request to wake-up p50", 0.50, bench.fromRequest, "request sent, commit, " + behind),
                    bench.row("request to wake-up p99", 0.99, bench.fromRequest, "request sent, commit, " + behind));
        } catch (LinkException failure) {
            throw new IOException("the coordinator does not answer the gateway: " + failure.getMessage(), failure);
        }
    }

    private Bench.Row row(String name, double quantile, Samples measured, String what) {
        return Bench.Row.of(
                name,
                floor.quantile(quantile),
                measured.quantile(quantile),
                "ms",
                what + "; " + measured.count() + " times");
    }

    private Lease claimed(long epoch) throws LinkException {
        Lease lease = link.claim(HOST, new Claim("bench", epoch, Claim.Kind.HOLD, "bench"));
        if (!lease.granted()) {
            throw new StageFailure("the lease of host " + HOST + " has " + lease.holder());
        }
        return lease;
    }

    private void once(WaitingGateway gateway, PlainNotice notice, String name, boolean counts)
            throws InterruptedException {
        long plainly = notice.nanoseconds();
        long begin = System.nanoTime();
        // The operation that takes a machine in goes by the machine's id.
        String machine = service.started(
                        Map.of("name", name, "host", HOST.value(), "qmp", "/run/" + name + ".qmp"), "vms")
                .path("id")
                .asString("");
        WaitingGateway.Heard heard = gateway.await(machine, 1);
        if (counts) {
            floor.add(plainly / NANOSECONDS_PER_MILLISECOND);
            fromRequest.add((heard.nanoTime() - begin) / NANOSECONDS_PER_MILLISECOND);
            fromCommit.add(
                    Duration.between(commits.ofFirstEvent(machine), heard.at()).toNanos()
                            / NANOSECONDS_PER_MILLISECOND);
        }
    }
}
