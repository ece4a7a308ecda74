package dev.tidemark.coordinator.api.server;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route with a body that it would take. A route that Spring knows and this list does not fails the tests. */
final class Routes {
    private Routes() {}

    /** One route; {@code body} is null if it takes none. */
    record Route(String method, String pattern, @Nullable String body) {
        @Override
        public String toString() {
            return method + " " + pattern;
        }

        /** The pattern with names that have the right form. */
        String path() {
            return pattern.replace("{vm}", "web")
                    .replace("{checkpoint}", "monday")
                    .replace("{repo}", "default")
                    .replace("{host}", "host1")
                    .replace("{backup}", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
                    .replace("{token}", "nightly")
                    .replace("{question}", "acts")
                    .replace("{webhook}", "siem")
                    .replace("{export}", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
                    .replace("{operation}", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        }
    }

    static final List<Route> ALL = List.of(
            new Route("GET", "/health/live", null),
            new Route("GET", "/health/ready", null),
            new Route("GET", "/metrics", null),
            new Route("GET", "/v1/openapi.yaml", null),
            new Route("GET", "/v1/server", null),
            new Route("GET", "/v1/repositories", null),
            new Route("GET", "/v1/audit/records", null),
            new Route("GET", "/v1/audit/export", null),
            new Route("GET", "/v1/audit/questions/{question}", null),
            new Route("GET", "/v1/audit/questions/{question}/rows", null),
            new Route("GET", "/v1/audit/chain", null),
            new Route("GET", "/v1/vms", null),
            new Route("POST", "/v1/vms", "{\"name\":\"new\",\"qmp\":\"/run/new.sock\"}"),
            new Route("GET", "/v1/vms/{vm}", null),
            new Route("DELETE", "/v1/vms/{vm}", null),
            new Route("GET", "/v1/vms/{vm}/labels", null),
            new Route("PUT", "/v1/vms/{vm}/labels", "{\"labels\":{\"env\":\"prod\"}}"),
            new Route("GET", "/v1/vms/{vm}/checkpoints", null),
            new Route("POST", "/v1/vms/{vm}/checkpoints", "{}"),
            new Route("GET", "/v1/vms/{vm}/checkpoints/{checkpoint}", null),
            new Route("DELETE", "/v1/vms/{vm}/checkpoints/{checkpoint}", null),
            new Route("GET", "/v1/vms/{vm}/backups", null),
            new Route("POST", "/v1/vms/{vm}/backups", "{\"repo\":\"default\"}"),
            new Route("GET", "/v1/vms/{vm}/backups/plan", null),
            new Route("POST", "/v1/vms/{vm}/restores", "{\"to\":\"/restore\"}"),
            new Route("GET", "/v1/vms/{vm}/exports", null),
            new Route("GET", "/v1/vms/{vm}/chain", null),
            new Route("POST", "/v1/vms/{vm}/reconciliation", "{}"),
            new Route("GET", "/v1/vms/{vm}/operations", null),
            new Route("GET", "/v1/vms/{vm}/events", null),
            new Route("GET", "/v1/vms/{vm}/retention", null),
            new Route("POST", "/v1/vms/{vm}/retention/{repo}", "{\"last\":7}"),
            new Route("DELETE", "/v1/vms/{vm}/retention/{repo}", null),
            new Route("GET", "/v1/vms/{vm}/retention/{repo}/plan", null),
            new Route("GET", "/v1/backups/{backup}", null),
            new Route("POST", "/v1/backups/{backup}/exports", "{}"),
            new Route("GET", "/v1/exports/{export}", null),
            new Route("POST", "/v1/exports/{export}/end", "{}"),
            new Route("DELETE", "/v1/backups/{backup}", null),
            new Route("POST", "/v1/backups/{backup}/protect", "{}"),
            new Route("POST", "/v1/backups/{backup}/merge", "{}"),
            new Route("POST", "/v1/backups/{backup}/unprotect", "{}"),
            new Route("POST", "/v1/backups/{backup}/abort", "{}"),
            new Route("POST", "/v1/backups/{backup}/finish", "{}"),
            new Route("POST", "/v1/backups/{backup}/speed", "{\"bytesPerSecondMax\":1}"),
            new Route("POST", "/v1/backups/{backup}/verify", "{}"),
            new Route("GET", "/v1/operations/{operation}", null),
            new Route("POST", "/v1/operations/{operation}/abort", "{}"),
            new Route("GET", "/v1/events", null),
            new Route("GET", "/v1/tokens", null),
            new Route("POST", "/v1/tokens", "{\"name\":\"ci\",\"role\":\"VIEWER\"}"),
            new Route("DELETE", "/v1/tokens/{token}", null),
            new Route("GET", "/v1/webhooks", null),
            new Route("POST", "/v1/webhooks", "{\"name\":\"siem\",\"url\":\"https://siem.example/in\"}"),
            new Route("GET", "/v1/webhooks/{webhook}", null),
            new Route("DELETE", "/v1/webhooks/{webhook}", null),
            new Route("GET", "/v1/webhooks/{webhook}/deliveries", null),
            new Route("POST", "/v1/webhooks/{webhook}/enable", "{}"),
            new Route("POST", "/v1/webhooks/{webhook}/redeliveries", "{\"index\":1}"),
            new Route("POST", "/v1/webhooks/{webhook}/rotation", "{}"),
            new Route("DELETE", "/v1/webhooks/{webhook}/rotation", null),
            new Route("POST", "/v1/webhooks/{webhook}/test", "{}"),
            new Route("GET", "/v1/gateways", null),
            new Route("POST", "/v1/gateways/{host}/lease", """
                    {"instance":"one","epoch":0,"kind":"HOLD","version":"1"}"""),
            new Route("GET", "/v1/gateways/{host}/desired", null),
            new Route("POST", "/v1/gateways/{host}/reports", """
                {"machine":"01ARZ3NDEKTSV4RRFFQ69G5FAV","version":1,"sight":{"type":"NOT_TAKEN"},"results":[]}\
                """),
            new Route("POST", "/v1/gateways/{host}/progress", """
                {"machine":"01ARZ3NDEKTSV4RRFFQ69G5FAV","operation":"01ARZ3NDEKTSV4RRFFQ69G5FAV","phase":"COPY",\
                "bytesDone":1,"bytesTotal":2}\
                """));

    static Set<String> listed() {
        return ALL.stream().map(Route::toString).collect(Collectors.toCollection(TreeSet::new));
    }

    /** What Spring would dispatch to one of our resources. */
    static Set<String> mapped(ApiServer server) {
        Set<String> mapped = new TreeSet<>();
        for (RequestMappingInfo info : server.context()
                .getBean(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()) {
            for (RequestMethod method : info.getMethodsCondition().getMethods()) {
                info.getPatternValues().forEach(pattern -> mapped.add(method + " " + pattern));
            }
        }
        return mapped;
    }
}
