package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.api.stream.EventStream;
import dev.tidemark.coordinator.api.stream.EventStreams;
import dev.tidemark.coordinator.api.stream.Wish;
import dev.tidemark.coordinator.ledger.LedgerException;
import dev.tidemark.coordinator.ledger.Position;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.Tokens;
import dev.tidemark.coordinator.view.LogFilter;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.coordinator.view.StorageUnavailable;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.EventNames;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/events}: the log as it grows. */
@RestController
public final class EventResource {
    private static final Logger LOG = LoggerFactory.getLogger(EventResource.class);
    private static final String LAST_EVENT = "Last-Event-ID";
    private static final String PROGRESS = "progress";

    private final EventStreams streams;
    private final Lookup lookup;
    private final Operations operations;
    private final Tokens tokens;
    private final Clock clock;

    public EventResource(EventStreams streams, Lookup lookup, Operations operations, Tokens tokens, Clock clock) {
        this.clock = clock;
        this.tokens = tokens;
        this.streams = streams;
        this.lookup = lookup;
        this.operations = operations;
    }

    @GetMapping(path = "/v1/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void events(
            @RequestParam(value = "vm", required = false) Optional<MachineName> vm,
            @RequestParam(value = "operation", required = false) Optional<OperationId> operation,
            @RequestParam(value = "type", required = false) @Nullable List<String> types,
            @RequestParam(value = "from", required = false) Optional<String> from,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        Wish wish = wish(vm, operation, types);
        Optional<Position> position = position(request, from);
        Identity caller = Callers.current();
        try (EventStream stream =
                streams.open(caller, position.orElse(null), wish, () -> tokens.isStillValid(caller, clock.instant()))) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=UTF-8");
            // Proxies that collect answers before they pass them on would keep everything to themselves.
            response.setHeader("X-Accel-Buffering", "no");
            if (!request.getMethod().equals("HEAD")) {
                write(stream, response);
            }
        }
    }

    private static void write(EventStream stream, HttpServletResponse response) throws InterruptedException {
        try {
            stream.writeTo(response.getOutputStream());
        } catch (IOException gone) {
            LOG.debug("a reader of events has gone", gone);
        } catch (StorageUnavailable | LedgerException unavailable) {
            // The answer has begun. Its reader comes back with its position, and is told then.
            LOG.debug("a stream of events ends, for the database does not answer", unavailable);
        }
    }

    private Wish wish(Optional<MachineName> vm, Optional<OperationId> operation, @Nullable List<String> given) {
        if (given != null && given.isEmpty()) {
            // A name that was left out would otherwise ask for everything.
            throw Refusal.parameter("type", "'type' names no event", "Leave it out to hear of everything.");
        }
        List<String> types = given == null ? List.of() : given;
        for (String type : types) {
            if (!type.equals(PROGRESS) && !EventNames.all().containsKey(type)) {
                throw Refusal.parameter(
                        "type",
                        "no event is known under one of these names",
                        "Give a stored name with its version, as backup-completed.v1, or progress.");
            }
        }
        boolean progress = types.isEmpty() || types.contains(PROGRESS);
        Optional<MachineId> machine = vm.map(name -> lookup.known(name).id());
        if (operation.isPresent()) {
            OperationView found = operations.known(operation.get());
            machine = machine.or(() -> Optional.of(new MachineId(found.vmId())));
        }
        // No event is stored as progress: who wants that alone gets no event.
        Identity caller = Callers.current();
        return new Wish(
                new LogFilter(
                        machine, operation, new HashSet<>(types), caller.scope().restriction()),
                progress,
                caller);
    }

    /** A reader that comes again sends the header, and its first address with it. */
    private static Optional<Position> position(HttpServletRequest request, Optional<String> from) {
        List<String> headers = Collections.list(request.getHeaders(LAST_EVENT));
        if (headers.size() > 1) {
            throw invalid(LAST_EVENT, "it is given more than once");
        }
        if (headers.size() == 1) {
            return Optional.of(Position.parse(headers.getFirst())
                    .orElseThrow(() -> invalid(LAST_EVENT, "it does not have the form of a position")));
        }
        return from.map(text -> text.equals("start")
                ? Position.START
                : Position.parse(text)
                        .orElseThrow(() -> invalid("from", "it is neither 'start' nor has it the form of a position")));
    }

    private static Refusal invalid(String field, String detail) {
        return new Refusal(Problem.of(
                        400,
                        "INVALID_POSITION",
                        detail,
                        "Send the id of the last event that you have seen, as it was told.")
                .withField(field));
    }
}
