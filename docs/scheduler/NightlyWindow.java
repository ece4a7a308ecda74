import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One night's backups: every machine once, at most so many at a time, inside a window. Needs a JDK (22 or newer), the files beside it, and nothing else:
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
            Window window = Window.at(options.window(), Time.now().atZone(options.zone()));
            return new NightlyWindow(options, window).run();
        } catch (IllegalArgumentException | DateTimeException usage) {
            System.err.println(usage.getMessage() + "\n" + USAGE);
            return 2;
        } catch (Coordinator.Denied denied) {
            System.err.println(denied.getMessage());
            return 5;
        } catch (Coordinator.Unreachable unreachable) {
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
        machines.forEach(machine -> turns.add(new Turn(machine, 1, Time.now(), "")));
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
            Coordinator.Answer page = coordinator.get("/v1/vms" + (cursor.isEmpty() ? "" : "?after=" + Coordinator.encoded(cursor)));
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
        } catch (Coordinator.Denied denied) {
            // Told at the end; the other workers find the same.
            return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(Turn turn) throws InterruptedException {
        Machine machine = turn.machine();
        try {
            Coordinator.Answer started = start(turn);
            if (started.status() == 409) {
                // Something else is being done to this machine. Others need not wait for that.
                turns.add(turn.again(turn.attempt(), options.pause(), started.problem()));
            } else if (started.status() != 202) {
                failed(turn, Outcome.without("FAILED", started.problem()));
            } else {
                follow(turn, started.json());
            }
        } catch (Coordinator.Unreachable unreachable) {
            outcomes.put(machine.id(), Outcome.without("UNKNOWN", unreachable.getMessage()));
        }
    }

    private Coordinator.Answer start(Turn turn) throws InterruptedException {
        String key = "nightly-" + window.night() + "-" + options.repo() + "-" + turn.machine().id() + "-" + turn.attempt();
        String body = "{\"repo\":" + Json.quoted(options.repo()) + "}";
        while (true) {
            Coordinator.Answer answer = coordinator.post("/v1/vms/" + turn.machine().id() + "/backups", key, body);
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
            if (!Time.now().isBefore(patience)) {
                if (aborting || !options.abortAtEnd()) {
                    outcomes.put(turn.machine().id(), Outcome.of(aborting ? "ABORTING" : "RUNNING", operation, "the window is over"));
                    return;
                }
                aborting = true;
                patience = Time.now().plusSeconds(60);
                coordinator.until(patience).post(
                        "/v1/backups/" + operation.text("target") + "/abort", "nightly-abort-" + operation.text("id"), "{}");
            }
            // Woken by an event of this machine; looks again by itself, should events be late.
            events.await(turn.machine().id(), earlier(patience, Time.now().plusSeconds(aborting ? 1 : 30)));
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
        for (Duration left = Duration.between(Time.now(), moment); left.isPositive(); left = Duration.between(Time.now(), moment)) {
            Thread.sleep(Math.min(left.toMillis() + 1, 60_000));
        }
    }

    record Machine(String id, String name) {}

    /** A machine that waits for one of the workers, from a moment on. */
    record Turn(Machine machine, int attempt, Instant notBefore, String reason) implements Delayed {
        Turn again(int nextAttempt, Duration pause, String why) {
            return new Turn(machine, nextAttempt, Time.now().plus(pause), why);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(Time.now(), notBefore));
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
            return !Time.now().isBefore(end);
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
}
