package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Every route is known to the tests and to the document, and closed to strangers. */
class RoutesIT {
    private static final Served SERVED = new Served();

    @AfterAll
    static void close() {
        SERVED.close();
    }

    static List<Routes.Route> routes() {
        return Routes.ALL;
    }

    @Test
    void no_route_is_unknown_to_the_tests() {
        assertThat(Routes.mapped(SERVED.server)).isEqualTo(Routes.listed());
    }

    @Test
    void the_document_has_every_route_and_no_other() {
        Served.Answer document = SERVED.get("/v1/openapi.yaml");
        assertThat(document.headers().firstValue("Content-Type")).contains("application/yaml");
        Map<String, Object> root = new Yaml().load(document.text());
        assertThat(root.get("openapi")).isEqualTo("3.1.0");
        Set<String> documented = new TreeSet<>();
        section(root, "paths").forEach((path, item) -> {
            for (Object key : ((Map<?, ?>) item).keySet()) {
                if (!key.equals("parameters")) {
                    documented.add(String.valueOf(key).toUpperCase(Locale.ROOT) + " " + path);
                }
            }
        });
        assertThat(documented).isEqualTo(Routes.listed());
    }

    @Test
    void the_documents_references_lead_somewhere() {
        Map<String, Object> root =
                new Yaml().load(SERVED.get("/v1/openapi.yaml").text());
        List<String> references = new ArrayList<>();
        collect(root, references);
        assertThat(references).isNotEmpty().allSatisfy(reference -> {
            Object place = root;
            for (String step : reference.substring("#/".length()).split("/", -1)) {
                place = ((Map<?, ?>) Objects.requireNonNull(place)).get(step);
            }
            assertThat(place).as(reference).isNotNull();
        });
    }

    @ParameterizedTest
    @MethodSource("routes")
    void without_the_token_nothing_is_told(Routes.Route route) {
        if (route.pattern().equals("/health/live")) {
            assertThat(SERVED.send(SERVED.anonymous("/health/live").GET()).status())
                    .isEqualTo(200);
            return;
        }
        String secret = SERVED.token.secret();
        for (String credentials : List.of(
                "",
                "Bearer",
                "Bearer ",
                "Bearer wrong",
                "Bearer " + secret.substring(1),
                "Bearer " + secret + "x",
                "Basic " + secret,
                secret)) {
            HttpRequest.Builder request = with(SERVED.anonymous(route.path()), route);
            if (!credentials.isEmpty()) {
                request.header("Authorization", credentials);
            }
            Served.Answer answer = SERVED.send(request);
            assertThat(answer.status()).as(route + " with '%s'", credentials).isEqualTo(401);
            assertThat(answer.code()).isEqualTo("UNAUTHENTICATED");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.text()).doesNotContain(secret);
        }
        assertThat(SERVED.engine.submitted).isEmpty();
    }

    @Test
    void without_the_token_nobody_learns_which_routes_there_are() {
        for (String path :
                List.of("/", "/v1/nothing", "/health/live/", "/health/LIVE", "/health/%6cive", "//health/live")) {
            assertThat(SERVED.send(SERVED.anonymous(path).GET()).status())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(SERVED.send(SERVED.anonymous("/health/live;v=1").GET()).status())
                .isEqualTo(400);
    }

    @Test
    void the_token_given_twice_is_none() {
        HttpRequest.Builder request = SERVED.request("/v1/vms").header("Authorization", "Bearer other");
        assertThat(SERVED.send(request.GET()).status()).isEqualTo(401);
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, Routes.Route route) {
        String body = route.body();
        return body == null
                ? request.method(route.method(), BodyPublishers.noBody())
                : request.header("Content-Type", "application/json")
                        .method(route.method(), BodyPublishers.ofString(body));
    }

    private static Map<?, ?> section(Map<String, Object> root, String name) {
        return (Map<?, ?>) Objects.requireNonNull(root.get(name));
    }

    private static void collect(Object node, List<String> references) {
        switch (node) {
            case Map<?, ?> map ->
                map.forEach((key, value) -> {
                    if (key.equals("$ref")) {
                        references.add(String.valueOf(value));
                    } else if (value != null) {
                        collect(value, references);
                    }
                });
            case List<?> list -> list.stream().filter(Objects::nonNull).forEach(item -> collect(item, references));
            default -> {
                // A scalar refers to nothing.
            }
        }
    }
}
