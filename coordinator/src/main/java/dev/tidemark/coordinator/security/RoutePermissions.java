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
import static dev.tidemark.coordinator.security.Permission.READ;
import static dev.tidemark.coordinator.security.Permission.RESTORE;
import static dev.tidemark.coordinator.security.Permission.VERIFY;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which permission each route asks for. A route that is not in here is closed to everybody, the administrator too; a test finds it
 * before anybody else does.
 */
public final class RoutePermissions {
    /** Answered to anybody, without a token. */
    public static final String LIVENESS = "/health/live";

    private static final Map<String, Permission> NEEDED = needed();

    private RoutePermissions() {}

    /** What it takes to call this route; empty if nobody may. */
    public static Optional<Permission> of(String method, String pattern) {
        // Whoever may have the answer may have its headers alone.
        return Optional.ofNullable(NEEDED.get((method.equals("HEAD") ? "GET" : method) + " " + pattern));
    }

    /** Every route with what it takes. */
    public static Map<String, Permission> all() {
        return NEEDED;
    }

    private static Map<String, Permission> needed() {
        Map<String, Permission> needed = new TreeMap<>();
        needed.put("GET " + LIVENESS, READ);
        needed.put("GET /health/ready", READ);
        needed.put("GET /v1/openapi.yaml", READ);
        needed.put("GET /v1/server", READ);
        needed.put("GET /v1/repositories", READ);
        needed.put("GET /v1/events", READ);
        needed.put("GET /v1/audit/records", EVIDENCE);

        needed.put("GET /v1/vms", READ);
        needed.put("POST /v1/vms", MANAGE);
        needed.put("GET /v1/vms/{vm}", READ);
        needed.put("DELETE /v1/vms/{vm}", MANAGE);
        needed.put("GET /v1/vms/{vm}/chain", READ);
        needed.put("GET /v1/vms/{vm}/events", READ);
        needed.put("GET /v1/vms/{vm}/operations", READ);
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

        needed.put("GET /v1/gateways/{host}/desired", GATEWAY);
        needed.put("POST /v1/gateways/{host}/reports", GATEWAY);
        needed.put("POST /v1/gateways/{host}/progress", GATEWAY);

        needed.put("GET /v1/tokens", AUDIT);
        needed.put("POST /v1/tokens", GRANT);
        needed.put("DELETE /v1/tokens/{token}", GRANT);
        return Collections.unmodifiableMap(needed);
    }
}
