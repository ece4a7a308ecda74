package dev.tidemark.coordinator.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of this host that nobody listens on, and that the system gives to nobody else; who was told its number can listen there, again and
 * again. It is bound and does not listen: a connection to it is refused, and whoever listens with SO_REUSEADDR, as servers do, has it.
 */
public final class ReservedPort implements AutoCloseable {
    private final Socket held = new Socket();

    public ReservedPort() {
        try {
            held.setReuseAddress(true);
            held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public int number() {
        return held.getLocalPort();
    }

    /** From now on it is anybody's. */
    @Override
    public void close() {
        try {
            held.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
