package dev.tidemark.coordinator;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, in its order, and how long each took; it is closed in the opposite order. */
final class OpenRooms implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenRooms.class);

    private final Deque<Room> open = new ArrayDeque<>();
    private final Milestones milestones = new Milestones();

    /** Something that was opened and has to be closed. */
    private record Room(String name, Runnable close) {}

    void opened(String name, Runnable close) {
        open.push(new Room(name, close));
        milestones.passed(name);
    }

    /** Something was done that nobody has to undo. */
    void passed(String name) {
        milestones.passed(name);
    }

    /** In milliseconds, of the whole and of each part. */
    String told() {
        return milestones.told();
    }

    /** Closes what was opened, the last first; one that fails does not keep the others open. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            Room room = open.pop();
            try {
                room.close().run();
            } catch (RuntimeException failure) {
                LOG.error("closing the {} failed", room.name(), failure);
            }
        }
    }
}
