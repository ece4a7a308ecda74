package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.qga.GuestAgent;
import dev.tidemark.gateway.qga.GuestAgentFailure;
import dev.tidemark.schema.contract.Desired;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the guest's file systems are frozen, asked beside the looks of one session so that a guest that does not answer
 * delays nothing: at the first look, and now and then afterwards. Nobody is thawed here, and an answer that our own freeze or thaw has
 * overtaken is dropped.
 */
final class GuestWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestWatch.class);
    private static final Duration ASK_DISTANCE = Duration.ofSeconds(60);

    private final Surroundings surroundings;
    private final Signals signals;
    private final Quiescence quiescence;
    private Clockwork.@Nullable Work asking;
    private volatile boolean askedOnce;
    private long askedAtNanos;
    private volatile int askedAtTouch;
    private volatile boolean answering;
    private volatile Optional<Boolean> frozen = Optional.empty();

    GuestWatch(Surroundings surroundings, Signals signals, Quiescence quiescence) {
        this.surroundings = surroundings;
        this.signals = signals;
        this.quiescence = quiescence;
    }

    /** The look, with what the guest said last. */
    Look judged(Desired desired, Look look) {
        desired.qgaSocket().ifPresent(socket -> askNowAndThen(desired, Path.of(socket)));
        // What was answered before our own freeze or thaw is no longer so.
        Optional<Boolean> known = askedAtTouch == quiescence.touches() ? frozen : Optional.empty();
        return known.isEmpty() ? look : new Look(look.observed().withGuestFrozen(known));
    }

    /** Asks no more. */
    @Override
    public void close() {
        Clockwork.Work running = asking;
        if (running != null) {
            running.interrupt();
        }
    }

    private void askNowAndThen(Desired desired, Path socket) {
        long now = surroundings.clockwork().nanoTime();
        if (answering
                || (askedOnce && askedAtTouch == quiescence.touches() && now - askedAtNanos < ASK_DISTANCE.toNanos())) {
            return;
        }
        askedOnce = true;
        askedAtTouch = quiescence.touches();
        askedAtNanos = now;
        answering = true;
        Clockwork.Work work = surroundings
                .clockwork()
                .prepare("guest of " + desired.name(), () -> ask(desired.name().value(), socket));
        asking = work;
        work.start();
    }

    private void ask(String name, Path socket) {
        Optional<Boolean> before = frozen;
        int touches = quiescence.touches();
        try {
            boolean answer = surroundings.guestAgent().fileSystems(socket) == GuestAgent.FileSystems.FROZEN;
            if (quiescence.touches() == touches) {
                frozen = Optional.of(answer);
            } else {
                askedOnce = false;
            }
        } catch (GuestAgentFailure silent) {
            // No agent, or one that lies: what a guest does not say is not known, and nothing depends on it.
            LOG.info("{}: {}", name, silent.getMessage());
            frozen = Optional.empty();
        } finally {
            answering = false;
        }
        if (!frozen.equals(before)) {
            signals.hint();
        }
    }
}
