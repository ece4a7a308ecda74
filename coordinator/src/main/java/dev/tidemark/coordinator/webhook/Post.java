package dev.tidemark.coordinator.webhook;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One POST request on one connection, over a socket of our own: so it goes to the very address that was looked at, follows no redirect,
 * reads no body, and has an end, whatever the other side does.
 */
final class Post implements AutoCloseable {
    private static final int GONE = 410;
    private static final int ACCEPTED = 200;
    private static final int ACCEPTED_END = 300;

    private final AllowedReceivers allowed;
    private final Patience patience;
    private final SSLSocketFactory tls;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("webhook-clock").daemon().factory());

    Post(AllowedReceivers allowed, Patience patience, SSLSocketFactory tls) {
        this.allowed = allowed;
        this.patience = patience;
        this.tls = tls;
    }

    /** Sends, and says what came of it; never throws for what the other side does. */
    Answer send(String receiver, Map<String, String> headers, byte[] body) {
        URI url;
        try {
            url = allowed.check(receiver);
        } catch (ReceiverRefused refused) {
            return new Answer.NotSent(String.valueOf(refused.getMessage()));
        }
        try {
            return send(url, headers, body);
        } catch (ReceiverRefused refused) {
            // A name may lead to where it should tomorrow.
            return new Answer.NotAccepted(String.valueOf(refused.getMessage()));
        } catch (UnknownHostException unknown) {
            return new Answer.NotAccepted("the name " + url.getHost() + " is not known");
        } catch (IOException failure) {
            return new Answer.NotAccepted(String.valueOf(failure.getMessage()));
        }
    }

    private Answer send(URI url, Map<String, String> headers, byte[] body) throws IOException, ReceiverRefused {
        try (Socket plain = connected(url)) {
            open.add(plain);
            ScheduledFuture<?> end = closeAfter(plain, patience.connect().plus(patience.answer()));
            try {
                Socket socket = AllowedReceivers.isPlain(url) ? plain : encrypted(plain, url);
                OutputStream out = socket.getOutputStream();
                out.write(head(url, headers, body.length).getBytes(StandardCharsets.US_ASCII));
                out.write(body);
                out.flush();
                return answer(ResponseHead.read(new BufferedInputStream(socket.getInputStream())));
            } catch (IOException failure) {
                throw end.isDone()
                        ? new IOException(
                                "no answer within " + patience.answer().toSeconds() + " s", failure)
                        : failure;
            } finally {
                end.cancel(false);
                open.remove(plain);
            }
        }
    }

    private Socket connected(URI url) throws IOException, ReceiverRefused {
        IOException last = new UnknownHostException(url.getHost());
        for (InetAddress address : allowed.addresses(url)) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, AllowedReceivers.port(url)), (int)
                        patience.connect().toMillis());
                return socket;
            } catch (IOException failure) {
                socket.close();
                last = failure;
            }
        }
        throw last;
    }

    /** The certificate has to be the name's, although the connection went to an address. */
    private Socket encrypted(Socket plain, URI url) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, url.getHost(), AllowedReceivers.port(url), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** A receiver that gives a byte now and then would keep a read's own time limit happy for ever. */
    private ScheduledFuture<?> closeAfter(Socket socket, Duration limit) {
        return clock.schedule(() -> hangUp(socket), limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // Closed is what it was to be.
            return;
        }
    }

    private static String head(URI url, Map<String, String> headers, int length) {
        StringBuilder head = new StringBuilder("POST " + url.getRawPath()
                + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()) + " HTTP/1.1\r\nHost: "
                + url.getRawAuthority() + "\r\nUser-Agent: Tidemark\r\nConnection: close\r\nContent-Length: " + length
                + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString();
    }

    private Answer answer(ResponseHead head) {
        if (head.status() >= ACCEPTED && head.status() < ACCEPTED_END) {
            return new Answer.Accepted(head.status());
        }
        if (head.status() == GONE) {
            return new Answer.Gone();
        }
        return new Answer.NotAccepted(
                "answered with " + head.status(),
                head.retryAfter()
                        .flatMap(Post::pause)
                        .map(asked -> asked.compareTo(patience.askedMost()) > 0 ? patience.askedMost() : asked));
    }

    /** Seconds or a date; anything else says nothing. */
    private static Optional<Duration> pause(String retryAfter) {
        if (retryAfter.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(retryAfter)));
        }
        try {
            Duration until = Duration.between(
                    Instant.now(),
                    ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return Optional.of(until.isNegative() ? Duration.ZERO : until);
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        open.forEach(Post::hangUp);
    }
}
