package dev.tidemark.coordinator.evidence;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A record of the log, column by column, as the database holds it. The texts are not parsed: a digest is over what was written,
 * not over what it means.
 *
 * @param globalIndex its place among all records; there are gaps
 * @param transactionId the number of the transaction that appended it
 * @param payload the event, as JSON text
 * @param metaData its circumstances, as JSON text
 * @param hash what the database worked out when it was appended: SHA-256 in lower-case hex
 */
public record LogRecord(
        long globalIndex,
        String transactionId,
        String eventIdentifier,
        String aggregateIdentifier,
        long sequenceNumber,
        String type,
        String timeStamp,
        String payloadType,
        Optional<String> payloadRevision,
        String payload,
        String metaData,
        String hash) {

    public LogRecord {
        if (globalIndex < 1
                || sequenceNumber < 0
                || !Digests.SHA_256.matcher(hash).matches()) {
            throw new IllegalArgumentException(
                    "no record of a log: place " + globalIndex + ", number " + sequenceNumber);
        }
    }

    /** What a machine's first record follows on. */
    public static final String NOTHING_BEFORE = "";

    /**
     * What the hash has to be: over each column, and over the hash of the machine's record before. The same rule as in the
     * database's trigger (migration V2_21), written a second time on purpose.
     */
    public String hashAfter(String previousHash) {
        MessageDigest digest = Digests.sha256();
        digest.update("tidemark-record.v1".getBytes(StandardCharsets.UTF_8));
        measured(digest, Long.toString(globalIndex));
        measured(digest, transactionId);
        measured(digest, eventIdentifier);
        measured(digest, aggregateIdentifier);
        measured(digest, Long.toString(sequenceNumber));
        measured(digest, type);
        measured(digest, timeStamp);
        measured(digest, payloadType);
        if (payloadRevision.isPresent()) {
            measured(digest, payloadRevision.get());
        } else {
            digest.update((byte) '-');
        }
        measured(digest, payload);
        measured(digest, metaData);
        digest.update(HexFormat.of().parseHex(previousHash));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void measured(MessageDigest digest, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    /** For people: its place, machine, number and kind. */
    String describe() {
        return "record " + globalIndex + " (" + aggregateIdentifier + ", number " + sequenceNumber + ", " + payloadType
                + ")";
    }
}
