package dev.tidemark.coordinator.dashboard;

import static dev.tidemark.coordinator.dashboard.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.view.DayView;
import dev.tidemark.coordinator.view.DirtyHourView;
import dev.tidemark.coordinator.view.EventView;
import dev.tidemark.coordinator.view.OperationState;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.TrackedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.EventNames;
import dev.tidemark.schema.json.Json;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

/** What the pages make of a machine's past: what the log does not say is not drawn. */
class HistoryPagesTest {
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final OperationId OPERATION = new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FAC");
    private static final BackupId BACKUP = new BackupId("01ARZ3NDEKTSV4RRFFQ69G5FAB");
    private static final CheckpointId FIRST = new CheckpointId("01ARZ3NDEKTSV4RRFFQ69G5FA1");
    private static final CheckpointId SECOND = new CheckpointId("01ARZ3NDEKTSV4RRFFQ69G5FA2");
    private static final DiskName VDA = new DiskName("vda");

    private final List<EventView> log = new ArrayList<>();

    @Test
    void a_disk_is_recorded_from_its_first_checkpoint_to_the_break_of_its_newest() {
        happened(created(FIRST), 100);
        happened(created(SECOND), 200);
        happened(new ChainBroken(MACHINE, VDA, BreakCause.BITMAP_MISSING, "gone", List.of(FIRST), at(300)), 300);
        happened(
                new ChainBroken(MACHINE, VDA, BreakCause.BITMAP_INCONSISTENT, "killed", List.of(SECOND), at(400)), 400);
        assertThat(lanes(true))
                .containsExactly(
                        "BREAK NO above, YES below",
                        "BREAK YES above, YES below",
                        "CHECKPOINT YES above, YES below",
                        "CHECKPOINT YES above, NO below");
    }

    @Test
    void what_was_before_the_oldest_event_that_was_read_is_not_known() {
        happened(created(SECOND), 200);
        happened(new CheckpointDeleted(MACHINE, OPERATION, SECOND, at(300)), 300);
        assertThat(lanes(false))
                .containsExactly("GONE UNKNOWN above, YES below", "CHECKPOINT YES above, UNKNOWN below");
        assertThat(lanes(true)).containsExactly("GONE NO above, YES below", "CHECKPOINT YES above, NO below");
    }

    private List<String> lanes(boolean complete) {
        return Timeline.of(log.reversed(), List.of("vda"), complete, CheckpointId::value).rows().stream()
                .map(row -> row.lanes().getFirst())
                .map(lane -> lane.mark() + " " + lane.above() + " above, " + lane.below() + " below")
                .toList();
    }

    @Test
    void a_day_is_as_good_as_its_best_restore_point_and_no_better() {
        LocalDate today = LocalDate.of(2026, 3, 4);
        Calendar calendar = Calendar.of(
                List.of(
                        new DayView(today, 2, 1, 1, 0, 3),
                        new DayView(today.minusDays(1), 1, 0, 0, 1, 0),
                        new DayView(today.minusDays(2), 1, 0, 1, 0, 0),
                        new DayView(today.minusDays(3), 0, 0, 0, 1, 0),
                        new DayView(today.minusDays(4), 0, 0, 0, 1, 1)),
                NOW.minusSeconds(6L * 86_400),
                NOW);
        List<Calendar.Day> days = calendar.weeks().stream()
                .flatMap(week -> week.days().stream())
                .filter(day ->
                        !day.date().isBefore(today.minusDays(7)) && !day.date().isAfter(today.plusDays(1)))
                .toList();
        assertThat(days.reversed().stream().map(Calendar.Day::state))
                .containsExactly(
                        Calendar.State.OUTSIDE,
                        Calendar.State.VERIFIED,
                        Calendar.State.TAKEN,
                        Calendar.State.DAMAGED,
                        Calendar.State.DELETED,
                        Calendar.State.FAILED,
                        Calendar.State.NONE,
                        Calendar.State.NONE,
                        Calendar.State.OUTSIDE);
        assertThat(calendar.weeks()).hasSize(Calendar.WEEKS);
    }

    @Test
    void an_hour_of_which_nobody_told_is_not_an_hour_without_changes() {
        Instant hour = NOW.truncatedTo(ChronoUnit.HOURS);
        List<DirtyHours> curves = DirtyHours.of(
                List.of(
                        new DirtyHourView("vda", hour.minusSeconds(7_200), 0),
                        new DirtyHourView("vda", hour, 1 << 20),
                        new DirtyHourView(Samples.HOSTILE, hour, 1)),
                NOW);
        DirtyHours vda = curves.getFirst();
        assertThat(vda.hours()).hasSize(168);
        assertThat(vda.hours().reversed().stream().limit(4).map(DirtyHours.Hour::bytes))
                .containsExactly(Optional.of(1L << 20), Optional.empty(), Optional.of(0L), Optional.empty());
        assertThat(vda.hours().reversed().stream().limit(3).map(one -> vda.height(one, 44)))
                .containsExactly(44, 0, 1);
        Document html = Samples.html("dirty.jte", curves.get(1));
        assertThat(html.select("rect")).hasSize(1);
        assertThat(html.select("figcaption bdi").text()).startsWith("</title>");
        assertThat(html.select("script, img")).isEmpty();
    }

    @Test
    void when_qemu_was_told_is_left_blank() {
        happened(new BackupStarted(MACHINE, OPERATION, BACKUP, at(100)), 100);
        happened(new BackupStarted(MACHINE, OPERATION, BACKUP, at(160)), 160);
        happened(new BackupFailed(MACHINE, OPERATION, BACKUP, FailureCode.JOB_FAILED, Samples.HOSTILE, at(200)), 200);
        OperationPage page = OperationPage.of(
                Samples.frame(),
                Samples.operation(OperationState.FAILED, null),
                log,
                event -> event.data().toString());
        Document html = Samples.html("operation.jte", page);
        assertThat(html.select(".waterfall .what strong").eachText())
                .containsExactly("Seen", "QMP transaction", "Seen", "Concluded");
        assertThat(html.select(".waterfall .qmp .when").text()).isEqualTo("no moment");
        assertThat(html.select(".waterfall .conclusion .when").text()).contains("+ 40 s");
        Harmless.check(html);
    }

    @Test
    void what_has_not_ended_goes_on_until_now_and_promises_nothing() {
        happened(new BackupStarted(MACHINE, OPERATION, BACKUP, NOW.minusSeconds(50)), -1);
        Document html = Samples.html(
                "operation.jte",
                OperationPage.of(Samples.frame(), Samples.operation(OperationState.UNKNOWN, null), log, event -> ""));
        assertThat(html.select(".waterfall .work").text()).contains("nothing more is known of it yet");
        assertThat(html.select("#summary").text()).contains("in doubt").contains("ended not yet");
    }

    private static CheckpointCreated created(CheckpointId checkpoint) {
        return new CheckpointCreated(
                MACHINE,
                OPERATION,
                checkpoint,
                Consistency.CRASH,
                List.of(new TrackedDisk(VDA, 65_536, 1 << 20, "/a.qcow2", 0)),
                at(0));
    }

    private void happened(MachineEvent event, int seconds) {
        log.add(new EventView(
                log.size() + 1L,
                EventNames.nameOf(event.getClass()),
                seconds < 0 ? event.at() : at(seconds),
                OPERATION.value(),
                "admin",
                Json.MAPPER.valueToTree(event)));
    }

    private static Instant at(int seconds) {
        return NOW.minusSeconds(1000).plusSeconds(seconds);
    }
}
