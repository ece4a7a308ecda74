package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.ReadyDisk;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A restore point that clients can read now. To be ended by the thread that opened it. */
public interface OpenExport {
    /** Where each disk can be read. */
    List<ReadyDisk> disks();

    /** Why it is served no longer; empty while it is. */
    Optional<String> fault();

    /** Is told once if it is served no longer, also if that is by an end that was asked for. */
    void onEnd(Runnable listener);

    /** How many bytes clients can still write; empty if they may not. */
    OptionalLong room() throws IOException;

    /** Serves it no longer and keeps what clients wrote: whoever opens the same one again goes on with that. */
    void leave();

    /** Serves it no longer, and nothing of it is left. */
    void end() throws RepositoryException;
}
