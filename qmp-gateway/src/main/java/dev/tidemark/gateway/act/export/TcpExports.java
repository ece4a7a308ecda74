package dev.tidemark.gateway.act.export;

import java.io.IOException;
import java.util.Optional;

/**
 * That pull backups are served over TCP. Each QEMU has a server of its own, and so a port: as many machines can be read at the same
 * time as there are ports.
 *
 * @param address of this host, where clients reach it
 * @param tls who may read; without it, everybody who reaches the port: nobody can guess an export's name, but QEMU lists them
 */
public record TcpExports(String address, int firstPort, int lastPort, Optional<TlsCredentials> tls) {
    private static final int PORT_MAX = 65_535;

    public TcpExports {
        if (address.isEmpty() || firstPort < 1 || lastPort > PORT_MAX || firstPort > lastPort) {
            throw new IllegalArgumentException("no ports: " + address + " " + firstPort + "-" + lastPort);
        }
    }

    /** Whether the keys are there. */
    public void check() throws IOException {
        if (tls.isPresent()) {
            tls.get().check();
        }
    }

    /** As a part of a URI. */
    String host() {
        return address.contains(":") ? "[" + address + "]" : address;
    }
}
