package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.QemuSystem;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.StorageDaemon;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.JsonNodeFactory;

/** The gate against what the installed QEMU says that it can do. */
@Timeout(120)
class AllowedCommandsIT {
    private static final String ASK = "{\"execute\":\"query-qmp-schema\"}";

    /** Not in every QEMU, and asked for before they are sent. */
    private static final List<String> NEWER = List.of("blockdev-reopen", "x-debug-query-block-graph");

    @Test
    void of_all_that_a_machine_can_be_told_nothing_passes_but_what_is_listed() throws Exception {
        try (QemuSystem system = QemuSystem.startWithoutMachine(List.of());
                RawMonitor monitor = RawMonitor.connect(system.bystanderSocket())) {
            QmpSchema schema = new QmpSchema(monitor.execute(ASK));
            assertThat(schema.commands())
                    .contains("human-monitor-command", "quit", "system_reset", "device_add", "migrate", "screendump")
                    .hasSizeGreaterThan(150);
            refusesAllButTheListed(schema);
            assertThat(AllowedCommands.names().stream().filter(name -> !schema.knows(name)))
                    .as("listed, and unknown to this QEMU")
                    .isSubsetOf(NEWER);
            fitsTheSamples(schema);
        }
    }

    @Test
    void of_all_that_a_storage_daemon_can_be_told_nothing_passes_but_what_is_listed() throws Exception {
        try (StorageDaemon daemon = StorageDaemon.start(List.of(DiskImage.nullBlockdev("d0", 1 << 20)), List.of());
                RawMonitor monitor = RawMonitor.connect(daemon.bystanderSocket())) {
            QmpSchema schema = new QmpSchema(monitor.execute(ASK));
            refusesAllButTheListed(schema);
            fitsTheSamples(schema);
        }
    }

    private static void refusesAllButTheListed(QmpSchema schema) {
        TreeSet<String> refused = new TreeSet<>(schema.commands());
        refused.removeAll(AllowedCommands.names());
        assertThat(refused).isNotEmpty();
        for (String command : refused) {
            assertThatThrownBy(() -> AllowedCommands.require(
                            command, JsonNodeFactory.instance.objectNode(), SampleCommands.PLACES))
                    .as(command)
                    .isInstanceOf(ForbiddenCommand.class);
        }
    }

    private static void fitsTheSamples(QmpSchema schema) {
        List<String> misfits = new ArrayList<>();
        for (QmpCommand command : SampleCommands.all()) {
            if (schema.knows(command.wireName())) {
                misfits.addAll(schema.misfits(command.wireName(), command.arguments()));
            }
        }
        assertThat(misfits).isEmpty();
    }
}
