package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Caller;
import dev.tidemark.coordinator.api.DryRun;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.Outdated;
import dev.tidemark.coordinator.api.Precondition;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.view.IdempotencyKeyTaken;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.coordinator.view.StorageUnavailable;
import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.EventNames;
import dev.tidemark.schema.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one way by which a request starts something: 202 with the operation, 200 with the decision alone, or the operation
 * that the same request has started before.
 *
 * <p>The key is stored with the operation's first event, in its transaction. So a repeat finds either both or neither,
 * whatever died in between.
 */
public final class Submissions {
    private static final String HEADER = "Idempotency-Key";
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final int NAMES_TRIED_MAX = 50;

    private final Engine engine;
    private final Queries queries;
    private final Operations operations;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    public Submissions(Engine engine, Queries queries, Operations operations) {
        this.engine = engine;
        this.queries = queries;
        this.operations = operations;
    }

    /** A command and the operation that it starts. */
    record Proposal(MachineCommand command, OperationId operation) {}

    /** Makes a command out of a request. Runs only if the request was not answered before. */
    @FunctionalInterface
    interface Proposer {
        /** For a name that we choose, each attempt chooses another one. */
        Proposal propose(int attempt) throws Rejected;
    }

    /** The decision without its events. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Decision(
            String decision,
            List<JsonNode> events,
            @Nullable JsonNode transaction,
            List<String> explanation) {}

    /** Starts what the request asks for, or only tells what would be decided. */
    ResponseEntity<?> accept(HttpServletRequest request, boolean dryRun, Object body, Proposer proposer)
            throws Rejected {
        return accept(request, dryRun, body, false, proposer);
    }

    /** As {@link #accept(HttpServletRequest, boolean, Object, Proposer)}, with a name that we choose. */
    ResponseEntity<?> accept(
            HttpServletRequest request, boolean dryRun, Object body, boolean nameIsOurs, Proposer proposer)
            throws Rejected {
        int attempts = nameIsOurs ? NAMES_TRIED_MAX : 1;
        Precondition precondition = Conditions.precondition(request);
        if (dryRun) {
            ActTrail.questionNow();
            return ResponseEntity.ok(
                    decided(tryNames(attempts, proposer, proposal -> engine.dryRun(proposal.command(), precondition))));
        }
        Optional<Caller.Key> key = key(request, body);
        if (key.isEmpty()) {
            return started(submit(attempts, proposer, caller(key), precondition));
        }
        // Keys of different callers have nothing to do with each other.
        String mark = Callers.current().name() + " " + key.get().value();
        if (!underWay.add(mark)) {
            throw new Refusal(Problem.of(
                    409,
                    "IDEMPOTENCY_KEY_IN_USE",
                    "a request with this Idempotency-Key is being answered at this moment",
                    "Wait for its answer, or repeat this request a little later."));
        }
        try {
            Optional<OperationId> before = startedBefore(key.get());
            return started(before.isPresent() ? before.get() : submit(attempts, proposer, caller(key), precondition));
        } finally {
            underWay.remove(mark);
        }
    }

    private static Caller caller(Optional<Caller.Key> key) {
        return new Caller(Callers.current().name(), key, ActTrail.originNow());
    }

    private OperationId submit(int attempts, Proposer proposer, Caller caller, Precondition precondition)
            throws Rejected {
        try {
            return tryNames(attempts, proposer, proposal -> {
                try (LogContext _ =
                        LogContext.of(proposal.command().machine(), proposal.operation(), caller.request())) {
                    if (engine.submit(proposal.command(), caller, precondition).eventsAppended() > 0) {
                        // Its events tell who asked.
                        ActTrail.settledNow();
                    }
                }
                return proposal.operation();
            });
        } catch (Rejected | RuntimeException failure) {
            // Another coordinator on the same database was quicker: its key is in the way, or what it has begun by now
            // is.
            if (caller.key().isPresent() && mayBeBegunElsewhere(failure)) {
                Optional<OperationId> begun = startedBefore(caller.key().get());
                if (begun.isPresent()) {
                    return begun.get();
                }
            }
            throw failure;
        }
    }

    private Optional<OperationId> startedBefore(Caller.Key key) {
        Optional<Queries.Remembered> before =
                queries.remembered(Callers.current().name(), key.value());
        if (before.isPresent() && !before.get().requestHash().equals(key.requestHash())) {
            throw new Refusal(Problem.of(
                            422,
                            "IDEMPOTENCY_KEY_REUSED",
                            "this Idempotency-Key has started an operation by another request",
                            "Use a new key for a new request.")
                    .withOperation(before.map(Queries.Remembered::operation)));
        }
        // What the caller does not reach any more is asked for as if it had never been: its machine is not found.
        return before.map(Queries.Remembered::operation)
                .filter(operation -> operations.find(operation).isPresent());
    }

    private ResponseEntity<OperationView> started(OperationId operation) {
        ActTrail.operationNow(operation.value());
        OperationView view = shown(operation)
                .orElseThrow(() -> new IllegalStateException("operation " + operation + " is not in the read model"));
        return ResponseEntity.accepted()
                .location(URI.create("/v1/operations/" + operation))
                .body(view);
    }

    /** It is in the log by now: who is told that nothing was changed, and has no key, would start it a second time. */
    private Optional<OperationView> shown(OperationId operation) {
        try {
            return operations.find(operation);
        } catch (StorageUnavailable unavailable) {
            throw new Refusal(Problem.of(
                            503,
                            "OUTCOME_UNKNOWN",
                            "operation " + operation + " was started, and then the database did not answer",
                            "Look at the operation before you repeat this, or repeat it with the same Idempotency-Key"
                                    + " if it had one.")
                    .withOperation(Optional.of(operation)));
        }
    }

    private static Decision decided(DryRun dryRun) {
        return new Decision(
                "ACCEPTED",
                dryRun.events().stream().map(Submissions::typed).toList(),
                dryRun.transaction(),
                dryRun.explanation());
    }

    private static JsonNode typed(MachineEvent event) {
        ObjectNode typed = Json.MAPPER.createObjectNode();
        typed.put("type", EventNames.nameOf(event.getClass()));
        typed.setAll((ObjectNode) Json.MAPPER.valueToTree(event));
        return typed;
    }

    /** What is done with a proposal. */
    @FunctionalInterface
    private interface Attempt<T> {
        T run(Proposal proposal) throws Rejected, Outdated;
    }

    private static <T> T tryNames(int attempts, Proposer proposer, Attempt<T> attempt) throws Rejected {
        for (int number = 1; ; number++) {
            try {
                return attempt.run(proposer.propose(number));
            } catch (Outdated outdated) {
                throw Conditions.failed(outdated);
            } catch (Rejected rejected) {
                if (number == attempts || !rejected.code().equals(Rejected.NAME_TAKEN)) {
                    throw rejected;
                }
            }
        }
    }

    private static Optional<Caller.Key> key(HttpServletRequest request, Object body) {
        List<String> headers = Collections.list(request.getHeaders(HEADER));
        if (headers.isEmpty()) {
            return Optional.empty();
        }
        if (headers.size() > 1 || !KEY.matcher(headers.getFirst()).matches()) {
            throw new Refusal(Problem.of(
                            400,
                            "INVALID_IDEMPOTENCY_KEY",
                            "an Idempotency-Key is one header of 1 to 255 printable ASCII characters without blanks",
                            "Use for example a UUID, a new one for each thing that you want done.")
                    .withField(HEADER));
        }
        return Optional.of(new Caller.Key(headers.getFirst(), digest(request, body)));
    }

    /** Of what was understood, not of the bytes: another order of the members is the same request. */
    private static String digest(HttpServletRequest request, Object body) {
        String meaning = request.getMethod() + " " + request.getRequestURI() + "?" + request.getQueryString() + "\n"
                + Json.MAPPER.writeValueAsString(body) + String.join("", condition(request));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(meaning.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Nothing without one: what earlier versions have stored stays what it is. */
    private static List<String> condition(HttpServletRequest request) {
        return Collections.list(request.getHeaders("If-Match")).stream()
                .map(line -> "\nIf-Match: " + line)
                .toList();
    }

    private static boolean mayBeBegunElsewhere(Throwable failure) {
        return failure instanceof Rejected || failure instanceof Refusal || isKeyTaken(failure);
    }

    private static boolean isKeyTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IdempotencyKeyTaken) {
                return true;
            }
        }
        return false;
    }
}
