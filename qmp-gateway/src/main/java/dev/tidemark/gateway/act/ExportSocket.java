package dev.tidemark.gateway.act;

import java.io.IOException;
import java.nio.file.Path;

/** Where a machine's QEMU serves what clients pull: one socket a machine, because a QEMU has one NBD server. */
public interface ExportSocket {
    /** Absolute, and short enough for a socket. */
    Path path();

    /**
     * Makes the directory, which nobody else can enter: whoever reaches the socket can list and read every export.
     *
     * @throws IOException if it cannot be made, is open to others, or its name is too long for a socket
     */
    void prepare() throws IOException;

    /** Whether it is there, served or left behind. */
    boolean exists();

    /** Whether anybody serves it now: nobody but the machine's QEMU, told to by us, does. */
    boolean isServed();

    /** Removes what nobody serves any more. */
    void remove() throws IOException;
}
