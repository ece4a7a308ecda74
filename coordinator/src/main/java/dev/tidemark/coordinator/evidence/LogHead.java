package dev.tidemark.coordinator.evidence;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.tidemark.schema.json.Json;
import java.time.Instant;
import tools.jackson.core.JacksonException;

/**
 * A signed statement: at this time the log, or another book, had so many records, and this was its digest. One line of JSON in a file
 * outside of the database. Each follows on the one before, so that none can be taken out of the middle.
 *
 * @param format of which book it is, too
 * @param number 1, 2, 3 …
 * @param records how many records the log had
 * @param globalIndex the place of the last of them
 * @param hash the digest of them all
 * @param previous SHA-256 of the line before in lower-case hex; empty for the first
 * @param key which key signed: the first 16 digits of SHA-256 over the public key
 * @param signature Ed25519 over all members before it, Base64
 */
@JsonPropertyOrder({"format", "number", "records", "globalIndex", "hash", "previous", "at", "key", "signature"})
public record LogHead(
        String format,
        long number,
        long records,
        long globalIndex,
        String hash,
        String previous,
        Instant at,
        String key,
        String signature) {
    /** Signed by the key. */
    static LogHead signed(Book book, long number, LogDigest digest, String previous, Instant at, HeadKey key) {
        LogHead unsigned = new LogHead(
                book.headFormat(),
                number,
                digest.records(),
                digest.globalIndex(),
                digest.hash(),
                previous,
                at,
                key.id(),
                "");
        return unsigned.with(key.sign(unsigned.statement()));
    }

    public LogHead {
        if (number < 1
                || records < 1
                || globalIndex < records
                || !Digests.SHA_256.matcher(hash).matches()) {
            throw new IllegalArgumentException("no head of a log");
        }
    }

    private LogHead with(String itsSignature) {
        return new LogHead(format, number, records, globalIndex, hash, previous, at, key, itsSignature);
    }

    /** What is signed: each member in a line of its own, none of which can hold a line break. */
    String statement() {
        return String.join(
                "\n",
                format,
                Long.toString(number),
                Long.toString(records),
                Long.toString(globalIndex),
                hash,
                previous,
                at.toString(),
                key);
    }

    /** @throws BadEvidence if the key did not sign it */
    void requireSignature(VerificationKey trusted, String place) throws BadEvidence {
        if (!trusted.verifies(statement(), signature)) {
            throw new BadEvidence(
                    place + ", head " + number + ": its signature is not that of key " + trusted.id(), null);
        }
    }

    LogDigest digest() {
        return new LogDigest(records, globalIndex, hash);
    }

    /** Without a line break at its end. */
    String line() {
        return Json.MAPPER.writeValueAsString(this);
    }

    /** @throws BadEvidence if the line is no head, or not written as we write it */
    static LogHead parse(Book book, String line, String place) throws BadEvidence {
        try {
            LogHead head = Json.MAPPER.readValue(line, LogHead.class);
            if (head.format.equals(book.headFormat()) && head.line().equals(line)) {
                return head;
            }
        } catch (JacksonException malformed) {
            throw new BadEvidence(place + " is not a head of the log", malformed);
        }
        throw new BadEvidence(place + " is not a head of the log as " + book.headFormat() + " writes it", null);
    }
}
