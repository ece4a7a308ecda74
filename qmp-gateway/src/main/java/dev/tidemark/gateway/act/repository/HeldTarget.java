package dev.tidemark.gateway.act.repository;

import java.util.Optional;

/**
 * A place as long as it is held: a device stays the one that was looked at, whatever becomes of its name, and nobody mounts it meanwhile. A
 * server cannot be held.
 */
record HeldTarget(Target place, Optional<Descriptor> device) implements AutoCloseable {
    static HeldTarget of(Target place) throws RepositoryException {
        Optional<Descriptor> device = place.hold();
        return new HeldTarget(device.map(place::through).orElse(place), device);
    }

    @Override
    public void close() {
        device.ifPresent(Descriptor::close);
    }
}
