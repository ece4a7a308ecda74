package dev.tidemark.sabotage.coordinator.chain;

import java.util.concurrent.locks.ReentrantLock;

public final class HoldsALock {
    private final ReentrantLock lock = new ReentrantLock();

    public boolean held() {
        return lock.isLocked();
    }
}
