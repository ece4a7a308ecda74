package dev.tidemark.gateway.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.StorageDaemon;
import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a transaction does to a client of an NBD export whose request's header has come in half: QEMU 7.2 drains the node,
 * forgets the half that it has read, and takes the other half for a request.
 */
class CutRequestIT {
    private static final byte[] BLOCK = new byte[4096];

    private final StorageDaemon daemon =
            StorageDaemon.start(List.of(DiskImage.nullBlockdev("null", 1 << 20)), List.of("null"));
    private final RawMonitor monitor = RawMonitor.connect(daemon.bystanderSocket());

    @AfterEach
    void stop() {
        monitor.close();
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, NbdClient.HEADER_BYTES - 1})
    void a_transaction_amid_a_requests_header_ends_the_connection_and_nothing_else(int first) throws IOException {
        try (NbdClient guest = connect()) {
            assertThatThrownBy(() -> guest.writeInTwo(0, BLOCK, first, this::transaction))
                    .isInstanceOf(IOException.class);
        }
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(daemon.output()).contains("Request handling failed in intermediate state"));
        try (NbdClient again = connect()) {
            again.write(0, BLOCK);
        }
    }

    @Test
    void a_header_in_two_pieces_is_taken_while_there_is_no_transaction() throws IOException {
        try (NbdClient guest = connect()) {
            guest.writeInTwo(0, BLOCK, 8, this::untilRead);
            guest.write(0, BLOCK);
        }
    }

    @Test
    void between_whole_requests_a_transaction_harms_nothing() throws IOException {
        try (NbdClient guest = connect()) {
            guest.write(0, BLOCK);
            transaction();
            guest.write(0, BLOCK);
        }
    }

    private NbdClient connect() throws IOException {
        return NbdClient.connect(daemon.nbdSocket(), "null");
    }

    private void transaction() {
        untilRead();
        monitor.execute("{\"execute\":\"transaction\",\"arguments\":{\"actions\":[{\"type\":\"block-dirty-bitmap-add\","
                + "\"data\":{\"node\":\"null\",\"name\":\"any\"}}]}}");
    }

    /** The second question is answered in a later turn of QEMU's loop than the first, which reads what has come by then. */
    private void untilRead() {
        for (int question = 0; question < 3; question++) {
            monitor.execute("{\"execute\":\"query-jobs\"}");
        }
    }
}
