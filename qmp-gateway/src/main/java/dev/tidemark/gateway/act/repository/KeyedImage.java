package dev.tidemark.gateway.act.repository;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** An image file and, if it is encrypted, the key that opens it. */
public record KeyedImage(Path file, Optional<EncryptionKey> key) {
    static KeyedImage plain(Path file) {
        return new KeyedImage(file, Optional.empty());
    }

    /** Whether it takes a key to open one of them. */
    public static boolean isAnyEncrypted(List<KeyedImage> images) {
        return images.stream().anyMatch(image -> image.key().isPresent());
    }
}
