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
    static final String MEDIA_TYPE = LineForm.NDJSON_TYPE;
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
        write(request, response, lines, LineForm.NDJSON);
    }

    /** The same in another form. */
    public void write(HttpServletRequest request, HttpServletResponse response, Stream<String> lines, LineForm form)
            throws IOException {
        Identity caller = Callers.current();
        boolean all = caller.may(Permission.DATA);
        try (lines) {
            Iterator<String> rest = lines.iterator();
            boolean any = rest.hasNext();
            response.setContentType(form.mediaType() + ";charset=UTF-8");
            if (request.getMethod().equals("HEAD")) {
                return;
            }
            OutputStream out = new BufferedOutputStream(response.getOutputStream(), BUFFER_BYTES);
            write(out, form.head());
            long count = 0;
            while (any && hasNext(rest, out, form)) {
                String line = rest.next();
                write(out, form.line(all ? line : Confidential.blank(line)));
                count++;
                if (count % LINES_PER_LOOK == 0 && !tokens.isStillValid(caller, clock.instant())) {
                    LOG.info("a long answer to {} ends: what it was asked with is no longer valid", caller.name());
                    write(out, form.cutOff("what it was asked with is no longer valid"));
                    out.flush();
                    return;
                }
            }
            write(out, form.end(count));
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

    /** Where the rest cannot be had, that is written where the reader looks, if his form has room for it. */
    private static boolean hasNext(Iterator<String> rest, OutputStream out, LineForm form) throws IOException {
        try {
            return rest.hasNext();
        } catch (StorageUnavailable | LedgerException unavailable) {
            write(out, form.cutOff("the database does not answer"));
            out.flush();
            throw unavailable;
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
