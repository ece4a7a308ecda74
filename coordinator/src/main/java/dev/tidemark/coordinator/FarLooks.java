package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.ReconcileView;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.Unreachable;
import dev.tidemark.coordinator.dispatch.Holders;
import dev.tidemark.coordinator.ledger.GatewayBoard;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.json.Json;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at machines whose gateway asks another coordinator: that one is asked to have them looked at, and the other way round. */
final class FarLooks {
    private static final Logger LOG = LoggerFactory.getLogger(FarLooks.class);

    /** A notice may get lost. */
    private static final long ROUND_MILLISECONDS = 500;

    private final GatewayBoard board;
    private final Holders holders;
    private final String coordinator;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noticed = lock.newCondition();
    private final Set<String> begun = new HashSet<>();
    private long notices;
    private @Nullable Here here;

    FarLooks(GatewayBoard board, Holders holders, String coordinator) {
        this.board = board;
        this.holders = holders;
        this.coordinator = coordinator;
    }

    /** A look at a machine whose gateway asks this coordinator. */
    interface Here {
        ReconcileView look(MachineId machine, boolean dry) throws Rejected, Unreachable, InterruptedException;
    }

    private record Answer(Optional<ReconcileView> view, Optional<String> unreachable) {}

    /** From now on others are answered. */
    void answerBy(Here looks) {
        lock.lock();
        try {
            here = looks;
        } finally {
            lock.unlock();
        }
    }

    private boolean isElsewhere(HostName host) {
        long now = System.nanoTime();
        return holders.of(host)
                .filter(holder -> !holder.isOver(now))
                .filter(holder -> !holder.coordinator().equals(coordinator))
                .isPresent();
    }

    /** What the coordinator answers that the host's gateway asks; empty if that is this one, at first or meanwhile. */
    Optional<ReconcileView> ask(HostName host, MachineId machine, boolean dry, Duration limit)
            throws Unreachable, InterruptedException {
        if (!isElsewhere(host)) {
            return Optional.empty();
        }
        String id = UUID.randomUUID().toString();
        long deadline = System.nanoTime() + limit.toNanos();
        board.askForLook(id, host.value(), machine.value(), dry);
        try {
            while (isElsewhere(host)) {
                Optional<String> answer = board.takeAnswer(id);
                if (answer.isPresent()) {
                    Answer told = Json.MAPPER.readValue(answer.get(), Answer.class);
                    if (told.view().isEmpty()) {
                        throw new Unreachable(told.unreachable().orElse("the other coordinator could not look"));
                    }
                    return told.view();
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new Unreachable("no gateway looked at the machine within " + limit.toSeconds() + " s");
                }
                awaitNotice();
            }
            return Optional.empty();
        } finally {
            board.withdraw(id);
        }
    }

    private void awaitNotice() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long known = notices;
            long left = TimeUnit.MILLISECONDS.toNanos(ROUND_MILLISECONDS);
            while (notices == known && left > 0) {
                left = noticed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Something may have been asked or answered. */
    void noticed() {
        List<String> hosts = holders.servedBy(coordinator, System.nanoTime()).stream()
                .map(HostName::value)
                .toList();
        List<GatewayBoard.WantedLook> wanted = hosts.isEmpty() ? List.of() : board.wantedLooks(hosts);
        lock.lock();
        try {
            notices++;
            noticed.signalAll();
            begun.retainAll(wanted.stream().map(GatewayBoard.WantedLook::id).toList());
            Here looks = here;
            if (looks != null) {
                wanted.stream()
                        .filter(one -> begun.add(one.id()))
                        .forEach(one ->
                                Thread.ofVirtual().name("look for another").start(() -> answer(looks, one)));
            }
        } finally {
            lock.unlock();
        }
    }

    private void answer(Here looks, GatewayBoard.WantedLook wanted) {
        try {
            board.answer(wanted.id(), Json.MAPPER.writeValueAsString(looked(looks, wanted)));
        } catch (InterruptedException stopping) {
            LOG.debug("look {} is not answered any more", wanted.id());
        } catch (RuntimeException unwritten) {
            // Whoever asked gives up when his time is over.
            LOG.warn("look {} of another coordinator could not be answered: {}", wanted.id(), unwritten.toString());
        }
    }

    private static Answer looked(Here looks, GatewayBoard.WantedLook wanted) throws InterruptedException {
        try {
            return new Answer(Optional.of(looks.look(new MachineId(wanted.machine()), wanted.dry())), Optional.empty());
        } catch (Unreachable unreachable) {
            return new Answer(Optional.empty(), Optional.of(unreachable.detail()));
        } catch (Rejected rejected) {
            return new Answer(Optional.empty(), Optional.of(rejected.detail()));
        }
    }
}
