package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.EncryptionFormat;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.KeyIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {
    private static final String KEY = "bm90IGEgc2VjcmV0LCBidXQgbG9uZyBlbm91Z2g=";

    @TempDir
    private Path directory;

    private Path key(String name, byte[] content, String permissions) throws IOException {
        Path file = Files.write(directory.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Path key(String name, String content) throws IOException {
        return key(name, content.getBytes(StandardCharsets.UTF_8), "rw-r-----");
    }

    private static void refused(Path file, String why) {
        assertThatThrownBy(() -> new KeyRing(List.of(file)).requireUsable())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(why)
                .satisfies(refusal -> assertThat(refusal.toString()).doesNotContain(KEY));
    }

    private static DiskEncryption by(KeyIdentity identity) {
        return new DiskEncryption(EncryptionFormat.LUKS, identity);
    }

    /**
     * Told by {@code printf 'tidemark key id v1' | openssl dgst -sha256 -hmac KEY}: what was written once has to be found again by
     * every later version.
     */
    @Test
    void a_key_is_known_by_what_is_made_of_it() throws IOException {
        EncryptionKey key = EncryptionKey.read(key("k", KEY));
        assertThat(key.identity()).isEqualTo(new KeyIdentity("33b0f033dbebd753"));
        assertThat(EncryptionKey.read(key("same", KEY)).identity()).isEqualTo(key.identity());
        assertThat(EncryptionKey.read(key("line", KEY + "\n")).identity()).isNotEqualTo(key.identity());
        assertThat(key.toString()).doesNotContain(KEY);
    }

    @Test
    void what_is_no_key_is_refused_by_its_name() throws IOException {
        refused(directory.resolve("absent"), "no such file");
        refused(Files.createDirectory(directory.resolve("d")), "directory");
        refused(Files.createSymbolicLink(directory.resolve("link"), key("target", KEY)), "symbolic link");
        refused(key("short", KEY.substring(0, 31)), "has 31 bytes");
        refused(key("long", KEY.repeat(26)), "more than 1024");
        refused(key("open", KEY.getBytes(StandardCharsets.UTF_8), "rw-r--r--"), "chmod o-rwx");
        refused(key("zero", KEY + "\0"), "not text");
        refused(key("binary", new byte[] {(byte) 0xff, 1}, "rw-------"), "has 2 bytes");
        byte[] binary = KEY.getBytes(StandardCharsets.UTF_8);
        binary[3] = (byte) 0xff;
        refused(key("latin", binary, "rw-------"), "not text");
        new KeyRing(List.of(key("well", KEY), key("own", KEY.getBytes(StandardCharsets.UTF_8), "rw-rw----")))
                .requireUsable();
    }

    @Test
    void the_first_writes_and_each_reads_what_it_wrote() throws Exception {
        Path newer = key("newer", KEY + "2");
        Path older = key("older", KEY + "1");
        KeyRing ring = new KeyRing(List.of(newer, older));
        KeyIdentity before = EncryptionKey.read(older).identity();
        assertThat(ring.forWriting().orElseThrow().file()).isEqualTo(newer);
        assertThat(ring.of(by(before)).file()).isEqualTo(older);
        assertThat(ring.holds(before)).isTrue();
        assertThat(KeyRing.NONE.forWriting()).isEmpty();
        // and whoever loses one is told so, and never writes without
        Files.delete(older);
        assertThat(ring.holds(before)).isFalse();
        assertThatThrownBy(() -> ring.of(by(before)))
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        lost -> assertThat(lost.code()).isEqualTo(FailureCode.KEY_WRONG))
                .hasMessageContaining("encrypted with key " + before)
                .hasMessageContaining(EncryptionKey.read(newer).identity().value())
                .hasMessageContaining("no such file");
        Files.delete(newer);
        for (KeyRing without : List.of(ring, KeyRing.NONE)) {
            assertThatThrownBy(() -> without.of(by(before)))
                    .isInstanceOfSatisfying(
                            RepositoryException.class,
                            lost -> assertThat(lost.code()).isEqualTo(FailureCode.KEY_MISSING));
        }
        assertThatThrownBy(ring::forWriting)
                .isInstanceOfSatisfying(
                        RepositoryException.class,
                        lost -> assertThat(lost.code()).isEqualTo(FailureCode.KEY_MISSING));
    }
}
