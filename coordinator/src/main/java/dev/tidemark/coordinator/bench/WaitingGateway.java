package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.id.HostName;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway that only waits: it asks, and asks again with the cursor of the answer, and keeps when it heard of which machine. */
final class WaitingGateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingGateway.class);
    private static final Duration WAIT = Duration.ofSeconds(20);

    private final CoordinatorLink link;
    private final HostName host;
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private final Thread thread;

    private WaitingGateway(CoordinatorLink link, HostName host) {
        this.link = link;
        this.host = host;
        this.thread = Thread.ofPlatform().daemon().name("bench-gateway").unstarted(this::serve);
    }

    static WaitingGateway begin(CoordinatorLink link, HostName host) {
        WaitingGateway gateway = new WaitingGateway(link, host);
        gateway.thread.start();
        return gateway;
    }

    /**
     * The gateway has a machine's desired state.
     *
     * @param at the same moment by the clock that others on this machine go by
     */
    record Heard(String machine, long version, long nanoTime, Instant at) {}

    /** When it heard of a machine at this version or a later one. Everything before that is forgotten. */
    Heard await(String machine, long version) throws InterruptedException {
        while (true) {
            Heard next = heard.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new StageFailure(
                        "the gateway did not hear of version " + version + " of " + machine + " in " + WAIT);
            }
            if (next.machine().equals(machine) && next.version() >= version) {
                return next;
            }
        }
    }

    private void serve() {
        String cursor = "";
        try {
            while (true) {
                CoordinatorLink.Wake wake = link.await(host, cursor, WAIT);
                long nanoTime = System.nanoTime();
                Instant at = Instant.now();
                cursor = wake.cursor();
                for (Desired desired : wake.changed()) {
                    heard.add(new Heard(desired.machine().value(), desired.version(), nanoTime, at));
                }
            }
        } catch (LinkException | InterruptedException over) {
            LOG.debug("the benchmark's gateway has ended", over);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
