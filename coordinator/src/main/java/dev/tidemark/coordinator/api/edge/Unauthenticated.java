package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.security.IdentityFilter;

/** What is said to callers of whom nobody knows who they are. */
public final class Unauthenticated {
    private static final Problem UNKNOWN = problem(
            "the request does not carry a credential that is valid",
            "Send 'Authorization: Bearer <token>', with a token of your own that is neither expired nor revoked"
                    + " or the one from admin.token in the home directory.");
    private static final Problem AMBIGUOUS = problem(
            "the request carries credentials of more than one kind, and nobody can tell in whose name it is made",
            "Send one of them: a token, or a client certificate, or the cookie of a page.");

    private Unauthenticated() {}

    public static Problem because(IdentityFilter.Reason reason) {
        return switch (reason) {
            case UNKNOWN -> UNKNOWN;
            case AMBIGUOUS -> AMBIGUOUS;
        };
    }

    private static Problem problem(String detail, String remedy) {
        return Problem.of(401, "UNAUTHENTICATED", detail, remedy)
                .withHeader("WWW-Authenticate", "Bearer realm=\"tidemark\"");
    }
}
