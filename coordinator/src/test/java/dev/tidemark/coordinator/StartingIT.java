package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.cli.CommandLineRun;
import dev.tidemark.coordinator.cli.HostWork;
import dev.tidemark.coordinator.security.RoutePermissions;
import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.gateway.Gateway;
import dev.tidemark.gateway.lease.Tenant;
import dev.tidemark.gateway.link.HttpLink;
import dev.tidemark.gateway.qmp.QmpWatch;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.json.Json;
import dev.tidemark.schema.tls.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A coordinator that is held in the midst of taking up its machines: what it answers meanwhile, what it does not do, and that it goes on. */
@Timeout(300)
class StartingIT {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int MACHINES = 3;

    @TempDir
    static Path home;

    private static String token = "";
    private static final Gate GATE = new Gate();

    /** Lets one page pass, and the others when it is opened. */
    private static final class Gate implements TakingUp.Witness {
        private final CompletableFuture<URI> url = new CompletableFuture<>();
        private final Semaphore pages = new Semaphore(1);

        @Override
        public void listening(URI where) {
            url.complete(where);
        }

        @Override
        public void beforePage() {
            pages.acquireUninterruptibly();
        }

        void open() {
            pages.release(MACHINES);
        }
    }

    @BeforeAll
    static void machines_from_before() throws Exception {
        try (LocalCoordinator _ = LocalCoordinator.startWithoutGateway(home)) {
            token = Files.readString(home.resolve("admin.token")).strip();
            URI server = URI.create(Json.MAPPER
                    .readTree(Files.readString(home.resolve("server.json")))
                    .path("url")
                    .asString());
            for (int number = 0; number < MACHINES; number++) {
                HttpResponse<String> answer = CLIENT.send(
                        request(
                                        server,
                                        "POST",
                                        "/v1/vms",
                                        "{\"name\":\"vm" + number
                                                + "\",\"qmp\":\"/nowhere/qmp.sock\",\"host\":\"there\"}")
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            }
        }
    }

    @AfterAll
    static void letGo() {
        GATE.open();
    }

    @Test
    void held_in_the_midst_it_says_how_far_it_is_does_nothing_and_goes_on() throws Exception {
        // given
        CompletableFuture<LocalCoordinator> starting =
                CompletableFuture.supplyAsync(() -> LocalCoordinator.start(home, new TakingUp.Course(1, GATE)));
        URI server = GATE.url.get(120, TimeUnit.SECONDS);
        // when it is held
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        detail(asked(server, "GET", "/health/ready", token)).contains(": 1 of 3"));
        // then
        livenessAlone(server);
        whereItIs(server);
        whatACommandSays(server);
        whatAPageShows(server);
        assertThat(starting).isNotDone();
        assertThat(home.resolve("server.json")).doesNotExist();

        // when a gateway comes meanwhile, and it goes on
        try (Gateway _ = gateway(server)) {
            GATE.open();
            try (LocalCoordinator _ = starting.get(120, TimeUnit.SECONDS)) {
                // then
                assertThat(home.resolve("server.json")).exists();
                assertThat(asked(server, "GET", "/health/live", "").statusCode())
                        .isEqualTo(200);
                JsonNode vms = json(asked(server, "GET", "/v1/vms", token));
                assertThat(vms.path("vms")).hasSize(MACHINES);
                // It has come again by itself, and got what there is for it: all of them were looked at.
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> json(asked(server, "GET", "/v1/vms", token))
                                .path("vms")
                                .valueStream()
                                .allMatch(vm -> vm.path("state").asString().equals("DOWN")));
            }
        }
    }

    /** Deny by default, also now. */
    private static void livenessAlone(URI server) throws Exception {
        assertThat(asked(server, "GET", "/health/live", "").statusCode()).isEqualTo(200);
        for (String path : List.of("/health/ready", "/v1/vms", "/metrics", "/v1/nothing")) {
            for (String nobody : List.of("", "tmk_" + "A".repeat(43))) {
                assertThat(asked(server, "GET", path, nobody).statusCode())
                        .as(path)
                        .isEqualTo(401);
            }
        }
        HttpResponse<String> door = asked(server, "GET", "/ui/sign-in", "");
        assertThat(door.statusCode()).isEqualTo(503);
        assertThat(Jsoup.parse(door.body()).select("[role=status]").text()).isEqualTo("the coordinator is starting");
        assertThat(asked(server, "GET", "/ui", "").headers().firstValue("Location"))
                .contains("/ui/sign-in");
    }

    /** A page for people: the same, in a form that they can read, and that asks again by itself. */
    private static void whatAPageShows(URI server) throws Exception {
        HttpResponse<String> page = asked(server, "GET", "/ui", token);
        assertThat(page.statusCode()).isEqualTo(503);
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(Integer.parseInt(page.headers().firstValue("Retry-After").orElse("")))
                .isBetween(1, 30);
        assertThat(Integer.parseInt(page.headers().firstValue("Refresh").orElse("")))
                .isBetween(1, 5);
        Document html = Jsoup.parse(page.body());
        assertThat(html.title()).isEqualTo("Tidemark is starting · Tidemark");
        assertThat(html.select("[role=status]").text())
                .isEqualTo("the coordinator is starting: taking up machines: 1 of 3");
        assertThat(page.body()).doesNotContain(token).doesNotContain("vm0");
        assertThat(html.select("form, nav a, [data-stream]")).isEmpty();
        for (Element asset : html.select("link[href], script[src]")) {
            String path = asset.hasAttr("href") ? asset.attr("href") : asset.attr("src");
            assertThat(asked(server, "GET", path, "").statusCode()).as(path).isEqualTo(200);
        }
        // What was sent with a form is neither taken nor sent again by itself.
        HttpResponse<String> form = asked(server, "POST", "/ui/sign-out", token);
        assertThat(form.statusCode()).isEqualTo(503);
        assertThat(form.headers().firstValue("Refresh").orElse("")).endsWith(";url=/ui");
        assertThat(form.body()).contains("Nothing was done of what was just sent");
    }

    private static void whereItIs(URI server) throws Exception {
        for (String route : RoutePermissions.all().keySet()) {
            String[] words = route.split(" ", 2);
            if (!words[1].equals(RoutePermissions.LIVENESS)) {
                String path = words[1].replaceAll("\\{[a-z]+}", "vm0");
                HttpResponse<String> answer = asked(server, words[0], path, token);
                assertThat(answer.statusCode()).as(route).isEqualTo(503);
                assertThat(json(answer).path("code").asString("")).as(route).isEqualTo("COORDINATOR_STARTING");
                assertThat(detail(answer)).contains("taking up machines: 1 of 3");
                assertThat(Integer.parseInt(
                                answer.headers().firstValue("Retry-After").orElse("0")))
                        .isBetween(1, 30);
            }
        }
    }

    private static void whatACommandSays(URI server) throws IOException {
        Path file = Files.writeString(Files.createTempFile(home, "admin", ".token"), token);
        CommandLineRun.Ended run =
                new CommandLineRun(home).run("vm", "list", "--url", server.toString(), "--token-file", file.toString());
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.notes()).contains("the coordinator is starting: taking up machines: 1 of 3", "try again in ");
    }

    private static Gateway gateway(URI server) throws IOException {
        HostName host = new HostName("there");
        return Gateway.start(
                HostSettings.of(host, Home.at(home.resolve("there")), Map.of(), HostWork.USUAL),
                HttpLink.of(List.of(server), host, Optional.of(token), ClientTls.OF_SYSTEM),
                new Tenant("one", false, "1"),
                CrashHook.NONE,
                QmpWatch.NONE);
    }

    private static HttpResponse<String> asked(URI server, String method, String path, String credential)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(server, method, path, null);
        if (!credential.isEmpty()) {
            request.header("Authorization", "Bearer " + credential);
        }
        HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
        Contract.require(answer);
        return answer;
    }

    private static HttpRequest.Builder request(URI server, String method, String path, @Nullable String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server + path)).timeout(Duration.ofSeconds(60));
        return body == null
                ? request.method(method, BodyPublishers.noBody())
                : request.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return Json.MAPPER.readTree(answer.body());
    }

    private static String detail(HttpResponse<String> answer) {
        return json(answer).path("detail").asString("");
    }
}
