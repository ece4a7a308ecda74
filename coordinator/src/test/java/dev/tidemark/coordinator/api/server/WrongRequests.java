package dev.tidemark.coordinator.api.server;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** For an operation and a code the request that is refused with it, where a request alone is enough for that. */
final class WrongRequests {
    private static final String NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    private static final String NOTHING = "nothing";
    private static final String MOMENT = "&at=2026-01-02T03:04:05Z";

    private final OwnedThings own;

    WrongRequests(OwnedThings own) {
        this.own = own;
    }

    record Asked(String path, @Nullable String body) {}

    /** Empty if no request alone is refused so. */
    Optional<Asked> of(Routes.Route route, String code) {
        return Optional.ofNullable(
                switch (code) {
                    case "INVALID_MEMBER" ->
                        route.body() == null ? query(route, "kind=FULL&since=monday") : body(route, "{\"unheard\":1}");
                    case "INVALID_NAME" -> invalidName(route);
                    case "INVALID_PARAMETER" -> invalidParameter(route);
                    case "INVALID_CURSOR" -> query(route, "after=x");
                    case "MISSING_PARAMETER" -> new Asked(own.in(route).replaceAll("\\?.*", ""), null);
                    case "INVALID_POSITION" -> query(route, "from=x");
                    case "UNKNOWN_POSITION" -> query(route, "from=1-000000000000");
                    case "AMBIGUOUS_BACKUP" -> backup(route, own.backup().substring(0, 6));
                    case "AMBIGUOUS_EXPORT" ->
                        named(route, "{export}", own.export().substring(0, 6));
                    case "BACKUP_NOT_FOUND" -> backup(route, NOBODY);
                    case "BACKUP_NOT_COMPLETED" -> backup(route, own.running());
                    case "BACKUP_NOT_STORED" -> backup(route, own.pulled());
                    case "EXPORT_NOT_FOUND" -> named(route, "{export}", NOBODY);
                    case "TOKEN_NOT_FOUND" -> named(route, "{token}", NOTHING);
                    case "WEBHOOK_NOT_FOUND" -> named(route, "{webhook}", NOTHING);
                    case "QUESTION_NOT_FOUND" -> named(route, "{question}", NOTHING);
                    case "DELIVERY_NOT_FOUND" -> body(route, "{\"index\":999}");
                    case "CHECKPOINT_NOT_FOUND" -> unknownCheckpoint(route);
                    case "REPOSITORY_NOT_FOUND" -> unknownRepository(route);
                    case "OPERATION_NOT_FOUND" -> unknownOperation(route);
                    case "VM_NOT_FOUND" -> unknownMachine(route);
                    case "NAME_TAKEN" -> takenName(route);
                    case "WEBHOOK_NOT_ALLOWED" ->
                        body(route, "{\"name\":\"strange\",\"url\":\"https://elsewhere.example/in\"}");
                    default -> null;
                });
    }

    private Asked body(Routes.Route route, String body) {
        return new Asked(own.in(route), body);
    }

    private Asked query(Routes.Route route, String query) {
        return new Asked(RefusalsOfOperations.joined(own.in(route), query), route.body());
    }

    private Asked named(Routes.Route route, String variable, String name) {
        return new Asked(
                own.in(new Routes.Route(route.method(), route.pattern().replace(variable, name), null)), route.body());
    }

    private Asked invalidName(Routes.Route route) {
        return switch (route.toString()) {
            case "POST /v1/vms" -> body(route, "{\"name\":\"-x\",\"qmp\":\"/run/new.sock\"}");
            case "POST /v1/tokens" -> body(route, "{\"name\":\"-x\",\"role\":\"VIEWER\"}");
            case "POST /v1/webhooks" -> body(route, "{\"name\":\"-x\",\"url\":\"http://127.0.0.1:9/in\"}");
            case "GET /v1/audit/chain" -> new Asked("/v1/audit/chain?vm=-x" + MOMENT, null);
            case "GET /v1/events", "GET /v1/audit/questions/{question}", "GET /v1/audit/questions/{question}/rows" ->
                query(route, "vm=-x");
            default ->
                new Asked(
                        own.in(new Routes.Route(
                                route.method(), route.pattern().replaceFirst("\\{[a-z]+}", "-x"), null)),
                        route.body());
        };
    }

    private Asked invalidParameter(Routes.Route route) {
        return query(
                route,
                switch (route.toString()) {
                    case "GET /v1/audit/export" -> "after=x";
                    case "GET /v1/audit/questions/{question}/rows" -> "days=x";
                    case "GET /v1/audit/chain" -> "at=x";
                    case "GET /v1/vms/{vm}/backups/plan" -> "kind=NONE";
                    case "GET /v1/vms/{vm}/retention/{repo}/plan" -> "merge=maybe";
                    case "GET /v1/operations/{operation}", "GET /v1/gateways/{host}/desired" -> "wait=61";
                    case "GET /v1/events" -> "type=none";
                    default -> route.method().equals("GET") ? "limit=0" : "dryRun=maybe";
                });
    }

    private @Nullable Asked backup(Routes.Route route, String id) {
        return switch (route.toString()) {
            case "GET /v1/audit/questions/{question}" -> new Asked("/v1/audit/questions/backup?backup=" + id, null);
            case "GET /v1/audit/questions/{question}/rows" ->
                new Asked("/v1/audit/questions/backup/rows?backup=" + id, null);
            case "POST /v1/vms/{vm}/restores" -> body(route, "{\"backup\":\"" + id + "\",\"to\":\"/restore\"}");
            default -> named(route, "{backup}", id);
        };
    }

    private Asked unknownCheckpoint(Routes.Route route) {
        return switch (route.toString()) {
            case "GET /v1/vms/{vm}/backups/plan" -> query(route, "kind=SINCE&since=" + NOTHING);
            case "POST /v1/vms/{vm}/backups" ->
                body(route, "{\"repo\":\"default\",\"kind\":\"SINCE\",\"since\":\"nothing\"}");
            default -> named(route, "{checkpoint}", NOTHING);
        };
    }

    private Asked unknownRepository(Routes.Route route) {
        return switch (route.toString()) {
            case "GET /v1/vms/{vm}/backups" -> query(route, "repo=" + NOTHING);
            case "GET /v1/vms/{vm}/backups/plan" ->
                new Asked(own.in(route).replace("repo=default", "repo=" + NOTHING), null);
            case "POST /v1/vms/{vm}/backups" -> body(route, "{\"repo\":\"nothing\"}");
            case "POST /v1/vms/{vm}/restores" -> body(route, "{\"repo\":\"nothing\",\"to\":\"/restore\"}");
            default -> named(route, "{repo}", NOTHING);
        };
    }

    private Asked unknownOperation(Routes.Route route) {
        return switch (route.toString()) {
            case "GET /v1/events" -> query(route, "operation=" + NOBODY);
            // Of another machine.
            case "POST /v1/gateways/{host}/progress" -> body(route, progress(own.operation(), NOBODY));
            default -> named(route, "{operation}", NOBODY);
        };
    }

    private static String progress(String operation, String machine) {
        return "{\"machine\":\"" + machine + "\",\"operation\":\"" + operation
                + "\",\"phase\":\"COPY\",\"bytesDone\":1,\"bytesTotal\":2}";
    }

    private Asked unknownMachine(Routes.Route route) {
        String pattern = route.pattern();
        return switch (route.toString()) {
            case "GET /v1/audit/chain" -> new Asked("/v1/audit/chain?vm=" + NOTHING + MOMENT, null);
            case "GET /v1/events" -> query(route, "vm=" + NOTHING);
            case "GET /v1/vms/{vm}/backups/plan" ->
                new Asked(own.in(route).replace("/" + own.vm() + "/", "/" + NOTHING + "/"), null);
            case "GET /v1/audit/questions/{question}" -> new Asked("/v1/audit/questions/machine?vm=" + NOTHING, null);
            case "GET /v1/audit/questions/{question}/rows" ->
                new Asked("/v1/audit/questions/machine/rows?vm=" + NOTHING, null);
            case "POST /v1/gateways/{host}/reports" ->
                new Asked(
                        pattern.replace("{host}", "host2"),
                        AnswersOfTheEdge.report(own.machine().value()));
            case "POST /v1/gateways/{host}/progress" ->
                new Asked(
                        pattern.replace("{host}", "host2"),
                        progress(own.operation(), own.machine().value()));
            default -> named(route, "{vm}", NOTHING);
        };
    }

    private @Nullable Asked takenName(Routes.Route route) {
        return switch (route.toString()) {
            case "POST /v1/tokens" -> body(route, "{\"name\":\"nightly\",\"role\":\"VIEWER\"}");
            case "POST /v1/webhooks" -> body(route, "{\"name\":\"siem\",\"url\":\"http://127.0.0.1:9/in\"}");
            default -> null;
        };
    }
}
