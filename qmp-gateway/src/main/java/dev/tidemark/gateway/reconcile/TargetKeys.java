package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.repository.KeyedImage;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The keys that QEMU needs while it opens the images of one operation. It reads each from its file, so that none passes through a
 * message, and is to forget them as soon as the images are open: what is open stays open without. Whatever keeps it from that, the next
 * look shows it, and it is put away like a node.
 */
final class TargetKeys {
    private final OperationId operation;
    private final List<String> added = new ArrayList<>();

    TargetKeys(OperationId operation) {
        this.operation = operation;
    }

    /**
     * What stands in the way, if anything does. Without the key of what is written nothing can be; without that of what it would stand on,
     * an older one, a full backup can.
     *
     * @param images of each disk what is written, and below it what that stands on
     */
    Optional<Refused> add(Qemu qemu, Map<DiskName, List<KeyedImage>> images) throws QmpException {
        for (List<KeyedImage> layers : images.values()) {
            Optional<String> unread = add(qemu, layers.subList(0, 1));
            if (unread.isPresent()) {
                return Optional.of(new Refused(FailureCode.KEY_MISSING, unread.get()));
            }
        }
        for (Map.Entry<DiskName, List<KeyedImage>> disk : images.entrySet()) {
            List<KeyedImage> layers = disk.getValue();
            Optional<String> unread = add(qemu, layers.subList(1, layers.size()));
            if (unread.isPresent()) {
                return Optional.of(new Refused(
                        FailureCode.BASE_BACKUP_MISSING,
                        "cannot stand on what is encrypted with another key: " + unread.get(),
                        Optional.of(disk.getKey())));
            }
        }
        return Optional.empty();
    }

    private Optional<String> add(Qemu qemu, Collection<KeyedImage> images) throws QmpException {
        Map<String, Path> files = new TreeMap<>();
        images.stream()
                .flatMap(image -> image.key().stream())
                .forEach(key -> files.put(QemuNames.secret(operation, key.identity()), key.file()));
        files.keySet().removeAll(added);
        for (Map.Entry<String, Path> secret : files.entrySet()) {
            try {
                qemu.addSecret(secret.getKey(), secret.getValue());
                added.add(secret.getKey());
            } catch (QmpRefused refused) {
                return Optional.of("QEMU, which writes the file, must be able to read the key file " + secret.getValue()
                        + " too: " + refused.description());
            }
        }
        return Optional.empty();
    }

    /** Those that were added. */
    List<String> names() {
        return List.copyOf(added);
    }

    TargetLayer layer(KeyedImage image) {
        return new TargetLayer(image.file(), image.key().map(key -> QemuNames.secret(operation, key.identity())));
    }
}
