package dev.tidemark.gateway.reconcile;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that QEMU opens when it opens a target: the target's own, or one that it stands on.
 *
 * @param secret the object in QEMU that holds its key, if it is encrypted
 */
public record TargetLayer(Path file, Optional<String> secret) {}
