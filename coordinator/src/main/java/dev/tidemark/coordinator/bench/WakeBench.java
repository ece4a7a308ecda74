package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.ledger.Answer;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.ledger.floor.PlainNotice;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.command.ChangeRetention;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * From a commit until the gateway that waits for it is woken, by the way that the embedded gateway is: the ledger tells dispatch, and
 * dispatch answers the gateway's question with the machine's new desired state. Beside it how long the database takes to pass a
 * notification from one connection to another, which is the least that a gateway of another coordinator would wait.
 */
final class WakeBench {
    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;
    private static final int WARM_UP = 50;
    private static final RepositoryName REPOSITORY = new RepositoryName("bench");

    private WakeBench() {}

    static List<Bench.Row> run(
            Rooms rooms,
            Ground ground,
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger,
            MachineId machine,
            int count,
            PrintWriter err)
            throws InterruptedException {
        AtomicLong committed = new AtomicLong();
        // Before dispatch hears of it.
        try (Ledger.Listening _ = ledger.onCommitted(commit -> committed.set(System.nanoTime()));
                PlainNotice notice = new PlainNotice(ground.database().application())) {
            Dispatch dispatch = rooms.dispatch(ledger, ground.database().application());
            Machine known = ledger.state(machine.value()).state();
            dispatch.track(known);
            Samples floor = new Samples();
            Samples measured = new Samples();
            FreshIds ids = new FreshIds(Clock.systemUTC());
            try (WaitingGateway gateway = WaitingGateway.begin(
                    dispatch, known.registration().orElseThrow().host())) {
                // The first answer tells of everything.
                gateway.await(machine.value(), known.version());
                for (int index = 0; index < WARM_UP + count; index++) {
                    double plainly = notice.nanoseconds() / NANOSECONDS_PER_MILLISECOND;
                    long version = changed(ledger, ids, machine, index);
                    long heard = gateway.await(machine.value(), version).nanoTime();
                    if (index >= WARM_UP) {
                        floor.add(plainly);
                        measured.add((heard - committed.get()) / NANOSECONDS_PER_MILLISECOND);
                    }
                }
                dispatch.close();
            }
            err.println(count + " commits woke the gateway");
            return List.of(row("wake-up p50", 0.50, floor, measured), row("wake-up p99", 0.99, floor, measured));
        }
    }

    private static Bench.Row row(String name, double quantile, Samples floor, Samples measured) {
        return Bench.Row.of(
                name,
                floor.quantile(quantile),
                measured.quantile(quantile),
                "ms",
                "commit to gateway woken; plain SQL: NOTIFY to the connection that listens; " + measured.count()
                        + " times");
    }

    private static long changed(
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger,
            FreshIds ids,
            MachineId machine,
            int index) {
        ChangeRetention change = new ChangeRetention(
                machine,
                ids.operation(),
                REPOSITORY,
                Optional.of(new RetentionPolicy(index + 1, 0, 0, 0, 0)),
                ids.now());
        if (ledger.execute(change, Map.of("caller", "bench"))
                instanceof Answer.Appended<MachineEvent, Rejection> appended) {
            return appended.version();
        }
        throw new StageFailure("a command was refused: " + change);
    }
}
