package dev.tidemark.coordinator.stage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A guest with two file systems that exist in words only, behind an agent that speaks as qemu-ga does. Nothing of this host is ever
 * frozen. Its end is that of its machine: a guest that starts again is not frozen.
 */
public final class PlayedGuest implements AutoCloseable {
    private static final int FILE_SYSTEMS = 2;
    private static final Pattern ID = Pattern.compile("\"id\":(-?[0-9]+)");
    private static final String REFUSAL = "{\"error\": {\"class\": \"GenericError\", \"desc\": \"not now\"}}\n";

    private final ServerSocketChannel listening;
    private boolean frozen;

    private PlayedGuest(ServerSocketChannel listening) {
        this.listening = listening;
    }

    /** Listens when this returns. */
    public static PlayedGuest start(Path socket) throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket));
        PlayedGuest guest = new PlayedGuest(listening);
        Thread.ofPlatform().daemon().name("guest " + socket).start(guest::serve);
        return guest;
    }

    /** Whether its writes would hang. */
    public synchronized boolean isFrozen() {
        return frozen;
    }

    private void serve() {
        while (listening.isOpen()) {
            serveOne();
        }
    }

    private void serveOne() {
        try (SocketChannel client = listening.accept()) {
            serve(client);
        } catch (IOException gone) {
            // The client hung up, or the guest has ended: then nobody listens any more.
            return;
        }
    }

    private void serve(SocketChannel client) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(client), StandardCharsets.ISO_8859_1));
        String line = lines.readLine();
        while (line != null && listening.isOpen()) {
            ByteBuffer answer = ByteBuffer.wrap(answer(line).getBytes(StandardCharsets.ISO_8859_1));
            while (answer.hasRemaining()) {
                client.write(answer);
            }
            line = lines.readLine();
        }
    }

    private synchronized String answer(String line) {
        if (line.contains("guest-sync-delimited")) {
            Matcher id = ID.matcher(line);
            return id.find() ? "\u00ff{\"return\": " + id.group(1) + "}\n" : REFUSAL;
        }
        if (line.contains("guest-fsfreeze-status")) {
            return "{\"return\": \"" + (frozen ? "frozen" : "thawed") + "\"}\n";
        }
        if (line.contains("guest-fsfreeze-freeze") && !frozen) {
            frozen = true;
            return "{\"return\": " + FILE_SYSTEMS + "}\n";
        }
        if (line.contains("guest-fsfreeze-thaw")) {
            boolean was = frozen;
            frozen = false;
            return "{\"return\": " + (was ? FILE_SYSTEMS : 0) + "}\n";
        }
        return REFUSAL;
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
