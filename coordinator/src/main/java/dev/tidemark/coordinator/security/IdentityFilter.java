package dev.tidemark.coordinator.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Lets a request pass if it carries exactly one credential, and that one is known, in the name of whoever that is; or if its path, exactly
 * as it was sent, is the one that is open. Every other route is closed, also one that does not exist: who is nobody learns nothing.
 */
public final class IdentityFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient List<CredentialReader> readers;
    private final transient Labels labels;
    private final transient Denial denial;

    /** Why somebody is nobody. */
    public enum Reason {
        /** Nothing was shown, or nothing that is valid. */
        UNKNOWN,
        /** More than one kind of credential: whose name the act would be done in was a matter of chance. */
        AMBIGUOUS
    }

    /** Says no. */
    @FunctionalInterface
    public interface Denial {
        void answer(HttpServletRequest request, HttpServletResponse response, Reason reason) throws IOException;
    }

    /** Asks these readers, in their order. */
    public IdentityFilter(List<CredentialReader> readers, Labels labels, Denial denial) {
        this.readers = List.copyOf(readers);
        this.labels = labels;
        this.denial = denial;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (RoutePermissions.isOpen(request.getRequestURI())) {
            chain.doFilter(request, response);
            return;
        }
        List<CredentialReader> shown =
                readers.stream().filter(reader -> reader.isShown(request)).toList();
        if (shown.size() > 1) {
            denial.answer(request, response, Reason.AMBIGUOUS);
            return;
        }
        Optional<Identity> caller = shown.stream()
                .findFirst()
                .flatMap(reader -> reader.identify(request))
                .map(identity -> labels.reaching(identity.from(request.getRemoteAddr())));
        if (caller.isEmpty()) {
            denial.answer(request, response, Reason.UNKNOWN);
            return;
        }
        try {
            Callers.answer(caller.get(), () -> {
                chain.doFilter(request, response);
                return true;
            });
        } catch (IOException | ServletException | RuntimeException failure) {
            throw failure;
        } catch (Exception undeclared) {
            throw new ServletException(undeclared);
        }
    }
}
