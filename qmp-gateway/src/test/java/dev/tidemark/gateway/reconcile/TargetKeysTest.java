package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.act.repository.EncryptionKey;
import dev.tidemark.gateway.act.repository.KeyedImage;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.KeyIdentity;
import dev.tidemark.schema.id.OperationId;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A QEMU that may read less than the gateway stops a backup only where nothing could be written. */
class TargetKeysTest {
    private static final DiskName SYSTEM = new DiskName("vda");
    private static final DiskName DATA = new DiskName("vdb");
    private static final EncryptionKey OLD = key("old", "0000000000000001");
    private static final EncryptionKey NEW = key("new", "0000000000000002");

    private final TargetKeys keys = new TargetKeys(new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FAV"));

    private static EncryptionKey key(String file, String identity) {
        return new EncryptionKey(Path.of("/keys", file), new KeyIdentity(identity));
    }

    /** That can read every key file but these. */
    private static Qemu qemu(EncryptionKey... unreadable) {
        Set<Path> files = Set.copyOf(
                java.util.Arrays.stream(unreadable).map(EncryptionKey::file).toList());
        return (Qemu) Proxy.newProxyInstance(
                Qemu.class.getClassLoader(), new Class<?>[] {Qemu.class}, (self, method, arguments) -> {
                    if (!method.getName().equals("addSecret")) {
                        throw new AssertionError("nobody needs " + method + " for it");
                    }
                    if (files.contains(arguments[1])) {
                        throw new QmpRefused("object-add", "GenericError", "Unable to read " + arguments[1]);
                    }
                    return null;
                });
    }

    private static Map<DiskName, List<KeyedImage>> images() {
        Map<DiskName, List<KeyedImage>> images = new LinkedHashMap<>();
        images.put(SYSTEM, List.of(image("a", NEW), image("b", NEW)));
        images.put(DATA, List.of(image("c", NEW), image("d", OLD)));
        return images;
    }

    private static KeyedImage image(String file, EncryptionKey key) {
        return new KeyedImage(Path.of("/backup", file), Optional.of(key));
    }

    @Test
    void a_qemu_that_cannot_read_an_older_key_has_the_disk_backed_up_in_full() throws Exception {
        Refused refused = keys.add(qemu(OLD), images()).orElseThrow();
        // This is what has the coordinator plan a full one of that disk.
        assertThat(refused.code()).isEqualTo(FailureCode.BASE_BACKUP_MISSING);
        assertThat(refused.disk()).contains(DATA);
        assertThat(refused.detail()).contains("/keys/old");
        assertThat(keys.names()).hasSize(1);
    }

    @Test
    void one_that_cannot_read_the_key_of_what_it_writes_writes_nothing() throws Exception {
        Refused refused = keys.add(qemu(NEW, OLD), images()).orElseThrow();
        assertThat(refused.code()).isEqualTo(FailureCode.KEY_MISSING);
        assertThat(keys.names()).isEmpty();
    }

    @Test
    void each_key_is_told_once() throws Exception {
        assertThat(keys.add(qemu(), images())).isEmpty();
        assertThat(keys.names()).hasSize(2);
    }
}
