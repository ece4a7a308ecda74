package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.edge.ActKeeping;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.StartFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people see while the coordinator starts: how far that is, on a page that asks again by itself. */
public final class StartAnswer implements StartFilter.Answer {
    private static final Logger LOG = LoggerFactory.getLogger(StartAnswer.class);
    private static final String TITLE = "Tidemark is starting";

    /** Somebody looks, and wants to see it go on. */
    private static final int SECONDS_MAX = 5;

    private final Pages pages;
    private final Clock clock;

    public StartAnswer(Pages pages, Clock clock) {
        this.pages = pages;
        this.clock = clock;
    }

    @Override
    public void write(HttpServletRequest request, HttpServletResponse response, Problem found, int secondsLeft) {
        Problem problem = ActKeeping.recorded(found);
        problem.headers().forEach(response::setHeader);
        // What was sent with a form was not taken, and is not sent again by itself.
        boolean asked = request.getMethod().equals("GET");
        int seconds = Math.min(secondsLeft, SECONDS_MAX);
        response.setHeader("Refresh", seconds + (asked ? "" : ";url=/ui"));
        Frame frame = new Frame(TITLE, Optional.empty(), clock.instant(), "", Optional.empty());
        try {
            pages.write(
                    request,
                    response,
                    problem.status(),
                    "starting.jte",
                    new StartPage(frame, problem.detail(), seconds, !asked));
        } catch (IOException gone) {
            LOG.debug("nobody waits for the start any more", gone);
        }
    }
}
