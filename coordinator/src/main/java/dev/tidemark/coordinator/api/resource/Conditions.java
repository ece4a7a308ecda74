package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.MachineVersion;
import dev.tidemark.coordinator.api.Outdated;
import dev.tidemark.coordinator.api.Precondition;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.EntityTags;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * Entity tags (RFC 9110, 8.8.3): what a reader knows a machine by, so that it can act on what it read and on nothing else.
 *
 * <p>A tag is the machine's id, the version of its log, and a digest of the answer itself, for an answer also tells what was seen of
 * QEMU and is not in the log. All three make the tag a strong one. What acts on a machine compares the first two alone: they are what
 * the ledger decides on, and QEMU's state of this moment would be outdated by the time of the decision.
 */
public final class Conditions {
    private static final String IF_MATCH = "If-Match";
    private static final String IF_NONE_MATCH = "If-None-Match";
    private static final Pattern TAG =
            Pattern.compile("([0-7][0-9A-HJKMNP-TV-Z]{25})-(0|[1-9][0-9]{0,17})(-[0-9a-f]{16})?");
    private static final int DIGEST_BYTES = 8;

    private final Queries queries;

    public Conditions(Queries queries) {
        this.queries = queries;
    }

    /** Reads what is answered. */
    @FunctionalInterface
    interface Reading<T> {
        T read() throws Rejected;
    }

    /** The answer with its tag, or 304 if the caller has it. */
    <T> ResponseEntity<T> tagged(HttpServletRequest request, MachineId machine, Reading<T> reading) throws Rejected {
        Optional<EntityTags> match = EntityTags.of(request, IF_MATCH);
        Optional<EntityTags> noneMatch = EntityTags.of(request, IF_NONE_MATCH);
        // Before the answer is read: a tag that is older than what it comes with leads to a 412 too many, one that is
        // newer to an act on
        // what nobody has seen.
        MachineVersion version = new MachineVersion(machine, queries.version(machine));
        T answer = reading.read();
        String tag = version + "-" + digest(answer);
        if (match.isPresent() && !precondition(match.get()).admits(version)) {
            throw failed(version);
        }
        if (noneMatch.isPresent() && noneMatch.get().includesWeakly(tag)) {
            return ResponseEntity.status(HttpStatus.NOT_MODIFIED)
                    .eTag(quoted(tag))
                    .build();
        }
        return ResponseEntity.ok().eTag(quoted(tag)).body(answer);
    }

    /** What a request that acts on a machine expects of it. */
    static Precondition precondition(HttpServletRequest request) {
        return EntityTags.of(request, IF_MATCH).map(Conditions::precondition).orElse(Precondition.NONE);
    }

    /** Says that the machine is not as it was expected, and how it is. */
    static Refusal failed(Outdated outdated) {
        return failed(outdated.now());
    }

    private static Refusal failed(MachineVersion now) {
        if (now.version() == 0) {
            return new Refusal(Problem.of(
                    412,
                    "PRECONDITION_FAILED",
                    "there is nothing yet that could be as the request expects it",
                    "Leave If-Match out."));
        }
        return new Refusal(Problem.of(
                        412,
                        "PRECONDITION_FAILED",
                        "the vm has changed since; nothing was done",
                        "Read again what you have decided by, and send the ETag (--expect: the version) that it has then.")
                .withCurrentTag(quoted(now.toString())));
    }

    private static Precondition precondition(EntityTags given) {
        if (given.any()) {
            return new Precondition.Known();
        }
        return new Precondition.OneOf(given.tags().stream()
                // The comparison is the strong one: nothing is equal to a weak tag.
                .filter(tag -> !tag.weak())
                .map(tag -> TAG.matcher(tag.opaque()))
                .filter(Matcher::matches)
                .map(tag -> new MachineVersion(new MachineId(tag.group(1)), Long.parseLong(tag.group(2))))
                .collect(Collectors.toUnmodifiableSet()));
    }

    private static String digest(Object answer) {
        // Who may not know everything is answered otherwise, and an answer of its own has a tag of its own.
        String sort = Callers.mayNow(Permission.DATA) ? "all " : "discreet ";
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(sort.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(Json.MAPPER.writeValueAsBytes(answer)), 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String quoted(String tag) {
        return "\"" + tag + "\"";
    }
}
