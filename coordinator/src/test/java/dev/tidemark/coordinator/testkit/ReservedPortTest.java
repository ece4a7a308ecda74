package dev.tidemark.coordinator.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class ReservedPortTest {
    @Test
    void nobody_answers_there_until_somebody_listens_who_may_end_and_come_again() throws IOException {
        try (ReservedPort port = new ReservedPort()) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number());
            for (int round = 0; round < 2; round++) {
                assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
                        .isInstanceOf(ConnectException.class);
                HttpServer server = HttpServer.create(address, 0);
                server.start();
                new Socket(address.getAddress(), address.getPort()).close();
                assertThatThrownBy(() -> new ServerSocket(port.number(), 1, address.getAddress()).close())
                        .isInstanceOf(BindException.class);
                server.stop(0);
            }
        }
    }

    @Test
    void whoever_takes_any_port_is_not_given_it() throws IOException {
        try (ReservedPort port = new ReservedPort();
                ServerSocket plain = new ServerSocket()) {
            plain.setReuseAddress(false);
            assertThatThrownBy(() -> plain.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number())))
                    .isInstanceOf(BindException.class);
        }
    }
}
