package dev.tidemark.gateway.act.export;

import dev.tidemark.gateway.qmp.NbdListening;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where a machine's QEMU serves what clients pull: one socket a machine, because a QEMU has one NBD server. */
public interface ExportSocket {
    /**
     * Makes what has to be there before QEMU can listen; what it makes tells whoever comes after a crash.
     *
     * @throws IOException if it cannot be made, or there is no place left
     */
    void prepare() throws IOException;

    /** Where QEMU listens, or is to; once it is prepared. */
    NbdListening listening() throws IOException;

    /** Who may read. */
    Optional<TlsCredentials> tls();

    /** Whether QEMU may hold keys for it, whatever was said since of who may read. */
    default boolean mayHaveKeys() {
        return false;
    }

    /** What a client calls an export; once it is prepared. */
    String uri(String export) throws IOException;

    /** Whether there is a server of ours, or what is left of one. */
    boolean exists();

    /** Whether somebody listens there now. */
    boolean isServed();

    /** Says for later that QEMU was told to listen, and does. */
    default void heard() throws IOException {}

    /** Takes away what would keep QEMU from listening, when nobody does. */
    void clear() throws IOException;

    /** Removes what is left when QEMU no longer listens. */
    void remove() throws IOException;

    /** As a part of a URI; a space as a plus sign would be taken for one. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }
}
