package dev.tidemark.coordinator.api.resource;

import dev.tidemark.schema.contract.LinkException;
import java.util.HashSet;
import java.util.Set;

/**
 * Gateways that wait for something new, for half a minute each. A coordinator that stops lets them go before it waits for what is being
 * answered: else each stop would last as long as that may.
 */
final class WaitingGateways {
    /** What a gateway waits for. */
    interface Wait<T> {
        T end() throws LinkException, InterruptedException;
    }

    private final Set<Thread> waiting = new HashSet<>();
    private boolean stopping;

    <T> T until(Wait<T> wait) throws LinkException, InterruptedException {
        enter();
        try {
            return wait.end();
        } finally {
            leave();
        }
    }

    private synchronized void enter() throws InterruptedException {
        if (stopping) {
            throw new InterruptedException("the coordinator is stopping");
        }
        waiting.add(Thread.currentThread());
    }

    /** From here on its thread writes the answer, which nobody must interrupt. */
    private synchronized void leave() {
        waiting.remove(Thread.currentThread());
        boolean _ = Thread.interrupted();
    }

    synchronized void letGo() {
        stopping = true;
        waiting.forEach(Thread::interrupt);
    }
}
