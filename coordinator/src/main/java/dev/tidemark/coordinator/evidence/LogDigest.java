package dev.tidemark.coordinator.evidence;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The whole log up to a record, in one digest: each record's hash upon the digest before it, in the order of the log.
 *
 * @param records how many there are
 * @param globalIndex the place of the last one; 0 before the first
 * @param hash SHA-256 in lower-case hex
 */
public record LogDigest(long records, long globalIndex, String hash) {
    /** Of an empty log. */
    public static final LogDigest EMPTY = new LogDigest(0, 0, Digests.of("tidemark-log.v1"));

    /** With one record more. */
    public LogDigest with(long index, String recordHash) {
        if (index <= globalIndex) {
            throw new IllegalArgumentException("record " + index + " does not come after " + globalIndex);
        }
        MessageDigest digest = Digests.sha256();
        digest.update(HexFormat.of().parseHex(hash));
        digest.update(HexFormat.of().parseHex(recordHash));
        // The place again: a record without a place of its own in the digest could change it with its neighbour.
        digest.update(Long.toString(index).getBytes(StandardCharsets.US_ASCII));
        return new LogDigest(records + 1, index, HexFormat.of().formatHex(digest.digest()));
    }
}
