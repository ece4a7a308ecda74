package dev.tidemark.coordinator.security;

import static dev.tidemark.coordinator.security.Permission.ABORT;
import static dev.tidemark.coordinator.security.Permission.AUDIT;
import static dev.tidemark.coordinator.security.Permission.BACKUP;
import static dev.tidemark.coordinator.security.Permission.CHECKPOINT;
import static dev.tidemark.coordinator.security.Permission.DELETE;
import static dev.tidemark.coordinator.security.Permission.EVIDENCE;
import static dev.tidemark.coordinator.security.Permission.GATEWAY;
import static dev.tidemark.coordinator.security.Permission.GRANT;
import static dev.tidemark.coordinator.security.Permission.MANAGE;
import static dev.tidemark.coordinator.security.Permission.METRICS;
import static dev.tidemark.coordinator.security.Permission.READ;
import static dev.tidemark.coordinator.security.Permission.RESTORE;
import static dev.tidemark.coordinator.security.Permission.VERIFY;
import static dev.tidemark.coordinator.security.Permission.WEBHOOK;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which permission each route asks for. A route that is not in here is closed to everybody, the administrator too; a test finds it
 * before anybody else does.
 */
public final class RoutePermissions {
    /** Answered to anybody, without a token. */
    public static final String LIVENESS = "/health/live";

    private static final Map<String, Permission> NEEDED = needed();
    private static final Map<String, Permission> PAGES = neededForPages();

    /** Where somebody signs in who has no session yet. */
    private static final String DOOR = "/ui/sign-in";

    /** What pages look like: files that come with the program, and tell nothing. */
    private static final Set<String> ASSETS = Set.of("/ui/style.css", "/ui/live.js", "/ui/icon.svg");

    private RoutePermissions() {}

    /** What it takes to call this route; empty if nobody may. */
    public static Optional<Permission> of(String method, String pattern) {
        // Whoever may have the answer may have its headers alone.
        String route = (method.equals("HEAD") ? "GET" : method) + " " + pattern;
        return Optional.ofNullable(NEEDED.get(route)).or(() -> Optional.ofNullable(PAGES.get(route)));
    }

    /** Whether this path, exactly as it was sent, is answered to anybody, whatever he shows. */
    public static boolean isOpen(String uri) {
        return uri.equals(DOOR) || isEverThere(uri);
    }

    /** Whether this path is answered as always while the coordinator starts. */
    public static boolean isEverThere(String uri) {
        return uri.equals(LIVENESS) || ASSETS.contains(uri);
    }

    /** Every page with what it takes: they read, and nothing else. */
    public static Map<String, Permission> pages() {
        return PAGES;
    }

    /** Every route of the interface for programs with what it takes. */
    public static Map<String, Permission> all() {
        return NEEDED;
    }

    private static Map<String, Permission> neededForPages() {
        Map<String, Permission> needed = new TreeMap<>();
        needed.put("GET /ui/sign-in", READ);
        needed.put("POST /ui/sign-in", READ);
        needed.put("POST /ui/sign-out", READ);
        needed.put("GET /ui/style.css", READ);
        needed.put("GET /ui/live.js", READ);
        needed.put("GET /ui/icon.svg", READ);
        needed.put("GET /ui", READ);
        needed.put("GET /ui/stream", READ);
        needed.put("GET /ui/vms/{vm}", READ);
        needed.put("GET /ui/backups/{backup}", READ);
        needed.put("GET /ui/operations/{operation}", READ);
        needed.put("GET /ui/repositories", READ);
        needed.put("GET /ui/gateways", READ);
        needed.put("GET /ui/audit", AUDIT);
        needed.put("GET /ui/audit/rows", AUDIT);
        // Of the installation, not of a machine: who runs drills, and what they found.
        needed.put("GET /ui/drills", AUDIT);
        needed.put("GET /ui/drills/{report}", AUDIT);
        return Collections.unmodifiableMap(needed);
    }

    private static Map<String, Permission> needed() {
        Map<String, Permission> needed = new TreeMap<>();
        needed.put("GET " + LIVENESS, READ);
        needed.put("GET /health/ready", READ);
        needed.put("GET /metrics", METRICS);
        needed.put("GET /v1/openapi.yaml", READ);
        needed.put("GET /v1/server", READ);
        needed.put("GET /v1/repositories", READ);
        needed.put("GET /v1/events", READ);
        needed.put("GET /v1/audit/records", EVIDENCE);
        needed.put("GET /v1/audit/export", EVIDENCE);
        needed.put("GET /v1/audit/questions/{question}", AUDIT);
        needed.put("GET /v1/audit/questions/{question}/rows", AUDIT);
        needed.put("GET /v1/audit/chain", AUDIT);

        needed.put("GET /v1/vms", READ);
        needed.put("POST /v1/vms", MANAGE);
        needed.put("GET /v1/vms/{vm}", READ);
        needed.put("DELETE /v1/vms/{vm}", MANAGE);
        needed.put("GET /v1/vms/{vm}/chain", READ);
        needed.put("GET /v1/vms/{vm}/events", READ);
        needed.put("GET /v1/vms/{vm}/operations", READ);
        needed.put("GET /v1/vms/{vm}/labels", READ);
        // Credentials go by them: whoever labels a machine shows it to others, or takes it from them.
        needed.put("PUT /v1/vms/{vm}/labels", GRANT);
        needed.put("POST /v1/vms/{vm}/reconciliation", CHECKPOINT);

        needed.put("GET /v1/vms/{vm}/checkpoints", READ);
        needed.put("POST /v1/vms/{vm}/checkpoints", CHECKPOINT);
        needed.put("GET /v1/vms/{vm}/checkpoints/{checkpoint}", READ);
        needed.put("DELETE /v1/vms/{vm}/checkpoints/{checkpoint}", DELETE);

        needed.put("GET /v1/vms/{vm}/backups", READ);
        needed.put("POST /v1/vms/{vm}/backups", BACKUP);
        needed.put("GET /v1/vms/{vm}/backups/plan", READ);
        needed.put("GET /v1/backups/{backup}", READ);
        needed.put("POST /v1/backups/{backup}/abort", BACKUP);
        needed.put("POST /v1/backups/{backup}/finish", BACKUP);
        needed.put("POST /v1/backups/{backup}/speed", BACKUP);
        needed.put("POST /v1/backups/{backup}/verify", VERIFY);

        needed.put("DELETE /v1/backups/{backup}", DELETE);
        needed.put("POST /v1/backups/{backup}/merge", DELETE);
        needed.put("POST /v1/backups/{backup}/protect", DELETE);
        needed.put("POST /v1/backups/{backup}/unprotect", DELETE);
        needed.put("GET /v1/vms/{vm}/retention", READ);
        needed.put("POST /v1/vms/{vm}/retention/{repo}", DELETE);
        needed.put("DELETE /v1/vms/{vm}/retention/{repo}", DELETE);
        needed.put("GET /v1/vms/{vm}/retention/{repo}/plan", READ);

        needed.put("POST /v1/vms/{vm}/restores", RESTORE);
        needed.put("POST /v1/backups/{backup}/exports", RESTORE);
        needed.put("GET /v1/vms/{vm}/exports", READ);
        needed.put("GET /v1/exports/{export}", READ);
        needed.put("POST /v1/exports/{export}/end", RESTORE);

        needed.put("GET /v1/operations/{operation}", READ);
        needed.put("POST /v1/operations/{operation}/abort", ABORT);

        needed.put("GET /v1/gateways", READ);
        needed.put("POST /v1/gateways/{host}/lease", GATEWAY);
        needed.put("GET /v1/gateways/{host}/desired", GATEWAY);
        needed.put("POST /v1/gateways/{host}/reports", GATEWAY);
        needed.put("POST /v1/gateways/{host}/progress", GATEWAY);

        needed.put("GET /v1/tokens", AUDIT);
        needed.put("POST /v1/tokens", GRANT);
        needed.put("DELETE /v1/tokens/{token}", GRANT);

        needed.put("GET /v1/webhooks", WEBHOOK);
        needed.put("POST /v1/webhooks", WEBHOOK);
        needed.put("GET /v1/webhooks/{webhook}", WEBHOOK);
        needed.put("DELETE /v1/webhooks/{webhook}", WEBHOOK);
        needed.put("GET /v1/webhooks/{webhook}/deliveries", WEBHOOK);
        needed.put("POST /v1/webhooks/{webhook}/enable", WEBHOOK);
        needed.put("POST /v1/webhooks/{webhook}/redeliveries", WEBHOOK);
        needed.put("POST /v1/webhooks/{webhook}/rotation", WEBHOOK);
        needed.put("DELETE /v1/webhooks/{webhook}/rotation", WEBHOOK);
        needed.put("POST /v1/webhooks/{webhook}/test", WEBHOOK);
        return Collections.unmodifiableMap(needed);
    }
}
