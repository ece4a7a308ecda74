package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * That pull backups are served over TCP.
 *
 * @param address of this host, where clients reach it
 * @param certificates a directory with a server's certificate and key; clients need one of the same authority
 * @param sharedKey a directory with a key that clients know; without either of the two, everybody who reaches a port can read
 */
public record PullListening(
        String address, int firstPort, int lastPort, Optional<Path> certificates, Optional<Path> sharedKey) {}
