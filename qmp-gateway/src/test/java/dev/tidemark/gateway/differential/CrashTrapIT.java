package dev.tidemark.gateway.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.Plans;
import dev.tidemark.gateway.model.Host;
import dev.tidemark.gateway.model.ModelCrash;
import dev.tidemark.gateway.model.ModelDaemon;
import dev.tidemark.gateway.model.ModelRefusal;
import dev.tidemark.gateway.model.NodeOptions;
import dev.tidemark.gateway.qmp.QmpCommand;
import dev.tidemark.gateway.qmp.TransactionAction;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapAdd;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapEnable;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapRemove;
import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.StorageDaemon;
import dev.tidemark.schema.contract.BitmapDeletion;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What kills QEMU 7.2, and with it a guest; and that no plan of ours does. */
class CrashTrapIT {
    private static final BitmapName VANISHED = new BitmapName("tm-01ARZ3NDEKTSV4RRFFQ69G5FAA");
    private static final BitmapName NEWEST = new BitmapName("tm-01ARZ3NDEKTSV4RRFFQ69G5FAB");
    private static final Plan DELETION = Plans.of(
            new DeletionOperation(
                    new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FA0"),
                    NEWEST,
                    List.of(new BitmapDeletion(new DiskName("vda"), Optional.of(VANISHED), true))),
            Map.of(new DiskName("vda"), "null"));
    private static final QmpCommand ENABLING = transaction(new BitmapEnable("null", VANISHED.value()));

    private final StorageDaemon daemon =
            StorageDaemon.start(List.of(DiskImage.nullBlockdev("null", 1 << 20)), List.of());
    private final ModelDaemon model = new ModelDaemon(
            new Host(ModelSide.CELL_BYTES), new QemuFacts("7.2.0", OptionalLong.empty(), OptionalLong.empty()));
    private RawMonitor monitor;

    @BeforeEach
    void a_newest_bitmap_without_the_one_before() throws ModelRefusal {
        monitor = RawMonitor.connect(daemon.bystanderSocket());
        model.open(new NodeOptions.Null("null", 1 << 20));
        QmpCommand add = transaction(new BitmapAdd("null", NEWEST.value(), false, false, OptionalLong.empty()));
        assertThat(ask(add).has("return")).isTrue();
        model.execute(add);
    }

    @AfterEach
    void stop() {
        monitor.close();
        daemon.close();
    }

    @Test
    void enabling_what_is_not_there_kills_it() {
        assertThatThrownBy(() -> ask(ENABLING)).isInstanceOfAny(UncheckedIOException.class, AssertionError.class);
        assertThatThrownBy(() -> model.execute(ENABLING)).isInstanceOf(ModelCrash.class);
        assertThat(model.isOpen("null")).isFalse();
    }

    @Test
    void a_deletion_whose_predecessor_has_vanished_is_refused_and_kills_nothing() {
        // when
        JsonNode answer = ask(DELETION.transaction());

        // then
        assertThat(answer.has("error")).isTrue();
        assertThatThrownBy(() -> model.run(DELETION)).isInstanceOf(ModelRefusal.class);
        assertThat(ask(transaction(new BitmapRemove("null", NEWEST.value()))).has("return"))
                .as("it lives, and the newest bitmap is still there")
                .isTrue();
    }

    private JsonNode ask(QmpCommand command) {
        return monitor.ask(
                QmpText.command(command.wireName(), command.arguments()).toString());
    }

    private static QmpCommand.Transaction transaction(TransactionAction action) {
        return new QmpCommand.Transaction(List.of(action));
    }
}
