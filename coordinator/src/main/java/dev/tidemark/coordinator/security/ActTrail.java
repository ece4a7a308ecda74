package dev.tidemark.coordinator.security;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the request that is being answered, for the record of it: filled on its way through the filters, on the thread that
 * answers it. A request has one record; whoever writes it says so here.
 */
public final class ActTrail {
    private static final ScopedValue<ActTrail> CURRENT = ScopedValue.newInstance();

    private final Acts acts;
    private final String request;
    private final String httpMethod;
    private final String path;
    private final String address;
    private @Nullable Identity caller;
    private @Nullable String route;
    private @Nullable Permission permission;
    private Map<String, String> variables = Map.of();
    private @Nullable String named;
    private @Nullable String operation;
    private boolean beyondReach;
    private boolean question;
    private boolean settled;

    /**
     * Of a request that has just come.
     *
     * @param request its id
     */
    public ActTrail(Acts acts, String request, String httpMethod, String path, String address) {
        this.acts = acts;
        this.request = request;
        this.httpMethod = httpMethod;
        this.path = path;
        this.address = address;
    }

    /** The request that this thread answers; empty if it answers none. */
    public static Optional<ActTrail> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** From where and by which request, for events and tokens; empty if nobody calls. */
    public static Map<String, String> originNow() {
        return current().map(ActTrail::origin).orElse(Map.of());
    }

    /** What the body names, where the path names nothing. */
    public static void aboutNow(String name) {
        current().ifPresent(trail -> trail.named = name);
    }

    /** The operation that it started, or had started before. */
    public static void operationNow(String id) {
        current().ifPresent(trail -> trail.operation = id);
    }

    /** What the request names is there, and its caller does not reach it. */
    public static void beyondReachNow() {
        current().ifPresent(trail -> trail.beyondReach = true);
    }

    /** It asks what would come of it, and nothing is to come of it. */
    public static void questionNow() {
        current().ifPresent(trail -> trail.question = true);
    }

    /** There is a record of it: an event, an entry. Or there is nothing to record. */
    public static void settledNow() {
        current().ifPresent(trail -> trail.settled = true);
    }

    /** Answers it. */
    public void answer(Callable<Boolean> work) throws Exception {
        boolean _ = ScopedValue.where(CURRENT, this).call(work::call);
    }

    /** Who calls what. */
    public void routed(Identity known, String itsRoute, Optional<Permission> needed, Map<String, String> itsVariables) {
        caller = known;
        route = itsRoute;
        permission = needed.orElse(null);
        variables = Map.copyOf(itsVariables);
    }

    /** It may be carried out: recorded now, if that has to be. */
    public void permitted() {
        acts.permitted(this);
    }

    /**
     * Somebody signed in, or out: recorded now.
     *
     * @throws dev.tidemark.coordinator.ledger.LedgerException if it cannot be
     */
    public static void signedNow(Identity known, boolean in) {
        current().ifPresent(trail -> trail.acts.signed(known, trail, in));
    }

    /**
     * What is asked for makes sense, changes something that has no event and no entry of its own, and is about to be done: recorded now.
     *
     * @throws dev.tidemark.coordinator.ledger.LedgerException if it cannot be; then it must not be done
     */
    public static void aboutToChange() {
        current().ifPresent(trail -> trail.acts.allowed(trail));
    }

    /** It was carried out. */
    public void carriedOut() {
        acts.carriedOut(this);
    }

    /** It was turned down. */
    public void turnedDown(int status, String code, String detail) {
        acts.turnedDown(this, status, code, detail);
    }

    /** Which request, how its caller was known, by which token, from where, and what was called. */
    public Map<String, String> origin() {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("request", request);
        Identity known = caller;
        if (known != null) {
            origin.put("method", known.credential().kind().word());
            known.credential().record().ifPresent(token -> origin.put("token", token));
        }
        origin.put("address", address);
        if (route != null) {
            origin.put("route", route);
        }
        return origin;
    }

    /** Whether it asks to change something. */
    public boolean changes() {
        return !(question || httpMethod.equals("GET") || httpMethod.equals("HEAD") || httpMethod.equals("OPTIONS"));
    }

    Optional<String> operation() {
        return Optional.ofNullable(operation);
    }

    void settle() {
        settled = true;
    }

    boolean isSettled() {
        return settled;
    }

    boolean isBeyondReach() {
        return beyondReach;
    }

    /** What was called, for a route that nobody has looked up. */
    String call() {
        return route == null ? httpMethod + " " + path : route;
    }

    String path() {
        return path;
    }

    String address() {
        return address;
    }

    Optional<Identity> caller() {
        return Optional.ofNullable(caller);
    }

    Optional<Permission> permission() {
        return Optional.ofNullable(permission);
    }

    Map<String, String> variables() {
        return variables;
    }

    Optional<String> named() {
        return Optional.ofNullable(named);
    }
}
