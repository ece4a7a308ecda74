package dev.tidemark.coordinator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.ledger.WebhookRow;
import dev.tidemark.coordinator.ledger.WebhookTable;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.Authority;
import dev.tidemark.coordinator.testkit.TemporaryTree;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What receivers are told, whatever they and the coordinator go through. */
@Timeout(300)
class WebhooksIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final WebhookTable TABLE = new WebhookTable(DATABASE.application());
    private static final AtomicInteger NAMES = new AtomicInteger();
    /** Tries again soon, and gives an answer all the time that a slow machine may need for it. */
    private static final Patience EAGER = waiting(Duration.ofSeconds(20), Duration.ofSeconds(20));

    /** For receivers that never answer. */
    private static final Patience HASTY = waiting(Duration.ofSeconds(2), Duration.ofSeconds(2));

    private static final byte[] SECRET = Signatures.freshSecret();
    private static SealingKey key;
    private final List<AutoCloseable> open = new ArrayList<>();

    private static Path home;

    @BeforeAll
    static void makeKey() throws IOException {
        home = Files.createTempDirectory("tidemark-webhooks-");
        key = SealingKey.at(home.resolve("webhook.key"));
    }

    @AfterAll
    static void closeDatabase() {
        TemporaryTree.delete(home);
        DATABASE.close();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
        TABLE.all().forEach(webhook -> TABLE.delete(webhook.id()));
    }

    @Test
    void every_event_comes_in_order_although_answers_are_lost_and_the_sender_is_ended_again_and_again()
            throws Exception {
        // given
        HeardReceiver receiver = receiver();
        receiver.statuses = number -> switch (number % 5) {
            case 1 -> HeardReceiver.ACCEPT_AND_CUT;
            case 3 -> 500;
            case 4 -> HeardReceiver.CUT;
            default -> 200;
        };
        String id = webhook(receiver.url(), List.of("backup-completed"), "*");
        long first = newest() + 1;
        // when
        try (Webhooks sender = sender()) {
            append("m" + id, 40, "backup-completed.v1");
            await().until(() -> receiver.places().size() >= 10);
            assertThat(sender.counts().accepted()).isPositive();
        }
        try (Webhooks _ = sender();
                Webhooks _ = sender()) {
            append("n" + id, 20, "backup-completed.v1");
            await().until(() -> receiver.places().size() >= 30);
        }
        sender();
        await().until(() -> receiver.places().size() >= 60);
        // then
        assertThat(receiver.places()).hasSize(60).isSorted().doesNotHaveDuplicates();
        assertThat(receiver.places().getFirst()).isGreaterThanOrEqualTo(first);
        assertThat(receiver.heard.size())
                .as("some came twice, with the same id")
                .isGreaterThan(60);
        assertThat(TABLE.find(id).orElseThrow().deadLetters()).isZero();
    }

    @Test
    void a_coordinator_that_is_killed_between_a_delivery_and_its_record_loses_nothing_and_repeats_in_order()
            throws Exception {
        // given: each time, the receiver has the event, and its sender is dead before it hears so
        HeardReceiver receiver = receiver();
        List<String> lastWords = new CopyOnWriteArrayList<>();
        AtomicReference<Process> sender = new AtomicReference<>();
        Set<Integer> fatal = Set.of(4, 9);
        receiver.statuses = number -> {
            if (fatal.contains(number)) {
                lastWords.add(receiver.attempts.getLast().id());
                sender.get().destroyForcibly();
                sender.get().onExit().join();
            }
            return 204;
        };
        String id = webhook(receiver.url(), List.of("backup-completed"), "*");
        append("k" + id, 20, "backup-completed.v1");
        // when
        for (int kill = 1; kill <= fatal.size(); kill++) {
            int killed = kill;
            sender.set(SenderProcess.start(DATABASE.application(), home.resolve("webhook.key"), receiver.url()));
            open.add(() -> sender.get().destroyForcibly());
            await().atMost(Duration.ofSeconds(60)).until(() -> lastWords.size() == killed);
        }
        sender();
        await().until(() -> receiver.places().size() == 20);
        await().until(() -> TABLE.find(id).orElseThrow().delivered() == 20);
        // then
        assertThat(receiver.heard.stream().map(HeardReceiver.Heard::id).map(WebhooksIT::place))
                .as("repeated, and never out of order")
                .isSorted();
        for (String repeated : lastWords) {
            assertThat(receiver.heard.stream().filter(one -> one.id().equals(repeated)))
                    .as("delivered, and not on record when its sender died")
                    .hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(TABLE.find(id).orElseThrow().deadLetters()).isZero();
    }

    private static long place(String eventId) {
        return Long.parseLong(eventId.substring(0, eventId.indexOf('-')));
    }

    @Test
    void a_receiver_over_tls_is_believed_by_its_certificate_and_told_nothing_without() throws Exception {
        Authority authority = new Authority("Receivers' Authority");
        SSLSocketFactory believing = trusting(authority);
        HeardReceiver genuine = secure(authority.issue("siem", Authority.address("127.0.0.1")));
        HeardReceiver misnamed = secure(authority.issue("siem", Authority.dns("other.example")));
        HeardReceiver forged =
                secure(new Authority("Receivers' Authority").issue("siem", Authority.address("127.0.0.1")));
        HeardReceiver expired = secure(authority.issue(
                "siem",
                Instant.now().minus(Duration.ofDays(2)),
                Instant.now().minus(Duration.ofDays(1)),
                Authority.address("127.0.0.1")));
        String told = webhook(genuine.url(), List.of(), "*");
        List<String> untold = List.of(
                webhook(misnamed.url(), List.of(), "*"),
                webhook(forged.url(), List.of(), "*"),
                webhook(expired.url(), List.of(), "*"));
        sender(believing, EAGER);
        append("t" + told, 3, "backup-completed.v1");
        await().until(() -> genuine.places().size() == 3);
        assertThat(genuine.heard.getFirst().isSignedWith(Signatures.written(SECRET)))
                .isTrue();
        for (String id : untold) {
            await().until(() -> TABLE.find(id).orElseThrow().deadLetters() == 3);
            assertThat(TABLE.deadLetters(id, 0, 1).getFirst().trouble())
                    .containsAnyOf("127.0.0.1", "certification path", "validity", "signature check", "expired");
        }
        assertThat(misnamed.attempts).isEmpty();
        assertThat(forged.attempts).isEmpty();
        assertThat(expired.attempts).isEmpty();

        // And page by page.
        String id = untold.getFirst();
        List<Long> indexes = new ArrayList<>();
        long after = 0;
        for (List<WebhookRow.DeadLetter> page = TABLE.deadLetters(id, after, 2);
                !page.isEmpty();
                page = TABLE.deadLetters(id, after, 2)) {
            page.forEach(letter -> indexes.add(letter.index()));
            after = page.getLast().index();
        }
        assertThat(indexes).hasSize(3).isSorted().doesNotHaveDuplicates();
    }

    private HeardReceiver secure(Authority.Issued identity) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", identity.keys().getPrivate(), new char[0], new Certificate[] {identity.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HeardReceiver receiver = HeardReceiver.secure(context);
        open.add(receiver);
        return receiver;
    }

    private static SSLSocketFactory trusting(Authority authority) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    @Test
    void an_event_says_what_it_is_and_its_signature_is_verified_by_a_few_lines() throws Exception {
        HeardReceiver receiver = receiver();
        String id = webhook(receiver.url(), List.of("restore-export-requested", "backup-failed"), "*");
        sender();
        append("v" + id, 1, "backup-completed.v1");
        insert(
                "v" + id,
                1,
                "restore-export-requested.v1",
                "{\"exportKey\":\"open sesame\",\"at\":\"2026-01-02T03:04:05Z\"}");
        await().until(() -> !receiver.heard.isEmpty());
        HeardReceiver.Heard one = receiver.heard.getFirst();
        assertThat(one.type()).isEqualTo("application/cloudevents+json; charset=utf-8");
        assertThat(one.json().path("specversion").asString()).isEqualTo("1.0");
        assertThat(one.json().path("id").asString()).isEqualTo(one.id()).matches("[0-9]+-[0-9a-f]{12}");
        assertThat(one.json().path("type").asString()).isEqualTo("dev.tidemark.restore-export-requested.v1");
        assertThat(one.json().path("source").asString()).isEqualTo("urn:tidemark:vm:v" + id);
        assertThat(one.json().path("sequence").asString())
                .hasSize(20)
                .endsWith(one.id().substring(0, one.id().indexOf('-')));
        assertThat(one.json().path("data").path("version").asLong()).isEqualTo(2);
        assertThat(one.json().path("data").path("data").path("exportKey").isNull())
                .isTrue();
        assertThat(one.isSignedWith(Signatures.written(SECRET))).isTrue();
        assertThat(one.isSignedWith(Signatures.written(Signatures.freshSecret())))
                .isFalse();

        // A rotation: receivers with either secret accept what comes now.
        byte[] second = Signatures.freshSecret();
        TABLE.rotate(id, key.seal(id, second));
        insert("v" + id, 2, "backup-failed.v1", "{}");
        await().until(() -> receiver.heard.size() == 2);
        HeardReceiver.Heard two = receiver.heard.getLast();
        assertThat(two.isSignedWith(Signatures.written(SECRET))).isTrue();
        assertThat(two.isSignedWith(Signatures.written(second))).isTrue();
        TABLE.endRotation(id);
        insert("v" + id, 3, "backup-failed.v1", "{}");
        await().until(() -> receiver.heard.size() == 3);
        assertThat(receiver.heard.getLast().isSignedWith(Signatures.written(SECRET)))
                .isFalse();
    }

    @Test
    void an_event_that_is_committed_late_is_not_passed_over() throws Exception {
        // given
        HeardReceiver receiver = receiver();
        String id = webhook(receiver.url(), List.of(), "*");
        sender();
        long before = newest();
        try (Connection late = DATABASE.application().getConnection()) {
            late.setAutoCommit(false);
            insert(late, "late" + id, 0, "backup-completed.v1", "{}");
            // when
            append("soon" + id, 1, "backup-completed.v1");
            long naive = newest();
            Thread.sleep(700);
            late.commit();
            late.setAutoCommit(true);
            // then
            assertThat(naive)
                    .as("a reader that looks for larger numbers has gone past it")
                    .isEqualTo(before + 2);
        }
        await().until(() -> receiver.places().size() == 2);
        assertThat(receiver.places()).containsExactly(before + 1, before + 2);
    }

    @Test
    void what_is_never_accepted_becomes_a_dead_letter_and_the_rest_goes_on() throws Exception {
        HeardReceiver receiver = receiver();
        String id = webhook(receiver.url(), List.of(), "*");
        long first = newest() + 1;
        receiver.statuses = number -> number <= 4 ? 500 : 200;
        Webhooks sender = sender();
        append("d" + id, 3, "backup-failed.v1");
        await().until(() -> receiver.places().size() == 2);
        assertThat(receiver.places()).containsExactly(first + 1, first + 2);
        WebhookRow.DeadLetter letter = TABLE.deadLetters(id, 0, 9).getFirst();
        assertThat(letter.index()).isEqualTo(first);
        assertThat(letter.attempts()).isEqualTo(4);
        assertThat(letter.trouble()).isEqualTo("answered with 500");
        assertThat(sender.counts().deadLetters()).isEqualTo(1);
        String sent = receiver.attempts.getFirst().id();
        assertThat(TABLE.request(id, first)).isTrue();
        assertThat(TABLE.request(id, first + 1)).isFalse();
        await().until(() -> TABLE.find(id).orElseThrow().deadLetters() == 0);
        assertThat(receiver.heard.getLast().id()).isEqualTo(sent);
    }

    @Test
    void a_receiver_that_hangs_or_never_stops_talking_holds_up_nobody_else() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServerSocket talking = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            AtomicInteger cutShort = new AtomicInteger();
            Thread.ofVirtual().start(() -> talk(talking, cutShort));
            HeardReceiver receiver = receiver();
            String hung = webhook("http://127.0.0.1:" + hanging.getLocalPort() + "/", List.of(), "*");
            String talked = webhook("http://127.0.0.1:" + talking.getLocalPort() + "/", List.of(), "*");
            webhook(receiver.url(), List.of(), "*");
            sender(tls(), HASTY);
            append("h" + hung, 5, "backup-failed.v1");
            await().until(() -> receiver.places().size() == 5);
            assertThat(TABLE.find(hung).orElseThrow().delivered()).isZero();
            await().until(() -> TABLE.find(hung).orElseThrow().trying().isPresent());
            await().until(() -> TABLE.find(talked).orElseThrow().deadLetters() == 5);
            assertThat(TABLE.deadLetters(talked, 0, 9).getFirst().trouble())
                    .isEqualTo("the answer's head has more than 16384 bytes");
            // Five events, four times each: the sender never listened to the end.
            await().until(() -> cutShort.get() >= 20);
        }
    }

    @Test
    void a_receiver_that_is_gone_is_told_no_more_until_somebody_enables_it() throws Exception {
        HeardReceiver receiver = receiver();
        receiver.statuses = number -> number == 1 ? 410 : 200;
        String id = webhook(receiver.url(), List.of(), "*");
        sender();
        append("g" + id, 2, "backup-failed.v1");
        await().until(() -> TABLE.find(id).orElseThrow().disabledBecause().isPresent());
        assertThat(receiver.attempts).hasSize(1);
        TABLE.enable(id);
        await().until(() -> receiver.places().size() == 2);
    }

    @Test
    void a_receiver_that_asks_for_time_gets_it() throws Exception {
        HeardReceiver receiver = receiver();
        receiver.statuses = number -> number == 1 ? 503 : 200;
        receiver.retryAfter = "1";
        String id = webhook(receiver.url(), List.of(), "*");
        sender();
        long begin = System.nanoTime();
        append("r" + id, 1, "backup-failed.v1");
        await().until(() -> receiver.places().size() == 1);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(990));
    }

    @Test
    void nothing_goes_where_nobody_allowed_it_and_that_counts_against_nobody() throws Exception {
        HeardReceiver receiver = receiver();
        String id = webhook(receiver.url(), List.of(), "*");
        try (Webhooks _ =
                Webhooks.start(DATABASE.application(), AllowedReceivers.NONE, key, Clock.systemUTC(), EAGER, tls())) {
            append("s" + id, 1, "backup-failed.v1");
            Thread.sleep(1_500);
            assertThat(receiver.attempts).isEmpty();
            assertThat(TABLE.find(id).orElseThrow().trying()).isEmpty();
        }
        sender();
        await().until(() -> receiver.places().size() == 1);
    }

    @Test
    void a_secret_is_sealed_for_its_webhook_alone() {
        String sealed = key.seal("one", SECRET);
        assertThat(key.open("one", sealed))
                .hasValueSatisfying(secret -> assertThat(secret).isEqualTo(SECRET));
        assertThat(key.open("other", sealed)).isEmpty();
        assertThat(SealingKey.forgotten().open("one", sealed)).isEmpty();
        assertThat(sealed).doesNotContain(Signatures.written(SECRET).substring(6));
    }

    /** Talks to whoever comes, until the sender has heard enough: then it hangs up, which is why talking ends with a failure each time. */
    private static void talk(ServerSocket server, AtomicInteger cutShort) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                OutputStream out = socket.getOutputStream();
                out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                while (!server.isClosed()) {
                    out.write(new byte[64 * 1024]);
                }
            } catch (IOException hungUp) {
                cutShort.addAndGet(server.isClosed() ? 0 : 1);
            }
        }
    }

    private HeardReceiver receiver() throws IOException {
        HeardReceiver receiver = new HeardReceiver();
        open.add(receiver);
        return receiver;
    }

    private static Patience waiting(Duration connect, Duration answer) {
        return new Patience(4, Duration.ofMillis(10), Duration.ofMillis(40), Duration.ofSeconds(2), connect, answer);
    }

    private Webhooks sender() {
        return sender(tls(), EAGER);
    }

    private Webhooks sender(SSLSocketFactory tls, Patience patience) {
        List<URI> loopback = TABLE.all().stream()
                .map(webhook -> AllowedReceivers.prefix(webhook.url()))
                .toList();
        Webhooks sender = Webhooks.start(
                DATABASE.application(),
                new AllowedReceivers(loopback, List.of()),
                key,
                Clock.systemUTC(),
                patience,
                tls);
        open.add(sender);
        return sender;
    }

    private static SSLSocketFactory tls() {
        return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    private static String webhook(String url, List<String> events, String machines) throws SQLException {
        String id = "W" + NAMES.incrementAndGet();
        assertThat(TABLE.create(new WebhookRow.New(
                        id, "hook" + id, url, events, machines, key.seal(id, SECRET), "admin", newest())))
                .isTrue();
        return id;
    }

    private static long newest() throws SQLException {
        try (Connection connection = DATABASE.application().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT coalesce(max(global_index), 0) FROM tidemark.domain_event_entry")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void append(String machine, int count, String type) throws SQLException {
        for (int sequence = 0; sequence < count; sequence++) {
            insert(machine, sequence, type, "{}");
        }
    }

    private static void insert(String machine, long sequence, String type, String payload) throws SQLException {
        try (Connection connection = DATABASE.application().getConnection()) {
            insert(connection, machine, sequence, type, payload);
        }
    }

    private static void insert(Connection connection, String machine, long sequence, String type, String payload)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
            INSERT INTO tidemark.domain_event_entry
                (event_identifier, aggregate_identifier, sequence_number, type, time_stamp, payload_type, payload,
                 meta_data)
            VALUES (gen_random_uuid()::text, ?, ?, 'Machine', '2026-01-02T03:04:05.000Z', ?, ?::json, '{}')
            """)) {
            statement.setString(1, machine);
            statement.setLong(2, sequence);
            statement.setString(3, type);
            statement.setString(4, payload);
            statement.executeUpdate();
        }
    }
}
