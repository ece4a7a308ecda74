package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.QemuSystem;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class QemuSystemSessionIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long MIB = 1 << 20;

    private static QmpSession open(QemuSystem system) throws QmpException {
        return QmpSession.open(system.socket(), system.directory().resolve("locks"), QmpLimits.defaults(), event -> {});
    }

    @Test
    void without_a_machine() throws QmpException {
        try (QemuSystem system = QemuSystem.startWithoutMachine(List.of(DiskImage.nullBlockdev("d0", MIB)));
                QmpSession session = open(system)) {
            assertThat(session.identity().process().orElseThrow().pid()).isEqualTo(system.pid());
            assertThat(session.execute(QmpCommand.Query.NAME, LONG).get("name").stringValue())
                    .isEqualTo("testkit");
            assertThat(session.execute(QmpCommand.Query.QMP_SCHEMA, LONG).size())
                    .isGreaterThan(100);
        }
    }

    @Test
    void a_disk_of_a_machine_is_found_by_its_device() throws QmpException {
        try (QemuSystem system = QemuSystem.startMachine(
                        List.of(DiskImage.nullBlockdev("d0", MIB)), List.of("virtio-blk-pci,drive=d0,id=vda"));
                QmpSession session = open(system)) {
            JsonNode disk = session.execute(QmpCommand.Query.BLOCK, LONG).get(0);
            assertThat(disk.get("qdev").stringValue()).contains("vda");
            assertThat(disk.get("inserted").get("node-name").stringValue()).isEqualTo("d0");
            assertThat(session.execute(QmpCommand.Query.STATUS, LONG)
                            .get("running")
                            .booleanValue())
                    .isFalse();
        }
    }
}
