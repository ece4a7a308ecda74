package dev.tidemark.coordinator.dashboard;

import static dev.tidemark.coordinator.dashboard.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.view.OperationState;
import dev.tidemark.coordinator.view.ProgressView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

/** The first screen: what it calls sound, what comes first, and what it leaves of hostile names. */
class FleetPageTest {
    @Test
    void a_machine_is_sound_if_it_was_seen_and_its_newest_restore_point_was_verified() {
        Document page = Samples.html("fleet.jte", Samples.fleet(Samples.sound("web")));
        assertThat(page.select("#rows .badge").text()).isEqualTo("● sound");
        assertThat(page.select("#rows td[data-of=Next backup]").text()).isEqualTo("incremental");
    }

    @Test
    void whatever_is_not_known_is_not_sound() {
        MachineInsight web = Samples.healthy("web");
        Optional<dev.tidemark.coordinator.view.RestorePointView> verified =
                Optional.of(Samples.points("web", Samples.point(NOW, false)));
        MachineHealth unseen = MachineHealth.of(with(web, MachineSight.NONE, false, web.next()), verified, List.of());
        MachineHealth diskless = MachineHealth.of(with(web, web.sight(), false, List.of()), verified, List.of());
        Map<String, MachineHealth> unknown = Map.of(
                "nobody has looked",
                unseen,
                "seen, but by a gateway that is gone",
                MachineHealth.of(with(web, web.sight(), true, web.next()), verified, List.of()),
                "no disk was seen",
                diskless,
                "the read models do not know it",
                MachineHealth.of(web, Optional.empty(), List.of()),
                "not verified",
                MachineHealth.of(web, Optional.of(Samples.points("web", Samples.point(null, false))), List.of()),
                "damaged",
                MachineHealth.of(web, Optional.of(Samples.points("web", Samples.point(NOW, true))), List.of()));
        unknown.forEach((situation, health) -> {
            Document page = Samples.html("fleet.jte", Samples.fleet(health));
            assertThat(page.select("#rows .sound")).as(situation).isEmpty();
            assertThat(page.select("#rows .badge").text()).as(situation).isNotEmpty();
        });
        assertThat(Samples.html("fleet.jte", Samples.fleet(unseen))
                        .select("#rows td.unknown")
                        .text())
                .startsWith("unknown");
        assertThat(Samples.html("fleet.jte", Samples.fleet(diskless))
                        .select("#rows td[data-of=Next backup]")
                        .text())
                .startsWith("unknown");
    }

    @Test
    void a_full_backup_that_is_to_come_is_told_with_its_cause() {
        MachineInsight web = Samples.healthy("web");
        Document page = Samples.html(
                "fleet.jte",
                Samples.fleet(MachineHealth.of(
                        with(web, web.sight(), false, List.of(Samples.full("BITMAP_INCONSISTENT"))),
                        Optional.of(Samples.points("web", Samples.point(NOW, false))),
                        List.of())));
        assertThat(page.select("#rows td[data-of=Next backup]").text()).isEqualTo("full vda: bitmap inconsistent");
        assertThat(page.select("#rows .badge").text()).isEqualTo("◆ full next");
    }

    @Test
    void what_is_in_doubt_or_stands_still_comes_before_what_is_only_not_verified() {
        MachineInsight doubt = Samples.healthy("doubt");
        MachineInsight stalled = Samples.healthy("stalled");
        Optional<dev.tidemark.coordinator.view.RestorePointView> verified =
                Optional.of(Samples.points("x", Samples.point(NOW, false)));
        FleetPage fleet = Samples.fleet(
                Samples.sound("sound"),
                MachineHealth.of(
                        Samples.healthy("unread"),
                        Optional.of(Samples.points("unread", Samples.point(null, false))),
                        List.of()),
                MachineHealth.of(
                        stalled,
                        verified,
                        List.of(Samples.operation(
                                OperationState.RUNNING, ProgressView.stalled("COPY", 1, 2, NOW, "the target")))),
                MachineHealth.of(doubt, verified, List.of(Samples.operation(OperationState.UNKNOWN, null))));
        assertThat(Samples.html("fleet.jte", fleet).select("#rows th .name").eachText())
                .containsExactly("doubt", "stalled", "unread", "sound");
    }

    @Test
    void ten_thousand_machines_are_shown_in_pages_and_counted_as_a_whole() {
        List<MachineHealth> all = new ArrayList<>();
        for (int number = 0; number < 10_000; number++) {
            all.add(Samples.sound("vm" + number));
        }
        FleetPage second = FleetPage.of(
                Samples.frame(), new FleetPage.Wanted("vm1", Optional.empty(), Optional.empty(), 2), all, List.of());
        Document page = Samples.html("fleet.jte", second);
        assertThat(page.select("#rows tbody tr")).hasSize(FleetPage.ROWS_MAX);
        assertThat(page.select("#rows > p").text()).isEqualTo("1111 of 10000, page 2 of 23");
        assertThat(page.select("a[rel=next]").attr("href")).isEqualTo("/ui?page=3&name=vm1");
        assertThat(FleetPage.of(Samples.frame(), FleetPage.Wanted.ALL.at(999_999), all, List.of())
                        .wanted()
                        .page())
                .isEqualTo(200);
    }

    @Test
    void no_text_from_elsewhere_becomes_part_of_the_page() {
        String name = Samples.HOSTILE;
        String longName = "é".repeat(511) + "x";
        MachineInsight hostile = new MachineInsight(
                name,
                name,
                name,
                new MachineSight(MachineSight.State.UNKNOWN, Optional.of(name), Optional.of(name), Map.of()),
                false,
                List.of(new MachineInsight.Outlook(
                        name, List.of(new MachineInsight.DiskOutlook(name, true, Optional.of(name), name)))),
                List.of(new MachineInsight.BrokenDisk(name, name, name)),
                List.of(new MachineInsight.Drift(name, Optional.of(name), name, name, name)));
        FleetPage fleet = FleetPage.of(
                Frame.of(name, dev.tidemark.coordinator.security.Identity.ADMINISTRATOR, NOW, "/ui", "/ui/stream"),
                FleetPage.Wanted.ALL,
                List.of(
                        MachineHealth.of(hostile, Optional.empty(), List.of()),
                        MachineHealth.of(Samples.healthy(longName), Optional.empty(), List.of())),
                List.of());
        Document page = Samples.html("fleet.jte", fleet);
        Harmless.check(page);
        assertThat(page.text()).contains("<script>alert(1)</script>").contains("\\u202egnp.exe\\u0007");
        Element link = page.select("a[title=" + longName + "]").first();
        assertThat(link).isNotNull();
        assertThat(link.text()).hasSize(61).endsWith("…");
    }

    private static MachineInsight with(
            MachineInsight machine, MachineSight sight, boolean silent, List<MachineInsight.Outlook> next) {
        return new MachineInsight(
                machine.id(), machine.name(), machine.host(), sight, silent, next, machine.broken(), machine.drift());
    }
}
