package dev.tidemark.coordinator.ledger;

import java.util.HashMap;
import java.util.Map;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;

/** Where in the log the events are that the current unit of work has appended: the insert itself brings that along. */
final class AppendedPlaces {
    private static final String PLACES = AppendedPlaces.class.getName();

    private AppendedPlaces() {}

    /** Global index by event identifier. */
    static Map<String, Long> ofUnit() {
        return CurrentUnitOfWork.get().root().getOrComputeResource(PLACES, key -> new HashMap<>());
    }
}
