package dev.tidemark.coordinator.api.server;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the server shows of itself, in PEM.
 *
 * @param certificate the server's, and those between it and its authority
 * @param clientAuthority who signs the certificates of clients; empty if they show none
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> clientAuthority) {}
