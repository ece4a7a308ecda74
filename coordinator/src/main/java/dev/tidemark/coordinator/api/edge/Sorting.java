package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.Unreachable;
import dev.tidemark.coordinator.ledger.LedgerException;
import dev.tidemark.coordinator.security.Guesses;
import dev.tidemark.coordinator.view.MachineNameTaken;
import dev.tidemark.coordinator.view.StorageUnavailable;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.id.InvalidIdentity;
import dev.tidemark.schema.id.Ulid;
import jakarta.servlet.http.HttpServletRequest;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import tools.jackson.core.JacksonException;

/** Every exception becomes an answer here, and nowhere else. What is not foreseen is told by an id only. */
public final class Sorting {
    private static final Logger LOG = LoggerFactory.getLogger(Sorting.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    private Sorting() {}

    public static Problem problem(Throwable failure, HttpServletRequest request) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Problem foreseen = foreseen(cause);
            if (foreseen != null) {
                return foreseen;
            }
        }
        return unforeseen(failure, request);
    }

    private static @Nullable Problem foreseen(Throwable failure) {
        return switch (failure) {
            case Refusal refusal -> refusal.problem();
            case Rejected rejected -> rejected(rejected);
            case Unreachable unreachable ->
                Problem.of(
                        503,
                        "MACHINE_UNAVAILABLE",
                        unreachable.detail(),
                        "Start the machine, or free its QMP socket, and ask again.");
            case MachineNameTaken taken ->
                Problem.of(
                        409,
                        Rejected.NAME_TAKEN,
                        String.valueOf(taken.getMessage()),
                        "Choose another name, or remove that machine first.");
            case StorageUnavailable _ ->
                Problem.of(
                        503,
                        "STORAGE_UNAVAILABLE",
                        "the database does not answer",
                        "Nothing was changed. Check the database, then ask again.");
            case LedgerException ledger -> ledger(ledger);
            case FencedException fenced ->
                Problem.of(
                        409,
                        "GATEWAY_FENCED",
                        String.valueOf(fenced.getMessage()),
                        "Another gateway has this host. Stop this one, or start it with --take-over if the other one is gone.");
            case LinkException _ ->
                Problem.of(
                        503,
                        "COORDINATOR_UNAVAILABLE",
                        "the coordinator cannot answer a gateway now",
                        "Ask again; a report that was in flight is worked out from the next look.");
            case InterruptedException _ ->
                Problem.of(503, "STOPPING", "the coordinator is stopping", "Ask again when it is back.");
            case BodyTrouble trouble -> trouble.problem();
            case Guesses.TooMany guesses -> tooMany(guesses);
            default -> fromTheFramework(failure);
        };
    }

    private static Problem tooMany(Guesses.TooMany guesses) {
        return Problem.of(
                        429,
                        "TOO_MANY_BAD_CREDENTIALS",
                        String.valueOf(guesses.getMessage()),
                        "Look at what sends them. A credential that was good before still is; another one is looked at after the"
                                + " time in Retry-After.")
                .withHeader("Retry-After", Long.toString(Pace.seconds(guesses.waiting())));
    }

    private static Problem rejected(Rejected rejected) {
        int status = switch (rejected.kind()) {
            case BAD_REQUEST -> 400;
            case NOT_FOUND -> 404;
            case CONFLICT, FULL_REQUIRED -> 409;
            case UNSUPPORTED -> 422;
            case UNAVAILABLE -> 503;
        };
        return Problem.of(status, rejected.code(), rejected.detail(), rejected.remedy())
                .withOperation(rejected.operation());
    }

    private static @Nullable Problem ledger(LedgerException failure) {
        return switch (failure) {
            case LedgerException.Unavailable unavailable
            when unavailable.reason() == LedgerException.Cause.MACHINE_BUSY ->
                Problem.of(
                        409, "MACHINE_BUSY", String.valueOf(failure.getMessage()), "Nothing was changed. Ask again.");
            case LedgerException.Unavailable _ ->
                Problem.of(
                        503,
                        "STORAGE_UNAVAILABLE",
                        String.valueOf(failure.getMessage()),
                        "Nothing was changed. Check the database, then ask again.");
            case LedgerException.ConflictExhausted _ ->
                Problem.of(
                        409,
                        "CONFLICT",
                        "others changed the machine at the same time, again and again",
                        "Nothing was changed. Ask again.");
            case LedgerException.OutcomeUnknown _ ->
                Problem.of(
                        503,
                        "OUTCOME_UNKNOWN",
                        "the database went away in the moment of the commit",
                        "Look at the vm's operations before you repeat this, or repeat it with the same Idempotency-Key"
                                + " if it had one.");
            // The read model may have had a good reason: it is the cause, and sorted next.
            case LedgerException.ProjectionFailed _ -> null;
            case LedgerException.Corrupt _, LedgerException.Incomplete _, LedgerException.Failed _ -> null;
        };
    }

    private static @Nullable Problem fromTheFramework(Throwable failure) {
        return switch (failure) {
            case HttpMessageNotReadableException unreadable -> unreadable(unreadable);
            case MethodArgumentTypeMismatchException mismatch -> parameter(mismatch);
            case MissingServletRequestParameterException missing ->
                Problem.of(
                                400,
                                "MISSING_PARAMETER",
                                "the query parameter '" + missing.getParameterName() + "' is missing",
                                "Add it (see /v1/openapi.yaml).")
                        .withField(missing.getParameterName());
            case NoHandlerFoundException _ ->
                Problem.of(404, "ROUTE_NOT_FOUND", "there is nothing here", "See /v1/openapi.yaml for what there is.");
            case HttpRequestMethodNotSupportedException method -> method(method);
            case HttpMediaTypeNotSupportedException _ ->
                Problem.of(
                        415,
                        "UNSUPPORTED_MEDIA_TYPE",
                        "the body's media type is not supported",
                        "Send 'Content-Type: application/json'.");
            case HttpMediaTypeNotAcceptableException unacceptable -> notAcceptable(unacceptable);
            case InvalidParameterException _ -> badRequest(400, "the query string is malformed");
            case ErrorResponse error
            when error.getStatusCode().is4xxClientError() ->
                badRequest(error.getStatusCode().value(), "the request does not fit this resource");
            default -> null;
        };
    }

    private static Problem unreadable(HttpMessageNotReadableException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyTrouble trouble) {
                return trouble.problem();
            }
            if (cause instanceof SocketTimeoutException) {
                return Problem.of(408, "REQUEST_TOO_SLOW", "the body stopped coming", "Send it again.");
            }
        }
        return failure.getCause() instanceof JacksonException json ? BodyProblems.of(json) : BodyProblems.missing();
    }

    private static Problem parameter(MethodArgumentTypeMismatchException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidIdentity identity) {
                return Problem.of(
                                400,
                                "INVALID_NAME",
                                String.valueOf(identity.getMessage()),
                                "Correct the " + identity.kind() + ".")
                        .withField(failure.getName());
            }
        }
        return Problem.of(
                        400,
                        "INVALID_PARAMETER",
                        "'" + failure.getName() + "' does not have a value that is allowed here",
                        "Correct it (see /v1/openapi.yaml).")
                .withField(failure.getName());
    }

    private static Problem method(HttpRequestMethodNotSupportedException failure) {
        String allowed = String.join(
                ", ", Optional.ofNullable(failure.getSupportedMethods()).orElseGet(() -> new String[0]));
        return Problem.of(405, "METHOD_NOT_ALLOWED", "this resource does not know the method", "Use " + allowed + ".")
                .withHeader("Allow", allowed);
    }

    private static Problem notAcceptable(HttpMediaTypeNotAcceptableException failure) {
        List<MediaType> there = failure.getSupportedMediaTypes();
        String type = there.isEmpty() || there.contains(MediaType.APPLICATION_JSON)
                ? MediaType.APPLICATION_JSON_VALUE
                : there.getFirst().toString();
        return Problem.of(
                406,
                "NOT_ACCEPTABLE",
                "there is no answer in an accepted media type",
                "Send 'Accept: " + type + "', or leave it out.");
    }

    private static Problem badRequest(int status, String detail) {
        return Problem.of(status, "BAD_REQUEST", detail, "See /v1/openapi.yaml for what there is.");
    }

    private static Problem unforeseen(Throwable failure, HttpServletRequest request) {
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        RANDOM.nextBytes(randomness);
        String id = Ulid.encode(System.currentTimeMillis(), randomness);
        LOG.error("error {} while answering {} {}", id, request.getMethod(), request.getRequestURI(), failure);
        return Problem.of(
                        500,
                        "INTERNAL_ERROR",
                        "the coordinator failed in a way that was not foreseen",
                        "Look for the error id in the coordinator's log. What was committed stays; ask for the"
                                + " machine's operations before you repeat anything.")
                .withErrorId(id);
    }
}
