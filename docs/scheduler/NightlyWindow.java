import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One night's backups: every machine once, at most so many at a time, inside a window. Needs a JDK (21 or newer) and nothing else:
 *
 * <pre>java NightlyWindow.java --url http://127.0.0.1:8391 --token-file FILE --window 22:00-06:00</pre>
 *
 * It keeps no state. What it asks for carries an Idempotency-Key made of the night, the machine and the attempt, so that a repeat, after
 * a lost answer or by a new process after a crash, is answered with the operation that is there already. Start it again with the same
 * arguments and the same token as often as you like: no machine is backed up twice in one night.
 *
 * <p>Exit codes: 0 every machine has its backup, 1 some have none (the summary says why), 2 usage, 5 the token is not accepted, 6 the
 * coordinator did not answer.
 */
public final class NightlyWindow {
    static final String USAGE = """
            java NightlyWindow.java --url URL --token-file FILE --window HH:MM-HH:MM [options]
              --zone ZONE           the window's time zone; this machine's if not given
              --repo NAME           the repository (default: default)
              --vms PATTERN         names of machines, * for any characters (default: *)
              --at-once N           so many at a time (default: 8)
              --attempts N          tries per machine and night (default: 2)
              --pause SECONDS       between two tries at one machine (default: 60)
              --at-end leave|abort  what becomes of what still runs when the window ends (default: leave)
              --summary FILE        every machine's outcome, as JSON
            """;

    private final Options options;
    private final Window window;
    private final Coordinator coordinator;
    private final Events events;
    private final DelayQueue<Turn> turns = new DelayQueue<>();
    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

    NightlyWindow(Options options, Window window) {
        this.options = options;
        this.window = window;
        this.coordinator = new Coordinator(options.url(), options.token(), window.end());
        this.events = new Events(coordinator);
    }

    public static void main(String... arguments) throws InterruptedException {
        System.exit(run(arguments));
    }

    static int run(String... arguments) throws InterruptedException {
        try {
            Options options = Options.of(arguments);
            Window window = Window.at(options.window(), ZonedDateTime.now(options.zone()));
            return new NightlyWindow(options, window).run();
        } catch (IllegalArgumentException | DateTimeException usage) {
            System.err.println(usage.getMessage() + "\n" + USAGE);
            return 2;
        } catch (Denied denied) {
            System.err.println(denied.getMessage());
            return 5;
        } catch (Unreachable unreachable) {
            System.err.println(unreachable.getMessage());
            return 6;
        } catch (IOException | UncheckedIOException failure) {
            System.err.println(failure.getMessage());
            return 1;
        }
    }

    private int run() throws IOException, InterruptedException {
        waitUntil(window.start());
        List<Machine> machines = machines();
        System.out.println("night of " + window.night() + ", until " + window.end() + ": " + machines.size() + " machines");
        // Listening before anything is asked for, nothing that ends is missed.
        Thread.ofVirtual().start(events);
        machines.forEach(machine -> turns.add(new Turn(machine, 1, Instant.now(), "")));
        List<Thread> workers = new ArrayList<>();
        for (int number = 0; number < options.atOnce(); number++) {
            workers.add(Thread.ofVirtual().start(() -> work(machines.size())));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        coordinator.failIfDenied();
        for (Turn left : turns) {
            String reason = "the window was over before its turn" + (left.reason().isEmpty() ? "" : "; before: " + left.reason());
            outcomes.putIfAbsent(left.machine().id(), Outcome.without("NOT_STARTED", reason));
        }
        return summarize(machines);
    }

    /** A scheduler that begins with the same machine every night never gets to the last one if nights are short. */
    private List<Machine> machines() throws InterruptedException {
        List<Machine> machines = new ArrayList<>();
        String cursor = "";
        do {
            Answer page = coordinator.get("/v1/vms" + (cursor.isEmpty() ? "" : "?after=" + Coordinator.encoded(cursor)));
            page.expect(200);
            for (Json vm : page.json().get("vms").items()) {
                if (options.vms().matcher(vm.text("name")).matches()) {
                    machines.add(new Machine(vm.text("id"), vm.text("name")));
                }
            }
            cursor = page.json().text("next");
        } while (!cursor.isEmpty());
        machines.sort(Comparator.comparing(Machine::name));
        if (!machines.isEmpty()) {
            Collections.rotate(machines, -Math.floorMod(window.night().toEpochDay() * options.atOnce(), machines.size()));
        }
        return machines;
    }

    // One of the --at-once workers.

    private void work(int machineCount) {
        try {
            while (outcomes.size() < machineCount && !window.isOver()) {
                Turn turn = turns.poll(200, TimeUnit.MILLISECONDS);
                if (turn != null) {
                    take(turn);
                }
            }
        } catch (Denied denied) {
            // Told at the end; the other workers find the same.
            return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(Turn turn) throws InterruptedException {
        Machine machine = turn.machine();
        try {
            Answer started = start(turn);
            if (started.status() == 409) {
                // Something else is being done to this machine. Others need not wait for that.
                turns.add(turn.again(turn.attempt(), options.pause(), started.problem()));
            } else if (started.status() != 202) {
                failed(turn, Outcome.without("FAILED", started.problem()));
            } else {
                follow(turn, started.json());
            }
        } catch (Unreachable unreachable) {
            outcomes.put(machine.id(), Outcome.without("UNKNOWN", unreachable.getMessage()));
        }
    }

    private Answer start(Turn turn) throws InterruptedException {
        String key = "nightly-" + window.night() + "-" + options.repo() + "-" + turn.machine().id() + "-" + turn.attempt();
        String body = "{\"repo\":" + Json.quoted(options.repo()) + "}";
        while (true) {
            Answer answer = coordinator.post("/v1/vms/" + turn.machine().id() + "/backups", key, body);
            if (!answer.code().equals("IDEMPOTENCY_KEY_IN_USE")) {
                return answer;
            }
            // The request whose answer was lost is being answered still.
            Thread.sleep(200);
        }
    }

    private void follow(Turn turn, Json started) throws InterruptedException {
        Json operation = started;
        Instant patience = window.end();
        boolean aborting = false;
        while (!operation.text("state").equals("DONE") && !operation.text("state").equals("FAILED")) {
            if (!Instant.now().isBefore(patience)) {
                if (aborting || !options.abortAtEnd()) {
                    outcomes.put(turn.machine().id(), Outcome.of(aborting ? "ABORTING" : "RUNNING", operation, "the window is over"));
                    return;
                }
                aborting = true;
                patience = Instant.now().plusSeconds(60);
                coordinator.until(patience).post(
                        "/v1/backups/" + operation.text("target") + "/abort", "nightly-abort-" + operation.text("id"), "{}");
            }
            // Woken by an event of this machine; looks again by itself, should events be late.
            events.await(turn.machine().id(), earlier(patience, Instant.now().plusSeconds(aborting ? 1 : 30)));
            operation = coordinator.until(patience).get("/v1/operations/" + operation.text("id")).expect(200).json();
        }
        if (operation.text("state").equals("DONE")) {
            Json backup = coordinator.until(patience.plusSeconds(60)).get("/v1/backups/" + operation.text("target")).expect(200).json();
            outcomes.put(turn.machine().id(), Outcome.completed(operation, backup));
            System.out.println("completed " + turn.machine().name());
        } else if (aborting) {
            outcomes.put(turn.machine().id(), Outcome.of("ABORTED", operation, "the window is over"));
        } else {
            failed(turn, Outcome.of("FAILED", operation, operation.text("code") + ": " + operation.text("error")));
        }
    }

    /** Another attempt has another key: it is asked for only once this one has ended, also by the next process. */
    private void failed(Turn turn, Outcome outcome) {
        System.out.println("failed    " + turn.machine().name() + ", attempt " + turn.attempt() + ": " + outcome.reason());
        if (turn.attempt() < options.attempts()) {
            turns.add(turn.again(turn.attempt() + 1, options.pause(), outcome.reason()));
        } else {
            outcomes.put(turn.machine().id(), outcome);
        }
    }

    private int summarize(List<Machine> machines) throws IOException {
        StringBuilder text = new StringBuilder("{\"night\":\"" + window.night() + "\",\"until\":\"" + window.end() + "\",\"vms\":[");
        int without = 0;
        String separator = "\n";
        for (Machine machine : machines) {
            Outcome outcome = outcomes.getOrDefault(machine.id(), Outcome.without("UNKNOWN", "nothing is known of it"));
            text.append(separator).append(outcome.json(machine));
            separator = ",\n";
            if (!outcome.state().equals("COMPLETED")) {
                without++;
                System.out.println("no backup " + machine.name() + ": " + outcome.state() + ", " + outcome.reason());
            }
        }
        text.append("\n]}\n");
        if (options.summary() != null) {
            Path partial = options.summary().resolveSibling(options.summary().getFileName() + ".partial");
            Files.writeString(partial, text);
            Files.move(partial, options.summary(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        System.out.println(machines.size() - without + " of " + machines.size() + " machines have a backup of this night");
        return without == 0 ? 0 : 1;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static void waitUntil(Instant moment) throws InterruptedException {
        for (Duration left = Duration.between(Instant.now(), moment); left.isPositive(); left = Duration.between(Instant.now(), moment)) {
            Thread.sleep(Math.min(left.toMillis() + 1, 60_000));
        }
    }

    record Machine(String id, String name) {}

    /** A machine that waits for one of the workers, from a moment on. */
    record Turn(Machine machine, int attempt, Instant notBefore, String reason) implements Delayed {
        Turn again(int nextAttempt, Duration pause, String why) {
            return new Turn(machine, nextAttempt, Instant.now().plus(pause), why);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(Instant.now(), notBefore));
        }

        @Override
        public int compareTo(Delayed other) {
            return notBefore.compareTo(((Turn) other).notBefore);
        }
    }

    /** What became of a machine; {@code full} is JSON: the disks that were not incremental, and why. */
    record Outcome(String state, String operation, String backup, long bytes, String reason, String full) {
        static Outcome without(String state, String reason) {
            return new Outcome(state, "", "", 0, reason, "[]");
        }

        static Outcome of(String state, Json operation, String reason) {
            return new Outcome(state, operation.text("id"), operation.text("target"), 0, reason, "[]");
        }

        static Outcome completed(Json operation, Json backup) {
            long bytes = 0;
            List<String> full = new ArrayList<>();
            for (Json disk : backup.get("disks").items()) {
                bytes += disk.number("bytes");
                if (disk.text("kind").equals("FULL")) {
                    full.add("{\"disk\":" + Json.quoted(disk.text("disk")) + ",\"cause\":" + Json.quoted(disk.text("cause"))
                            + ",\"detail\":" + Json.quoted(disk.text("detail")) + "}");
                }
            }
            return new Outcome("COMPLETED", operation.text("id"), backup.text("id"), bytes, "", "[" + String.join(",", full) + "]");
        }

        String json(Machine machine) {
            return "{\"vm\":" + Json.quoted(machine.name()) + ",\"id\":" + Json.quoted(machine.id()) + ",\"outcome\":\"" + state
                    + "\",\"operation\":" + Json.quoted(operation) + ",\"backup\":" + Json.quoted(backup) + ",\"bytes\":" + bytes
                    + ",\"reason\":" + Json.quoted(reason) + ",\"full\":" + full + "}";
        }
    }

    /** The window that is open now, or the next one. Its night is the date on which it begins, also after midnight. */
    record Window(LocalDate night, Instant start, Instant end) {
        static Window at(String times, ZonedDateTime now) {
            String[] both = times.split("-", 2);
            if (both.length != 2) {
                throw new IllegalArgumentException("--window is HH:MM-HH:MM, not " + times);
            }
            LocalTime from = LocalTime.parse(both[0]);
            LocalTime to = LocalTime.parse(both[1]);
            for (LocalDate night = now.toLocalDate().minusDays(1); ; night = night.plusDays(1)) {
                ZonedDateTime start = night.atTime(from).atZone(now.getZone());
                ZonedDateTime end = (to.isAfter(from) ? night : night.plusDays(1)).atTime(to).atZone(now.getZone());
                if (end.isAfter(now)) {
                    return new Window(night, start.toInstant(), end.toInstant());
                }
            }
        }

        boolean isOver() {
            return !Instant.now().isBefore(end);
        }
    }

    /** What was asked for on the command line; the token comes from its file. */
    record Options(
            String url, String token, String window, ZoneId zone, String repo, Pattern vms, int atOnce, int attempts, Duration pause,
            boolean abortAtEnd, Path summary) {
        private static final Set<String> NAMES = Set.of(
                "--url", "--token-file", "--window", "--zone", "--repo", "--vms", "--at-once", "--attempts", "--pause", "--at-end", "--summary");

        static Options of(String... arguments) throws IOException {
            Map<String, String> given = new LinkedHashMap<>();
            for (int index = 0; index < arguments.length; index += 2) {
                if (!NAMES.contains(arguments[index]) || index + 1 == arguments.length) {
                    throw new IllegalArgumentException("not understood: " + arguments[index]);
                }
                given.put(arguments[index], arguments[index + 1]);
            }
            for (String needed : List.of("--url", "--token-file", "--window")) {
                if (!given.containsKey(needed)) {
                    throw new IllegalArgumentException(needed + " is missing");
                }
            }
            String atEnd = given.getOrDefault("--at-end", "leave");
            if (!atEnd.equals("leave") && !atEnd.equals("abort")) {
                throw new IllegalArgumentException("--at-end is leave or abort");
            }
            String vms = given.getOrDefault("--vms", "*");
            return new Options(
                    given.get("--url").replaceAll("/+$", ""),
                    Files.readString(Path.of(given.get("--token-file"))).strip(),
                    given.get("--window"),
                    given.containsKey("--zone") ? ZoneId.of(given.get("--zone")) : ZoneId.systemDefault(),
                    given.getOrDefault("--repo", "default"),
                    Pattern.compile("\\Q" + vms.replace("*", "\\E.*\\Q") + "\\E"),
                    positive(given.getOrDefault("--at-once", "8")),
                    positive(given.getOrDefault("--attempts", "2")),
                    Duration.ofSeconds(positive(given.getOrDefault("--pause", "60"))),
                    atEnd.equals("abort"),
                    given.containsKey("--summary") ? Path.of(given.get("--summary")).toAbsolutePath() : null);
        }

        private static int positive(String text) {
            int number = Integer.parseInt(text);
            if (number < 1) {
                throw new IllegalArgumentException("not positive: " + text);
            }
            return number;
        }
    }

    /** The token is not accepted, or may not do this: nothing will go better later. */
    @SuppressWarnings("serial")
    static final class Denied extends RuntimeException {
        Denied(String message) {
            super(message);
        }
    }

    /** There was no answer until the window ended, or none that can be understood. */
    @SuppressWarnings("serial")
    static final class Unreachable extends RuntimeException {
        Unreachable(String message) {
            super(message);
        }
    }

    /** An answer that means something: neither a lost one nor a plea to come later. */
    record Answer(int status, String body) {
        Json json() {
            return Json.read(body);
        }

        String code() {
            return status < 400 ? "" : json().text("code");
        }

        String problem() {
            return code() + ": " + json().text("detail") + " " + json().text("remedy");
        }

        Answer expect(int wanted) {
            if (status != wanted) {
                throw new Unreachable("the coordinator answered with " + status + " " + problem());
            }
            return this;
        }
    }

    /** Asks until there is an answer or the time is over. That is harmless: every POST carries an Idempotency-Key. */
    static final class Coordinator {
        private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);
        private final String url;
        private final String token;
        private final Instant end;
        private final HttpClient client;
        private final Denied[] denied;

        Coordinator(String url, String token, Instant end) {
            this(url, token, end, HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build(), new Denied[1]);
        }

        private Coordinator(String url, String token, Instant end, HttpClient client, Denied[] denied) {
            this.url = url;
            this.token = token;
            this.end = end;
            this.client = client;
            this.denied = denied;
        }

        /** The same, with this much patience. */
        Coordinator until(Instant patience) {
            return new Coordinator(url, token, patience.plusSeconds(5), client, denied);
        }

        static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }

        HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + token);
        }

        HttpClient client() {
            return client;
        }

        Answer get(String path) throws InterruptedException {
            return send(request(path).timeout(ANSWER_TIMEOUT).build());
        }

        Answer post(String path, String key, String body) throws InterruptedException {
            return send(request(path)
                    .timeout(ANSWER_TIMEOUT)
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", key)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build());
        }

        void failIfDenied() {
            if (denied[0] != null) {
                throw denied[0];
            }
        }

        private Answer send(HttpRequest request) throws InterruptedException {
            for (long pause = 500; ; pause = Math.min(2 * pause, 10_000)) {
                failIfDenied();
                String trouble;
                Duration wait = Duration.ofMillis(ThreadLocalRandom.current().nextLong(pause / 2, pause));
                try {
                    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                    Answer answer = new Answer(response.statusCode(), response.body());
                    if (answer.status() == 401 || answer.status() == 403) {
                        denied[0] = new Denied(request.method() + " " + request.uri() + ": " + answer.problem());
                        throw denied[0];
                    }
                    // A machine that was never seen is no better in a minute: that is an answer. Everything else of this kind passes.
                    boolean isLater = answer.status() == 429 || answer.status() >= 500 && !answer.code().equals("MACHINE_UNAVAILABLE");
                    if (!isLater) {
                        return answer;
                    }
                    trouble = answer.status() + " " + answer.body();
                    wait = response.headers().firstValue("Retry-After").map(Coordinator::seconds).orElse(wait);
                } catch (IOException lost) {
                    trouble = lost.toString();
                }
                if (Instant.now().plus(wait).isAfter(end)) {
                    throw new Unreachable(request.method() + " " + request.uri() + " had no answer in time: " + trouble);
                }
                Thread.sleep(wait);
            }
        }

        private static Duration seconds(String retryAfter) {
            // A date is allowed too; Tidemark sends seconds.
            return Duration.ofSeconds(retryAfter.matches("[0-9]{1,6}") ? Long.parseLong(retryAfter) : 30);
        }
    }

    /** The log as it grows. Goes on where it was when the connection breaks; whoever waits for a machine is woken by its events. */
    static final class Events implements Runnable {
        private static final String PATH = "/v1/events?type=backup-completed.v1&type=backup-failed.v1&type=backup-aborted.v1&type=machine-removed.v1";
        private final Coordinator coordinator;
        private final Map<String, Semaphore> news = new ConcurrentHashMap<>();
        private String lastEventId = "";

        Events(Coordinator coordinator) {
            this.coordinator = coordinator;
        }

        void await(String machine, Instant until) throws InterruptedException {
            long milliseconds = Math.max(1, Duration.between(Instant.now(), until).toMillis());
            Semaphore bell = bell(machine);
            if (bell.tryAcquire(milliseconds, TimeUnit.MILLISECONDS)) {
                bell.drainPermits();
            }
        }

        private Semaphore bell(String machine) {
            return news.computeIfAbsent(machine, id -> new Semaphore(0));
        }

        @Override
        public void run() {
            while (true) {
                try {
                    listen();
                    Thread.sleep(500);
                } catch (IOException broken) {
                    pause();
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }

        private static void pause() {
            try {
                Thread.sleep(1_000);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void listen() throws IOException, InterruptedException {
            HttpRequest.Builder request = coordinator.request(PATH).header("Accept", "text/event-stream");
            if (!lastEventId.isEmpty()) {
                request.header("Last-Event-ID", lastEventId);
            }
            HttpResponse<java.io.InputStream> response = coordinator.client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                if (response.statusCode() == 400) {
                    // Another log than the one we knew: listen from now on, and have everybody look.
                    lastEventId = "";
                }
                if (response.statusCode() != 200) {
                    throw new IOException("events: " + response.statusCode());
                }
                if (lastEventId.isEmpty()) {
                    news.values().forEach(Semaphore::release);
                }
                String id = lastEventId;
                String data = "";
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("id:")) {
                        id = line.substring(3).strip();
                    } else if (line.startsWith("data:")) {
                        data = line.substring(5).strip();
                    } else if (line.isEmpty()) {
                        if (!data.isEmpty()) {
                            bell(Json.read(data).text("vmId")).release();
                        }
                        lastEventId = id;
                        data = "";
                    }
                }
            }
        }
    }

    /** As much of JSON as this needs; a member that is missing or null is an empty text, 0 or an empty list. */
    record Json(Object value) {
        static Json read(String text) {
            return new Json(new Reader(text).whole());
        }

        Json get(String member) {
            return new Json(value instanceof Map<?, ?> members ? members.get(member) : null);
        }

        String text(String member) {
            return get(member).value() instanceof String text ? text : "";
        }

        long number(String member) {
            return get(member).value() instanceof Number number ? number.longValue() : 0;
        }

        List<Json> items() {
            return value instanceof List<?> list ? list.stream().map(item -> new Json(item)).toList() : List.of();
        }

        static String quoted(String text) {
            StringBuilder quoted = new StringBuilder("\"");
            for (char character : text.toCharArray()) {
                if (character == '"' || character == '\\') {
                    quoted.append('\\').append(character);
                } else if (character < ' ') {
                    quoted.append(String.format("\\u%04x", (int) character));
                } else {
                    quoted.append(character);
                }
            }
            return quoted.append('"').toString();
        }

        private static final class Reader {
            private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
            private final String text;
            private int at;

            Reader(String text) {
                this.text = text;
            }

            /** What is no JSON is nothing: a proxy's error page has no members. */
            Object whole() {
                try {
                    return value();
                } catch (IllegalStateException | IndexOutOfBoundsException | NumberFormatException notJson) {
                    return null;
                }
            }

            private Object value() {
                return switch (next()) {
                    case '{' -> object();
                    case '[' -> array();
                    case '"' -> string();
                    case 't' -> word("true", true);
                    case 'f' -> word("false", false);
                    case 'n' -> word("null", null);
                    default -> number();
                };
            }

            private char next() {
                while (Character.isWhitespace(text.charAt(at))) {
                    at++;
                }
                return text.charAt(at);
            }

            private boolean took(char wanted) {
                if (next() == wanted) {
                    at++;
                    return true;
                }
                return false;
            }

            private void take(char wanted) {
                if (!took(wanted)) {
                    throw new IllegalStateException("no '" + wanted + "' at " + at);
                }
            }

            private Map<String, Object> object() {
                Map<String, Object> members = new LinkedHashMap<>();
                take('{');
                if (!took('}')) {
                    do {
                        next();
                        String name = string();
                        take(':');
                        members.put(name, value());
                    } while (took(','));
                    take('}');
                }
                return members;
            }

            private List<Object> array() {
                List<Object> items = new ArrayList<>();
                take('[');
                if (!took(']')) {
                    do {
                        items.add(value());
                    } while (took(','));
                    take(']');
                }
                return items;
            }

            private Object word(String word, Object meaning) {
                if (!text.startsWith(word, at)) {
                    throw new IllegalStateException("no " + word + " at " + at);
                }
                at += word.length();
                return meaning;
            }

            private Number number() {
                var matcher = NUMBER.matcher(text).region(at, text.length());
                if (!matcher.lookingAt()) {
                    throw new IllegalStateException("no value at " + at);
                }
                at = matcher.end();
                return matcher.group(1) == null && matcher.group(2) == null
                        ? (Number) Long.valueOf(matcher.group())
                        : (Number) Double.valueOf(matcher.group());
            }

            private String string() {
                take('"');
                StringBuilder string = new StringBuilder();
                for (char character = text.charAt(at++); character != '"'; character = text.charAt(at++)) {
                    string.append(character == '\\' ? escaped() : character);
                }
                return string.toString();
            }

            private char escaped() {
                char escape = text.charAt(at++);
                return switch (escape) {
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case 'r' -> '\r';
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    case 'u' -> {
                        at += 4;
                        yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
                    }
                    default -> escape;
                };
            }
        }
    }
}
