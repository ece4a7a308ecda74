package dev.tidemark.coordinator.dispatch;

import java.time.Duration;

/** Is told how fast gateways hear of what there is to do. Called under dispatch's lock: it returns at once and never throws. */
@FunctionalInterface
public interface DispatchWatch {
    /** Who does not care. */
    DispatchWatch NONE = took -> {};

    /** A gateway that waited was woken, so long after word of the commit came. */
    void woken(Duration took);
}
