package dev.tidemark.sabotage.coordinator.view;

import java.io.IOException;
import java.nio.channels.SocketChannel;

public final class OpensASocket {
    public void open() throws IOException {
        SocketChannel.open().close();
    }
}
