package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.stream.EventStream;
import dev.tidemark.coordinator.api.stream.EventStreams;
import dev.tidemark.coordinator.api.stream.Wish;
import dev.tidemark.coordinator.ledger.LedgerException;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.Sessions;
import dev.tidemark.coordinator.security.Tokens;
import dev.tidemark.coordinator.view.LogFilter;
import dev.tidemark.coordinator.view.StorageUnavailable;
import dev.tidemark.schema.id.MachineName;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /ui/stream}: tells a page that something has happened. It fetches itself again then, so that nothing has to be caught up. */
@RestController
public final class StreamResource {
    private static final Logger LOG = LoggerFactory.getLogger(StreamResource.class);

    private final EventStreams streams;
    private final MachineReader machines;
    private final Sessions sessions;
    private final Tokens tokens;
    private final Clock clock;

    public StreamResource(EventStreams streams, MachineReader machines, Sessions sessions, Tokens tokens, Clock clock) {
        this.streams = streams;
        this.machines = machines;
        this.sessions = sessions;
        this.tokens = tokens;
        this.clock = clock;
    }

    @GetMapping(path = "/ui/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(
            @RequestParam(value = "vm", required = false) Optional<MachineName> vm,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        Identity reader = Callers.current();
        Wish wish = new Wish(
                new LogFilter(
                        vm.map(name -> machines.reference(name).id()),
                        Optional.empty(),
                        Set.of(),
                        reader.scope().restriction()),
                true,
                reader);
        // Signing out ends it too.
        BooleanSupplier allowed = sessions.isShown(request)
                ? () -> sessions.isStillValid(request)
                : () -> tokens.isStillValid(reader, clock.instant());
        try (EventStream stream = streams.open(reader, null, wish, allowed)) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=UTF-8");
            response.setHeader("X-Accel-Buffering", "no");
            if (!request.getMethod().equals("HEAD")) {
                stream.writeTo(response.getOutputStream());
            }
        } catch (StorageUnavailable | LedgerException unavailable) {
            if (!response.isCommitted()) {
                throw unavailable;
            }
            LOG.debug("a page is no longer told what happens, for the database does not answer", unavailable);
        } catch (IOException gone) {
            LOG.debug("a page was closed", gone);
        }
    }
}
