package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.LocalCoordinator;
import dev.tidemark.coordinator.testkit.Browser;
import dev.tidemark.coordinator.testkit.Look;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The pages of a real coordinator over real machines: who gets in, what they show, and how they look in a real browser. */
@Timeout(300)
class DashboardIT {
    private static final Duration TIME_MAX = Duration.ofSeconds(60);
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    private static final ShortDirectory DIRECTORY = ShortDirectory.create();
    private static final Path HOME = DIRECTORY.resolve("home");

    private static LocalCoordinator coordinator;
    private static Api api;
    private static String url;
    private static Machine sound;
    private static Machine broken;
    private static Machine witness;
    private static Machine doubtful;
    private static LossyWire doubtfulWire;
    private static Client soundClient;
    private static Client brokenClient;
    private static Client doubtfulClient;
    private static String doubtfulBackup = "";
    private static String doubtfulOperation = "";
    private static String backup = "";
    private static String operation = "";

    /**
     * One whose newest restore point was verified, one whose chain broke under somebody's hands, one that is not there, one that fell
     * silent behind a transaction, one whose host no gateway speaks for.
     */
    @BeforeAll
    static void start() throws IOException {
        coordinator = LocalCoordinator.start(HOME, Map.of());
        api = new Api(HOME);
        url = api.server();
        sound = new Machine(2);
        broken = new Machine(1);
        witness = new Machine(1);
        soundClient = new Client(api, sound, DIRECTORY.resolve("restores"));
        brokenClient = new Client(api, broken, DIRECTORY.resolve("restores"));
        doubtful = new Machine(1);
        doubtfulWire = new LossyWire(doubtful.socket(), doubtful.file("wire"));
        doubtfulClient = new Client(api, doubtful, DIRECTORY.resolve("restores"));
        soundClient.register();
        brokenClient.register();
        doubtfulClient.register(doubtfulWire.socket());
        // It takes the gateway some seconds to find out; meanwhile the others come to what they are.
        doubtfulWire.loseReplyAfter(() -> doubtful.daemon().pause());
        JsonNode doubt = doubtfulClient.startBackup(Map.of("kind", "COPY"));
        doubtfulBackup = doubt.path("target").asString("");
        doubtfulOperation = doubt.path("id").asString("");
        for (int round = 0; round < 3; round++) {
            sound.write("d0", round * 500_000L, 100_000L * (round + 1));
            JsonNode made = soundClient.backUp().backup();
            backup = made.path("id").asString("");
            operation = made.path("operation").asString("");
        }
        api.done(api.start("/v1/backups/" + backup + "/verify", Map.of()));
        brokenClient.backUp();
        for (String bitmap : broken.recording("d0")) {
            broken.qmp("{\"execute\":\"block-dirty-bitmap-remove\",\"arguments\":{\"node\":\"" + broken.node("d0")
                    + "\",\"name\":\"" + bitmap + "\"}}");
        }
        brokenClient.reconcile();
        api.post(
                "/v1/vms",
                Map.of("name", "absent", "qmp", DIRECTORY.resolve("nothing").toString()));
        api.post("/v1/vms", Map.of("name", "silent", "qmp", "/run/silent.qmp", "host", "elsewhere"));
        Path drills = Files.createDirectory(HOME.resolve("drills"));
        Files.writeString(
                drills.resolve("monday.html"), "<!doctype html><script>document.title='ran'</script><p>drill</p>");
        Files.createSymbolicLink(drills.resolve("key.html"), HOME.resolve("admin.token"));
    }

    @AfterAll
    static void stop() {
        doubtful.daemon().resume();
        coordinator.close();
        doubtfulWire.close();
        doubtful.close();
        sound.close();
        broken.close();
        witness.close();
        HTTP.close();
        DIRECTORY.close();
    }

    // --- who gets in ---

    @Test
    void without_a_session_every_page_leads_to_the_door_and_tells_nothing() {
        for (String path : List.of(
                "/ui",
                "/ui/",
                "/ui/vms/" + soundClient.vm(),
                "/ui/nothing",
                "/ui/stream",
                "/ui/sign-in/",
                "/ui/drills")) {
            HttpResponse<String> answer = get(path, "");
            assertThat(answer.statusCode()).as(path).isEqualTo(303);
            assertThat(answer.headers().firstValue("Location")).as(path).contains("/ui/sign-in");
            assertThat(answer.body()).as(path).isEmpty();
        }
        HttpResponse<String> door = get("/ui/sign-in", "");
        assertThat(door.statusCode()).isEqualTo(200);
        assertThat(door.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(door.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(door.headers().firstValue("Referrer-Policy")).contains("same-origin");
    }

    @Test
    void a_token_becomes_a_cookie_that_opens_pages_and_nothing_else() {
        HttpResponse<String> entered = signIn(secret(), url);
        assertThat(entered.statusCode()).isEqualTo(303);
        String cookie = entered.headers().firstValue("Set-Cookie").orElse("");
        assertThat(cookie)
                .contains("HttpOnly")
                .contains("SameSite=Strict")
                .contains("Path=/ui;")
                .doesNotContain(secret());
        String session = session(entered);
        assertThat(get("/ui", session).statusCode()).isEqualTo(200);
        assertThat(get("/v1/vms", session).statusCode())
                .as("not the interface for programs")
                .isEqualTo(401);
        assertThat(send(request("/ui", session)
                                .header("Authorization", "Bearer " + secret())
                                .GET())
                        .statusCode())
                .as("in whose name?")
                .isEqualTo(303);
        HttpResponse<String> left = post("/ui/sign-out", session, url, "");
        assertThat(left.statusCode()).isEqualTo(303);
        assertThat(get("/ui", session).statusCode()).as("after signing out").isEqualTo(303);
    }

    @Test
    void a_form_from_another_site_is_not_looked_at() {
        for (String origin : List.of("http://evil.example", "null", url + ".evil.example", "http://127.0.0.1:1", ":")) {
            assertThat(signIn(secret(), origin).statusCode()).as(origin).isEqualTo(403);
        }
        String session = session(signIn(secret(), url));
        assertThat(post("/ui/sign-out", session, "http://evil.example", "").statusCode())
                .isEqualTo(403);
        assertThat(get("/ui", session).statusCode()).isEqualTo(200);
    }

    @Test
    void a_session_ends_with_its_token() {
        String session = session(signIn(token("short", "VIEWER", "*"), url));
        assertThat(get("/ui", session).statusCode()).isEqualTo(200);
        api.send("DELETE", "/v1/tokens/short", null);
        assertThat(get("/ui", session).statusCode()).isEqualTo(303);
        assertThat(get("/ui", "tidemark_session=" + "x".repeat(43)).statusCode())
                .isEqualTo(303);
    }

    @Test
    void a_strangers_machine_is_not_there_and_what_is_for_auditors_is_refused_to_viewers() {
        String session = session(signIn(token("scoped", "VIEWER", soundClient.vm()), url));
        Document fleet = page("/ui", session);
        assertThat(fleet.select("#rows th .name").eachText()).containsExactly(soundClient.vm());
        assertThat(fleet.text()).doesNotContain("absent").doesNotContain(brokenClient.vm());
        assertThat(page("/ui/repositories", session)
                        .select("td[data-of=Backups]")
                        .text())
                .isEqualTo("3 of 1 machine");
        Document gateways = page("/ui/gateways", session);
        assertThat(gateways.select("tbody .badge").text()).isEqualTo("● live");
        assertThat(gateways.text()).contains("1 machine").doesNotContain("elsewhere");
        assertThat(get("/ui/vms/" + soundClient.vm(), session).statusCode()).isEqualTo(200);
        String stranger = brokenClient.made().getFirst().id();
        JsonNode strange = api.get("/v1/backups/" + stranger);
        for (String path : List.of(
                "/ui/vms/" + brokenClient.vm(),
                "/ui/vms/" + strange.path("vmId").asString(""),
                "/ui/vms/nobody",
                "/ui/backups/" + stranger,
                "/ui/operations/" + strange.path("operation").asString(""),
                "/ui/stream?vm=" + brokenClient.vm())) {
            HttpResponse<String> answer = get(path, session);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                    .as(path)
                    .startsWith("text/html");
        }
        assertThat(get("/ui/drills", session).statusCode()).isEqualTo(403);
        assertThat(get("/ui?trouble=ANY", session).statusCode()).isEqualTo(400);
        assertThat(get("/ui?drop=1", session).statusCode()).isEqualTo(400);
        assertThat(get("/ui/vms/%00", session).statusCode()).isEqualTo(400);
    }

    @Test
    void whoever_shows_many_wrong_tokens_waits() throws IOException, InterruptedException {
        // From an address of its own, so that the other tests need not.
        Optional<HttpResponse<String>> refused = Optional.empty();
        try (HttpClient elsewhere = HttpClient.newBuilder()
                .localAddress(InetAddress.ofLiteral("127.0.0.2"))
                .build()) {
            for (int attempt = 0; attempt < 12 && refused.isEmpty(); attempt++) {
                HttpResponse<String> answer = elsewhere.send(
                        form("/ui/sign-in", "", url, "token=tmk_" + "a".repeat(43))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isIn(401, 429);
                if (answer.statusCode() == 429) {
                    refused = Optional.of(answer);
                }
            }
        }
        assertThat(refused).isPresent();
        assertThat(refused.get().headers().firstValue("Retry-After")).isPresent();
    }

    // --- what they show ---

    @Test
    void pages_tell_what_is_so_and_call_nothing_sound_that_is_not() {
        String session = session(signIn(secret(), url));
        Document fleet = page("/ui", session);
        assertThat(badges(fleet, soundClient.vm())).containsExactly("● sound");
        assertThat(badges(fleet, brokenClient.vm())).contains("▲ chain broken", "◆ full next", "○ not verified");
        assertThat(badges(fleet, "absent"))
                .contains("▲ no restore point", "◆ not seen")
                .doesNotContain("● sound");
        assertThat(badges(fleet, "silent")).contains("▲ no restore point", "◆ not seen");
        Document gateways = page(
                fleet.select("#rows tr:has(th .name:matchesOwn(^silent$)) td[data-of=QEMU] a")
                        .attr("href"),
                session);
        assertThat(gateways.select("#host-elsewhere").text()).contains("never heard of", "1 machine 0 seen now");
        assertThat(gateways.select("tbody .badge").eachText()).containsExactly("▲ never heard of", "● live");
        assertThat(page(gateways.select("#host-elsewhere a").attr("href"), session)
                        .select("#rows th .name")
                        .eachText())
                .containsExactly("silent");
        assertThat(fleet.select("#rows th .name").eachText().getLast()).isEqualTo(soundClient.vm());

        Document machine = page("/ui/vms/" + brokenClient.vm(), session);
        assertThat(machine.select("#next").text()).contains("full bitmap missing");
        assertThat(machine.select("#timeline li.alarm").text()).contains("Chain of d0 broken: bitmap missing");
        assertThat(machine.select("#dirty tr.alarm").text()).contains("broken: bitmap missing");
        Document absent = page("/ui/vms/absent", session);
        assertThat(absent.select("#next").text()).contains("Unknown");
        assertThat(absent.select("#comparison").text()).contains("not seen");
        Document whole = page("/ui/vms/" + soundClient.vm(), session);
        assertThat(whole.select("#comparison .badge.alarm")).isEmpty();
        assertThat(whole.select("#comparison summary").eachText())
                .allMatch(text -> text.contains("as the log wants it"));
        assertThat(whole.select("#timeline li")).hasSize(6);
        assertThat(whole.select("#calendar td.verified")).hasSize(1);
        assertThat(whole.select("#dirty figure:has(figcaption:contains(in 7 days)) rect title")
                        .eachText())
                .as("both disks, in this hour or in two")
                .hasSizeBetween(2, 4)
                .allMatch(text -> text.endsWith("UTC: 64.0 KiB"));

        Document waterfall = page("/ui/operations/" + operation, session);
        assertThat(waterfall.select(".waterfall .what strong").eachText())
                .startsWith("Intent committed", "QMP transaction")
                .endsWith("Concluded");
        assertThat(page("/ui/backups/" + backup, session)
                        .select("#summary .badge")
                        .text())
                .isEqualTo("● verified");
    }

    @Test
    void what_was_sent_and_not_answered_is_in_doubt_on_every_page_and_sound_on_none() {
        awaitDoubt();
        String session = session(signIn(secret(), url));
        Document fleet = page("/ui", session);
        assertThat(badges(fleet, doubtfulClient.vm())).startsWith("▲ in doubt").contains("◆ not seen");
        assertThat(row(fleet, doubtfulClient.vm())).contains("if QEMU holds what was seen last");
        assertThat(fleet.select("#now .state.alarm").eachText()).containsExactly("in doubt");
        Document machine = page("/ui/vms/" + doubtfulClient.vm(), session);
        assertThat(machine.select("#timeline li.alarm").text()).contains("In doubt");
        assertThat(machine.select("#next p.unknown").text()).contains("QEMU is not seen now");
        assertThat(machine.select("#comparison").text()).contains("so that nothing below is confirmed");
        Document waterfall = page("/ui/operations/" + doubtfulOperation, session);
        assertThat(waterfall.select(".waterfall li.doubt")).hasSize(1);
        assertThat(waterfall.select(".waterfall .what strong").eachText()).endsWith("In doubt", "Under way");
        assertThat(page("/ui/backups/" + doubtfulBackup, session)
                        .select("#summary .badge.alarm")
                        .text())
                .startsWith("▲ in doubt");
    }

    private static void awaitDoubt() {
        Awaitility.await()
                .atMost(TIME_MAX)
                .until(() -> api.get("/v1/operations/" + doubtfulOperation)
                        .path("state")
                        .asString("")
                        .equals("UNKNOWN"));
    }

    @Test
    void a_drill_report_is_shown_in_a_sandbox_and_a_link_is_not_followed() {
        String session = session(signIn(secret(), url));
        assertThat(page("/ui/drills", session).select("tbody a").eachText()).containsExactly("monday.html");
        HttpResponse<String> report = get("/ui/drills/monday.html", session);
        assertThat(report.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("sandbox;");
        for (String path : List.of("key.html", "admin.token", "..%2fadmin.token", "%2e%2e", "none.html")) {
            assertThat(get("/ui/drills/" + path, session).statusCode()).as(path).isIn(400, 404);
        }
    }

    // --- what auditors ask ---

    @Test
    void who_signs_in_and_out_and_who_tries_in_vain_is_on_record() {
        String name = "signs-in";
        String session = session(signIn(token(name, "VIEWER", "*"), url));
        assertThat(get("/ui/audit", session).statusCode()).as("for auditors").isEqualTo(403);
        assertThat(post("/ui/sign-out", session, url, "").statusCode()).isEqualTo(303);
        List<JsonNode> acts = acts("acts?caller=token:" + name);
        assertThat(acts.stream()
                        .map(act -> act.path("act").asString("") + " "
                                + act.path("decision").asString("")))
                .containsExactly("SIGN_IN ALLOWED", " DENIED", "SIGN_OUT ALLOWED");
        assertThat(acts.getFirst().path("route").asString("")).isEqualTo("POST /ui/sign-in");
        assertThat(acts.getFirst().path("address").asString("")).isEqualTo("127.0.0.1");
        assertThat(acts.getFirst().path("method").asString("")).isEqualTo("token");
        assertThat(acts.getLast().path("method").asString("")).isEqualTo("session");

        signIn("tmk_" + "b".repeat(43), url);
        get("/ui", "tidemark_session=" + "y".repeat(43));
        signIn(secret(), "http://evil.example");
        Awaitility.await()
                .atMost(Duration.ofSeconds(100))
                .until(() -> acts("denied?what=/ui*").stream()
                                .mapToLong(act -> act.path("times").asLong(0))
                                .sum()
                        > 0);
    }

    @Test
    void the_audit_page_asks_what_programs_can_ask_and_leads_on() {
        String session = session(signIn(token("auditor", "AUDITOR", "*"), url));
        Document acts = page("/ui/audit?what=backup&vm=" + soundClient.vm(), session);
        assertThat(acts.select("table.audit tbody tr")).hasSize(3);
        assertThat(acts.select("table.audit a").eachAttr("href"))
                .contains("/ui/backups/" + backup, "/ui/operations/" + operation)
                .anyMatch(address -> address.startsWith("/ui/vms/"));
        // each link leads somewhere, also to the other questions with what was asked for
        for (String address : acts.select("main a").eachAttr("href")) {
            assertThat(get(address, session).statusCode()).as(address).isEqualTo(200);
        }
        assertThat(page("/ui/audit?question=machine&vm=" + brokenClient.vm(), session)
                        .select("table.audit")
                        .text())
                .contains("chain broken");
        assertThat(page("/ui/audit?question=forced-fulls&vm=absent", session)
                        .select("p")
                        .text())
                .contains("Nothing");
        assertThat(page("/ui/audit?question=forced-fulls", session)
                        .select("table.audit")
                        .text())
                .contains("no backup in repository");
        assertThat(page("/ui/audit?question=unverified&vm=absent", session)
                        .select("tbody .badge")
                        .text())
                .isEqualTo("▲ never");
        assertThat(page("/ui/audit?question=chain&vm=" + soundClient.vm() + "&at=" + java.time.Instant.now(), session)
                        .select("tbody tr"))
                .hasSize(6);
        assertThat(page("/ui/audit?question=machine", session).select("table")).isEmpty();
        for (String bad : List.of("since=yesterday", "question=machine&vm=nobody", "question=unverified&days=x")) {
            HttpResponse<String> answer = get("/ui/audit?" + bad, session);
            assertThat(answer.statusCode()).as(bad).isIn(400, 404);
            assertThat(Jsoup.parse(answer.body()).select("form.search"))
                    .as("it can be mended")
                    .hasSize(1);
        }
        assertThat(get("/ui/audit?question=whatever", session).statusCode()).isEqualTo(404);
    }

    @Test
    void the_answer_is_read_in_pages_and_kept_as_a_whole() {
        String session = session(signIn(secret(), url));
        for (int count = 0; count < 60; count++) {
            api.send("POST", "/v1/vms/paged-" + count + "/backups", "{\"repo\":\"default\"}");
        }
        String question = "/ui/audit?question=denied&what=paged-*&caller=adm*n";
        Document first = page(question, session);
        assertThat(first.select("table.audit tbody tr")).hasSize(50);
        String older = first.select("a[rel=next]").attr("href");
        Document second = page(older, session);
        assertThat(second.select("table.audit tbody tr")).hasSize(10);
        assertThat(second.select("a[rel=next]")).isEmpty();
        assertThat(second.select("table.audit").text())
                .doesNotContain("paged-59")
                .contains("paged-0");

        HttpResponse<String> csv = get(first.select("a[download]").get(0).attr("href"), session);
        assertThat(csv.headers().firstValue("Content-Disposition").orElse("")).contains("tidemark-denied.csv");
        List<String> lines = csv.body().lines().toList();
        assertThat(lines).hasSize(61);
        assertThat(lines.getFirst()).startsWith("at,caller,method,");
        List<String> rows = get(first.select("a[download]").get(1).attr("href"), session)
                .body()
                .lines()
                .toList();
        assertThat(rows).hasSize(61);
        assertThat(rows.getLast()).isEqualTo("{\"end\":60}");
        assertThat(Json.MAPPER.readTree(rows.getFirst()).path("target").asString(""))
                .isEqualTo("paged-0");
    }

    private static List<JsonNode> acts(String question) {
        List<JsonNode> rows = new java.util.ArrayList<>();
        api.get("/v1/audit/questions/" + question + "&limit=1000").path("rows").forEach(rows::add);
        return rows;
    }

    // --- how they look ---

    @Test
    void in_a_browser_nothing_overflows_nothing_is_blocked_and_what_happens_is_seen_without_a_reload() {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("fleet", "/ui");
        pages.put("machine", "/ui/vms/" + soundClient.vm());
        pages.put("machine-broken", "/ui/vms/" + brokenClient.vm());
        pages.put("machine-absent", "/ui/vms/absent");
        pages.put("machine-silent", "/ui/vms/silent");
        pages.put("machine-doubtful", "/ui/vms/" + doubtfulClient.vm());
        pages.put("backup-doubtful", "/ui/backups/" + doubtfulBackup);
        pages.put("operation-doubtful", "/ui/operations/" + doubtfulOperation);
        pages.put("backup", "/ui/backups/" + backup);
        pages.put("operation", "/ui/operations/" + operation);
        pages.put("audit", "/ui/audit");
        pages.put("audit-machine", "/ui/audit?question=machine&vm=" + soundClient.vm());
        pages.put("audit-fulls", "/ui/audit?question=forced-fulls");
        pages.put("audit-unverified", "/ui/audit?question=unverified&days=0");
        pages.put("audit-chain", "/ui/audit?question=chain&vm=" + soundClient.vm() + "&at=2036-01-01");
        pages.put("audit-nothing", "/ui/audit?caller=nobody&vm=none");
        pages.put("repositories", "/ui/repositories");
        pages.put("gateways", "/ui/gateways");
        pages.put("drills", "/ui/drills");
        awaitDoubt();
        try (Browser browser = Browser.start()) {
            Look look = new Look(browser);
            browser.open(url + "/ui");
            assertThat(browser.address()).isEqualTo(url + "/ui/sign-in");
            photograph(browser, look, "sign-in");
            assertThat(browser.run("return document.activeElement.id").asString(""))
                    .isEqualTo("token");
            browser.type(secret());
            browser.run("document.querySelector('main form').requestSubmit()");
            Awaitility.await().atMost(TIME_MAX).until(() -> browser.address().equals(url + "/ui"));
            pages.forEach((name, path) -> {
                browser.open(url + path);
                photograph(browser, look, name);
                assertThat(browser.run(
                                        "return [...document.querySelectorAll('time')].every(t => t.title.endsWith('UTC'))")
                                .asBoolean(false))
                        .isTrue();
            });

            for (String path : List.of(
                    "/ui",
                    "/ui/vms/" + brokenClient.vm(),
                    "/ui/gateways",
                    "/ui/audit",
                    "/ui/operations/" + operation)) {
                browser.open(url + path);
                assertThat(look.keyboardTrouble()).as(path).isEmpty();
            }

            browser.open(url + "/ui");
            browser.press("/");
            assertThat(browser.run("return document.activeElement.id").asString(""))
                    .isEqualTo("filter");
            Awaitility.await()
                    .atMost(TIME_MAX)
                    .until(() -> browser.run("return document.getElementById('live').textContent")
                            .asString("")
                            .equals("· live"));
            api.post(
                    "/v1/vms",
                    Map.of("name", "newcomer", "qmp", DIRECTORY.resolve("later").toString()));
            Awaitility.await()
                    .atMost(TIME_MAX)
                    .until(() -> browser.run("return document.getElementById('rows').textContent.includes('newcomer')")
                            .asBoolean(false));
            assertThat(browser.run("return document.activeElement.id").asString(""))
                    .isEqualTo("filter");

            aCheckpointIsSeenWithoutAReload(browser);

            assertThat(browser.console().stream().filter(line -> !line.contains("[DOM]")))
                    .isEmpty();
            assertThat(browser.requests()).isNotEmpty().allMatch(address -> address.startsWith(url + "/ui"));
            browser.open(url + "/ui/audit?question=machine&vm=nobody");
            photograph(browser, look, "audit-trouble");
            assertThat(browser.console()).allMatch(line -> line.contains("404"));
            browser.open(url + "/ui/vms/absent");
            // The checks above can fail: this is what they are there to find.
            browser.run("const i = new Image(); i.src = 'http://127.0.0.1:1/x.png'; document.body.append(i);");
            assertThat(browser.console()).anyMatch(line -> line.contains("Content Security Policy"));
            browser.look(400, 900, "light");
            browser.run("const p = document.createElement('p'); p.textContent = 'pale'; p.style.color = '#8c8c8c';"
                    + "document.querySelector('main').append(p);");
            assertThat(look.tooPale()).singleElement().asString().startsWith("p \"pale\" 3.");
            browser.run(
                    "const a = document.createElement('a'); a.href = '#x'; a.tabIndex = -1; a.textContent = 'unreached';"
                            + "const b = document.createElement('button'); b.textContent = 'faint'; b.style.outline = 'none';"
                            + "document.querySelector('main').prepend(a, b);");
            assertThat(look.keyboardTrouble())
                    .containsExactly("not reached: a \"unreached\"", "focus not seen: button \"faint\"");
            browser.run("const p = document.createElement('p'); p.textContent = 'over'; p.style.marginTop = '-2.5em';"
                    + "document.querySelector('h1').after(p);");
            assertThat(look.cutOrCovered())
                    .anyMatch(text -> text.startsWith("over one another: ") && text.contains("\"over\""));
            browser.run("const d = document.createElement('div'); d.style.width = '3em'; d.style.whiteSpace = 'nowrap';"
                    + "d.append('longer than its box'); document.querySelector('main').append(d);");
            assertThat(look.cutOrCovered())
                    .anyMatch(text -> text.startsWith("sticks out: div \"longer than its box\""));
            assertThat(look.overflow()).isLessThanOrEqualTo(0);
            browser.run("const p = document.createElement('p'); p.textContent = 'wide'; p.style.width = '9999px';"
                    + "p.style.maxWidth = 'none'; document.body.append(p);");
            assertThat(look.overflow()).isPositive();
        }
    }

    private static void aCheckpointIsSeenWithoutAReload(Browser browser) {
        Client client = new Client(api, witness, DIRECTORY.resolve("restores"));
        client.register();
        browser.open(url + "/ui/vms/" + client.vm());
        Awaitility.await()
                .atMost(TIME_MAX)
                .until(() -> browser.run("return document.getElementById('live').textContent")
                        .asString("")
                        .equals("· live"));
        browser.run("window.stays = true");
        api.done(api.start(client.path("/checkpoints"), Map.of("name", "seen-live")));
        Awaitility.await()
                .atMost(TIME_MAX)
                .until(() -> browser.run("return document.getElementById('timeline').textContent.includes('seen-live')")
                        .asBoolean(false));
        assertThat(browser.run("return window.stays === true").asBoolean(false))
                .as("the page was not loaded anew")
                .isTrue();
    }

    private static void photograph(Browser browser, Look look, String name) {
        for (String scheme : List.of("light", "dark")) {
            for (int width : List.of(1280, 400)) {
                browser.look(width, 900, scheme);
                browser.screenshot(SCREENSHOTS.resolve(name + "-" + width + "-" + scheme + ".png"));
                String as = name + " at " + width + " " + scheme;
                assertThat(look.overflow()).as(as).isLessThanOrEqualTo(0);
                assertThat(look.tooPale()).as(as).isEmpty();
                assertThat(look.cutOrCovered()).as(as).isEmpty();
            }
        }
    }

    private static List<String> badges(Document fleet, String machine) {
        return fleet.select("#rows tr:has(th .name:matchesOwn(^" + machine + "$)) .badge")
                .eachText();
    }

    private static String row(Document fleet, String machine) {
        return fleet.select("#rows tr:has(th .name:matchesOwn(^" + machine + "$))")
                .text();
    }

    private static Document page(String path, String session) {
        HttpResponse<String> answer = get(path, session);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return Jsoup.parse(answer.body());
    }

    private static HttpResponse<String> signIn(String token, String origin) {
        return post("/ui/sign-in", "", origin, "token=" + token);
    }

    private static HttpResponse<String> post(String path, String session, String origin, String body) {
        return send(form(path, session, origin, body));
    }

    private static HttpRequest.Builder form(String path, String session, String origin, String body) {
        return request(path, session)
                .header("Origin", origin)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static String session(HttpResponse<String> entered) {
        return entered.headers().firstValue("Set-Cookie").orElse("").replaceAll(";.*", "");
    }

    private static HttpResponse<String> get(String path, String session) {
        return send(request(path, session).GET());
    }

    private static HttpRequest.Builder request(String path, String session) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(TIME_MAX);
        return session.isEmpty() ? request : request.header("Cookie", session);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static String secret() {
        try {
            return Files.readString(HOME.resolve("admin.token")).strip();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String token(String name, String role, String machines) {
        JsonNode made = api.post("/v1/tokens", Map.of("name", name, "role", role, "vms", machines))
                .body();
        assertThat(made.path("token").asString("")).as("%s", made).startsWith("tmk_");
        return Json.MAPPER.treeToValue(made.path("token"), String.class);
    }
}
