package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.ledger.LedgerException;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Confidential;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.security.Tokens;
import dev.tidemark.coordinator.view.StorageUnavailable;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Iterator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Long answers, a line of JSON each, written as they are read. The last line says how many there were ({@code {"end":1000000}}): an
 * answer without it was cut off, by whatever.
 */
public final class LineStreams {
    static final String MEDIA_TYPE = "application/x-ndjson";
    private static final Logger LOG = LoggerFactory.getLogger(LineStreams.class);
    private static final int BUFFER_BYTES = 64 * 1024;

    /** Whether the caller's token still holds is asked after so many lines. */
    private static final int LINES_PER_LOOK = 1_000;

    private final Tokens tokens;
    private final Clock clock;

    public LineStreams(Tokens tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Answers with these lines; what fails before the first becomes a problem, as everywhere. */
    void write(HttpServletRequest request, HttpServletResponse response, Stream<String> lines) throws IOException {
        Identity caller = Callers.current();
        boolean all = caller.may(Permission.DATA);
        try (lines) {
            Iterator<String> rest = lines.iterator();
            boolean any = rest.hasNext();
            response.setContentType(MEDIA_TYPE + ";charset=UTF-8");
            if (request.getMethod().equals("HEAD")) {
                return;
            }
            OutputStream out = new BufferedOutputStream(response.getOutputStream(), BUFFER_BYTES);
            long count = 0;
            while (any && rest.hasNext()) {
                String line = rest.next();
                out.write((all ? line : Confidential.blank(line)).getBytes(StandardCharsets.UTF_8));
                out.write('\n');
                count++;
                if (count % LINES_PER_LOOK == 0 && !tokens.isStillValid(caller, clock.instant())) {
                    LOG.info("a long answer to {} ends: what it was asked with is no longer valid", caller.name());
                    out.flush();
                    return;
                }
            }
            out.write(("{\"end\":" + count + "}\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (StorageUnavailable | LedgerException unavailable) {
            if (!response.isCommitted()) {
                throw unavailable;
            }
            // Its reader misses the last line.
            LOG.warn("a long answer ends, for the database does not answer: {}", unavailable.getMessage());
        } catch (IOException gone) {
            LOG.debug("a reader of a long answer has gone", gone);
        }
    }
}
