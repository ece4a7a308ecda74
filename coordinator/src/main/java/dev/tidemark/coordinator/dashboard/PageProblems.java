package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.edge.ActKeeping;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Sorting;
import dev.tidemark.coordinator.api.edge.Unauthenticated;
import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.IdentityFilter;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.security.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/** What people see where programs would get a problem document; and the door for those of whom nobody knows who they are. */
public final class PageProblems implements HandlerExceptionResolver, Ordered, IdentityFilter.Denial {
    private static final Logger LOG = LoggerFactory.getLogger(PageProblems.class);

    private final Pages pages;
    private final Clock clock;

    public PageProblems(Pages pages, Clock clock) {
        this.pages = pages;
        this.clock = clock;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (!Sessions.isPage(request.getRequestURI())) {
            return null;
        }
        Problem problem = ActKeeping.recorded(Sorting.problem(failure, request));
        if (response.isCommitted()) {
            LOG.debug("a page could not be finished", failure);
            return new ModelAndView();
        }
        try {
            response.resetBuffer();
            problem.headers().forEach(response::setHeader);
            Optional<Identity> reader =
                    Callers.mayNow(Permission.READ) ? Optional.of(Callers.current()) : Optional.empty();
            Frame frame = new Frame(problem.title(), reader, clock.instant(), "", Optional.empty());
            pages.write(request, response, problem.status(), "problem.jte", new ProblemPage(frame, problem));
        } catch (IOException gone) {
            LOG.debug("nobody reads the page any more", gone);
        }
        return new ModelAndView();
    }

    /** Nothing is told but where to sign in. Whoever shows a certificate too needs no session: the cookie goes, and he comes in by that. */
    @Override
    public void answer(HttpServletRequest request, HttpServletResponse response, IdentityFilter.Reason reason) {
        Pages.protect(response, Pages.POLICY);
        Problem why = Unauthenticated.because(reason);
        ActTrail.current().ifPresent(trail -> trail.turnedDown(why.status(), why.code(), why.detail()));
        switch (reason) {
            case UNKNOWN -> response.setHeader(HttpHeaders.LOCATION, SignInResource.DOOR);
            case AMBIGUOUS -> {
                response.addHeader(
                        HttpHeaders.SET_COOKIE, SignInResource.noCookie(request).toString());
                response.setHeader(HttpHeaders.LOCATION, "/ui");
            }
        }
        response.setStatus(303);
    }
}
