package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.api.stream.EventStreams;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The stream of events over real HTTP, from a real log. */
class EventStreamIT {
    private static final Served SERVED = new Served();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String CHANGE = "NOTIFY tidemark_events";

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @Test
    void a_reader_that_is_cut_and_comes_again_gets_every_committed_event_once_and_in_order() throws Exception {
        long seed = Long.getLong("tidemark.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        WritersAtOnce writers = new WritersAtOnce(SERVED.database.application(), "cut-" + seed + "-", seed);
        WritersAtOnce.Naive naive = writers.new Naive();
        String begin;
        try (HeardStream stream = HeardStream.open(SERVED, "/v1/events", null)) {
            begin = stream.next().id();
        }
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<List<WritersAtOnce.Place>> reading =
                CompletableFuture.supplyAsync(() -> readInPieces(begin, "cut-" + seed, new Random(seed)));
        CompletableFuture<Void> readingNaively = CompletableFuture.runAsync(() -> {
            try {
                while (!done.get()) {
                    naive.readOn();
                }
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        });

        writers.append(60);
        done.set(true);
        readingNaively.join();
        naive.readOn();
        List<WritersAtOnce.Place> committed = writers.committed();
        insert("cut-" + seed + "-end", 0, "counted.v1", "{}");

        assertThat(StreamFaults.of(reading.join(), committed)).isEmpty();
        assertThat(committed).hasSizeGreaterThan(300);
        assertThat(StreamFaults.of(naive.seen(), committed))
                .as("a reader that goes by the index alone loses what became visible late")
                .anyMatch(fault -> fault.startsWith("lost: "));
        List<WritersAtOnce.Place> spoilt = new ArrayList<>(committed);
        spoilt.add(committed.getFirst());
        assertThat(StreamFaults.of(spoilt, committed)).hasSize(2);
    }

    /** Takes a few bytes, tears the connection, and goes on behind the last message that was whole; until the end is seen. */
    private static List<WritersAtOnce.Place> readInPieces(String begin, String prefix, Random random) {
        List<WritersAtOnce.Place> seen = new ArrayList<>();
        String position = begin;
        int connections = 0;
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            while (true) {
                HttpResponse<InputStream> response = client.send(
                        SERVED.request("/v1/events")
                                .header("Last-Event-ID", position)
                                .GET()
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
                String text;
                try (InputStream body = response.body()) {
                    text = piece(body, 60 + random.nextInt(3_500), prefix + "-end");
                }
                connections++;
                if (response.statusCode() == 429) {
                    // Those that were torn are not all noticed yet.
                    Thread.sleep(50);
                    continue;
                }
                assertThat(response.statusCode()).as(text).isEqualTo(200);
                for (String block :
                        text.substring(0, text.lastIndexOf("\n\n") + 1).split("\n\n", -1)) {
                    HeardStream.Message message = HeardStream.message(block);
                    position = message.id().isEmpty() ? position : message.id();
                    String machine = message.data().isEmpty()
                            ? ""
                            : message.json().path("vmId").asString();
                    if (machine.equals(prefix + "-end")) {
                        System.out.println(connections + " connections, " + seen.size() + " events");
                        return seen;
                    }
                    if (machine.startsWith(prefix)) {
                        assertThat(message.event()).isEqualTo("counted.v1");
                        seen.add(new WritersAtOnce.Place(
                                machine, message.json().path("version").asLong()));
                    }
                }
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static String piece(InputStream body, int bytesMax, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < bytesMax
                && (text.indexOf(end) < 0 || !text.toString().endsWith("\n\n"))) {
            byte[] bytes = new byte[bytesMax - text.length()];
            int length = body.read(bytes);
            if (length < 0) {
                break;
            }
            text.append(new String(bytes, 0, length, StandardCharsets.US_ASCII));
        }
        return text.toString();
    }

    @Test
    void an_event_is_told_as_it_is_stored_and_soon() throws SQLException {
        try (HeardStream stream = HeardStream.open(SERVED, "/v1/events?vm=" + machine("told"), null)) {
            assertThat(stream.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            assertThat(stream.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(stream.headers().firstValue("X-Accel-Buffering")).contains("no");
            assertThat(stream.next().data()).as("no history was asked for").isEmpty();
            String id = id("told");
            insert(
                    id,
                    2,
                    "drift-gone.v1",
                    "{\"z\": 1.50,\n \"at\": \"2026-01-02T03:04:06Z\", \"a\": 9007199254740993}");
            HeardStream.Message message = stream.nextEvent();
            assertThat(message.event()).isEqualTo("drift-gone.v1");
            assertThat(message.data())
                    .isEqualTo("{\"vm\":\"told\",\"vmId\":\"" + id + "\",\"version\":3,\"type\":\"drift-gone.v1\","
                            + "\"at\":\"2026-01-02T03:04:06Z\",\"operation\":null,\"caller\":null,\"data\":"
                            + "{\"z\": 1.50,  \"at\": \"2026-01-02T03:04:06Z\", \"a\": 9007199254740993}}");
            List<Long> milliseconds = new ArrayList<>();
            for (int number = 3; number < 24; number++) {
                long before = System.nanoTime();
                insert(id, number, "drift-gone.v1", "{}");
                stream.nextEvent();
                milliseconds.add((System.nanoTime() - before) / 1_000_000);
            }
            milliseconds.sort(null);
            System.out.println("commit to reader, of another process: " + milliseconds + " ms");
            // A stream that looks by the clock, every 500 ms, has just looked whenever one is told: only the first can
            // come soon.
            assertThat(milliseconds.get(4)).as("the fifth of the quickest").isLessThan(200);
        }
    }

    @Test
    void history_comes_from_the_start_or_from_a_position_and_filters_hold() {
        machine("past");
        String path = "/v1/events?vm=past";
        OperationId checkpoint = SERVED.started("/v1/vms/past/checkpoints", "{}");
        SERVED.machine("past-other");
        OperationId backup = SERVED.started("/v1/vms/past/backups", "{\"repo\":\"default\",\"noCheckpoint\":true}");
        List<String> ids = new ArrayList<>();
        try (HeardStream stream = HeardStream.open(SERVED, path + "&from=start", null)) {
            assertThat(stream.next().id()).isEqualTo("0");
            for (String type : List.of(
                    "machine-registered.v1", "machine-observed.v1", "checkpoint-requested.v1", "backup-requested.v1")) {
                HeardStream.Message message = stream.nextEvent();
                assertThat(message.event()).isEqualTo(type);
                ids.add(message.id());
            }
        }
        try (HeardStream stream = HeardStream.open(SERVED, path + "&from=" + ids.get(1), null)) {
            assertThat(stream.nextEvent().id()).isEqualTo(ids.get(2));
        }
        // The address of a reader that comes again says still where it began first.
        try (HeardStream stream = HeardStream.open(SERVED, path + "&from=start", ids.get(2))) {
            assertThat(stream.nextEvent().id()).isEqualTo(ids.get(3));
        }
        try (HeardStream stream = HeardStream.open(SERVED, "/v1/events?from=start&operation=" + checkpoint, null)) {
            HeardStream.Message message = stream.nextEvent();
            assertThat(message.id()).isEqualTo(ids.get(2));
            assertThat(message.json().path("operation").asString()).isEqualTo(checkpoint.value());
        }
        try (HeardStream stream =
                HeardStream.open(SERVED, path + "&from=start&type=backup-requested.v1&type=drift-found.v1", null)) {
            assertThat(stream.nextEvent().json().path("operation").asString()).isEqualTo(backup.value());
        }
    }

    @Test
    void progress_is_told_without_a_position_and_only_when_it_moves() {
        MachineId machine = SERVED.machine("moving");
        SERVED.machine("resting");
        OperationId operation =
                SERVED.started("/v1/vms/moving/backups", "{\"repo\":\"default\",\"noCheckpoint\":true}");
        try (HeardStream mine = HeardStream.open(SERVED, "/v1/events?operation=" + operation, null);
                HeardStream other = HeardStream.open(SERVED, "/v1/events?vm=resting", null);
                HeardStream without = HeardStream.open(SERVED, "/v1/events?vm=moving&type=backup-completed.v1", null)) {
            assertThat(mine.next().data()).isEmpty();
            SERVED.engine.bytesPerSecond = OptionalLong.of(70);
            SERVED.engine.progress(new Progress(machine, operation, "COPY", 400, 1_000));
            HeardStream.Message first = mine.next();
            assertThat(first)
                    .isEqualTo(
                            new HeardStream.Message(
                                    "",
                                    "progress",
                                    "{\"vm\":\"moving\",\"vmId\":\"" + machine + "\",\"operation\":\"" + operation
                                            + "\",\"phase\":\"COPY\",\"bytesDone\":400,\"bytesTotal\":1000,"
                                            + "\"bytesPerSecond\":70,\"secondsLeft\":9,\"stalledSince\":null,\"awaits\":null}"));
            int before = mine.comments().size();
            SERVED.engine.progress(new Progress(machine, operation, "COPY", 500, 1_000));
            SERVED.engine.progress(new Progress(machine, operation, "COPY", 600, 1_000));
            HeardStream.Message moved = mine.next();
            if (moved.json().path("bytesDone").asLong() == 500) {
                // It was looked for just between the two.
                moved = mine.next();
            }
            assertThat(moved.json().path("bytesDone").asLong()).isEqualTo(600);
            assertThat(mine.comments().size()).as("heartbeats meanwhile").isLessThan(before + 2);
            assertThat(mine.silent()).as("what stands still is not told again").isTrue();
            assertThat(other.silent()).isTrue();
            assertThat(without.silent()).isTrue();
        } finally {
            SERVED.engine.progress.clear();
            SERVED.engine.bytesPerSecond = OptionalLong.empty();
        }
    }

    @Test
    void a_reader_of_little_learns_where_it_is() throws SQLException {
        machine("quiet");
        String busy = id(machine("busy"));
        try (HeardStream stream = HeardStream.open(SERVED, "/v1/events?vm=quiet", null)) {
            String first = stream.next().id();
            insert(busy, 2, "drift-gone.v1", "{}");
            HeardStream.Message moved = stream.next();
            assertThat(moved.data()).isEmpty();
            assertThat(moved.id()).isNotEqualTo(first);
            assertThat(stream.comments()).isNotEmpty();
            try (HeardStream later = HeardStream.open(SERVED, "/v1/events?vm=busy", moved.id())) {
                insert(busy, 3, "drift-gone.v1", "{}");
                assertThat(later.nextEvent().json().path("version").asLong()).isEqualTo(4);
            }
        }
    }

    @Test
    void a_long_transaction_elsewhere_holds_nobody_up() throws SQLException {
        String id = id(machine("held"));
        try (HeardStream stream = HeardStream.open(SERVED, "/v1/events?vm=held", null);
                Connection elsewhere = SERVED.database.migration().getConnection();
                Connection own = SERVED.database.application().getConnection();
                Statement statement = elsewhere.createStatement()) {
            elsewhere.setAutoCommit(false);
            statement.execute("CREATE TEMPORARY TABLE long_work AS SELECT pg_current_xact_id()");
            own.setAutoCommit(false);
            WritersAtOnce.insert(own, id, 2, "drift-gone.v1", "{}");
            own.rollback();
            own.setAutoCommit(true);
            int before = stream.comments().size();
            insert(id, 2, "drift-gone.v1", "{}");
            assertThat(stream.nextEvent().json().path("version").asLong()).isEqualTo(3);
            assertThat(stream.comments().size()).as("heartbeats meanwhile").isLessThan(before + 2);
            elsewhere.rollback();
        }
    }

    @Test
    void a_bad_wish_is_refused_with_a_problem() {
        machine("wish");
        String real;
        try (HeardStream stream = HeardStream.open(SERVED, "/v1/events?from=start&vm=wish", null)) {
            real = stream.nextEvent().id();
        }
        String mark = real.substring(real.indexOf('-'));
        String otherMark = mark.charAt(1) == '0' ? "-1" + mark.substring(2) : "-0" + mark.substring(2);
        String index = real.substring(0, real.indexOf('-'));
        for (String position : List.of(index + otherMark, "999999999999999999" + mark, "1" + index + mark)) {
            assertThat(refused("/v1/events?from=" + position, null))
                    .as(position)
                    .isEqualTo("400 UNKNOWN_POSITION");
            assertThat(refused("/v1/events", position)).as(position).isEqualTo("400 UNKNOWN_POSITION");
        }
        for (String position : List.of(
                "now",
                "-1",
                index,
                "01" + mark,
                "+" + real,
                real + "0",
                "0-000000000000",
                "9".repeat(30) + mark,
                real.toUpperCase(java.util.Locale.ROOT) + "Z",
                "1-")) {
            assertThat(refused("/v1/events", position)).as(position).isEqualTo("400 INVALID_POSITION");
        }
        for (String position : List.of("", "now", "%00", "x%0d%0aid:1", "START")) {
            assertThat(refused("/v1/events?from=" + position, null))
                    .as(position)
                    .isEqualTo("400 INVALID_POSITION");
        }
        assertThat(refused("/v1/events?from=%ff", null)).startsWith("400 ");
        assertThat(refused("/v1/events?from=start&from=start", null)).isEqualTo("400 INVALID_PARAMETER");
        assertThat(refused("/v1/events?type=backup-completed", null)).isEqualTo("400 INVALID_PARAMETER");
        assertThat(refused("/v1/events?type=", null)).isEqualTo("400 INVALID_PARAMETER");
        assertThat(refused("/v1/events?vm=nobody", null)).isEqualTo("404 VM_NOT_FOUND");
        assertThat(refused("/v1/events?vm=..%2f", null)).startsWith("400 ");
        assertThat(refused("/v1/events?operation=01ARZ3NDEKTSV4RRFFQ69G5FAV", null))
                .isEqualTo("404 OPERATION_NOT_FOUND");
        assertThat(refused("/v1/events?operation=x", null)).isEqualTo("400 INVALID_NAME");
        assertThat(SERVED.send(SERVED.request("/v1/events")
                                .header("Last-Event-ID", real)
                                .header("Last-Event-ID", real)
                                .GET())
                        .code())
                .isEqualTo("INVALID_POSITION");
        Served.Answer head = SERVED.send(SERVED.request("/v1/events").method("HEAD", BodyPublishers.noBody()));
        assertThat(head.status()).isEqualTo(200);
    }

    private static String refused(String path, @Nullable String lastEvent) {
        var request = SERVED.request(path);
        if (lastEvent != null) {
            request.header("Last-Event-ID", lastEvent);
        }
        try {
            // Not read to its end: a wish that is granted by mistake has none.
            HttpResponse<InputStream> answer = CLIENT.send(request.GET().build(), BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                if (answer.statusCode() == 200) {
                    return "200";
                }
                assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
                return answer.statusCode() + " "
                        + Json.MAPPER.readTree(body.readAllBytes()).path("code").asString();
            }
        } catch (IOException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void a_reader_that_does_not_read_is_closed_and_one_too_many_is_refused() throws Exception {
        try (Served served = new Served()) {
            EventStreams streams = served.server.context().getBean(EventStreams.class);
            PlainSql.run(
                    served.database.migration(),
                    "INSERT INTO tidemark.domain_event_entry (event_identifier, aggregate_identifier, sequence_number, type,"
                            + " time_stamp, payload_type, payload, meta_data) SELECT gen_random_uuid()::text, 'much', n - 1,"
                            + " 'machine', '2026-01-01T00:00:00.000Z', 'counted.v1', json_build_object('text',"
                            + " repeat('x', 16000)), '{}' FROM generate_series(1, 2000) AS n");
            URI url = served.server.url();
            try (Socket deaf = new Socket()) {
                deaf.setReceiveBufferSize(4096);
                deaf.connect(new InetSocketAddress(url.getHost(), url.getPort()));
                deaf.getOutputStream()
                        .write(("GET /v1/events?from=start HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                                        + served.token.secret() + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                await().until(() -> streams.count() == 1);
                List<HeardStream> others = new ArrayList<>();
                for (int number = 1; number < EventStreams.STREAMS_MAX; number++) {
                    others.add(HeardStream.open(served, "/v1/events", null));
                }
                Served.Answer refused = served.get("/v1/events");
                assertThat(refused.status()).isEqualTo(429);
                assertThat(refused.code()).isEqualTo("TOO_MANY_STREAMS");
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();

                await().until(() -> streams.count() == EventStreams.STREAMS_MAX - 1);
                try (HeardStream room = HeardStream.open(served, "/v1/events", null)) {
                    assertThat(room.next().id()).startsWith("2000-");
                    // A stop lets every reader go, in order: what it has to wait for longer than four seconds is cut.
                    served.server.stop();
                    assertThat(HeardStream.endedInOrder(room.next())).isTrue();
                }
                others.forEach(HeardStream::close);
            }
        }
    }

    private static String machine(String name) {
        SERVED.machine(name);
        return name;
    }

    private static String id(String machine) {
        JsonNode known = SERVED.get("/v1/vms/" + machine).json();
        return known.path("id").asString();
    }

    /** As another process would: appended and told of, past this one. */
    private static void insert(String machine, long sequence, String type, String payload) throws SQLException {
        try (Connection connection = SERVED.database.application().getConnection();
                Statement statement = connection.createStatement()) {
            WritersAtOnce.insert(connection, machine, sequence, type, payload);
            statement.execute(CHANGE);
        }
    }
}
