package dev.tidemark.coordinator.dashboard;

import static dev.tidemark.coordinator.dashboard.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.GatewayView;
import java.util.List;
import java.util.Optional;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

/** Which hosts have a gateway: what an operator sees first at night. */
class GatewaysPageTest {
    @Test
    void hosts_whose_machines_nobody_serves_come_first_and_none_of_them_is_called_live() {
        Document page = page(
                host("a-served", gateway("LIVE"), 3, 3),
                host("b-empty", gateway("GONE"), 0, 0),
                host("c-gone", gateway("GONE"), 2, 0),
                host("d-never", Optional.empty(), 1, 0));
        assertThat(page.select("tbody th").eachText()).containsExactly("c-gone", "d-never", "b-empty", "a-served");
        assertThat(page.select("tbody .badge").eachText())
                .containsExactly("▲ gone", "▲ never heard of", "○ gone", "● live");
        assertThat(page.select("#host-c-gone").text())
                .contains("2 min ago", "epoch 7", "over 100 s ago", "b/12-ab asked last", "2 machines 0 seen now");
        assertThat(page.select("#host-d-never").text())
                .contains("no gateway has ever served it", "1 machine 0 seen now");
        assertThat(page.select("#host-b-empty td[data-of=Machines]").text()).isEqualTo("none");
        assertThat(page.select("#host-a-served").text()).doesNotContain("over", "asked last");
        assertThat(page.select("#host-a-served a").attr("href")).isEqualTo("/ui?host=a-served");
        assertThat(page.select("#host-a-served td[data-of=Backups in]").text()).isEqualTo("default offsite");
    }

    @Test
    void no_text_from_elsewhere_becomes_part_of_the_page() {
        String hostile = Samples.HOSTILE;
        GatewayView gateway = new GatewayView(hostile, hostile, 1, hostile, hostile, NOW, NOW, NOW, hostile);
        Document page = page(new GatewaysPage.Host(hostile, Optional.of(gateway), 1, 1, List.of(hostile)));
        Harmless.check(page);
        assertThat(page.text()).contains("<script>alert(1)</script>");
    }

    @Test
    void whoever_reaches_no_machine_is_told_of_no_host() {
        assertThat(page().select("#gateways p").text()).startsWith("No host is known");
    }

    @Test
    void a_machine_that_is_not_seen_for_want_of_a_gateway_leads_to_its_host_and_the_others_do_not() {
        MachineInsight web = Samples.healthy("web");
        MachineInsight silent = new MachineInsight(
                web.id(), web.name(), "kvm7", web.sight(), true, web.next(), web.broken(), web.drift());
        Document fleet = Samples.html(
                "fleet.jte",
                Samples.fleet(
                        MachineHealth.of(silent, Optional.empty(), List.of()),
                        MachineHealth.of(web, Optional.empty(), List.of())));
        assertThat(fleet.select("td[data-of=QEMU] a").eachAttr("href")).containsExactly("/ui/gateways#host-kvm7");
        assertThat(fleet.select("td[data-of=QEMU] a").text()).isEqualTo("unknown: no gateway serves host kvm7");
    }

    @Test
    void the_machines_of_one_host_are_shown_alone_and_stay_alone_over_pages_and_troubles() {
        MachineInsight web = Samples.healthy("web");
        MachineInsight other =
                new MachineInsight(web.id(), "db", "kvm7", web.sight(), false, web.next(), web.broken(), web.drift());
        FleetPage.Wanted wanted = new FleetPage.Wanted("", Optional.empty(), Optional.of("kvm7"), 1);
        Document fleet = Samples.html(
                "fleet.jte",
                FleetPage.of(
                        Samples.frame(),
                        wanted,
                        List.of(
                                MachineHealth.of(web, Optional.empty(), List.of()),
                                MachineHealth.of(other, Optional.empty(), List.of())),
                        List.of()));
        assertThat(fleet.select("#rows th .name").eachText()).containsExactly("db");
        assertThat(fleet.select("#rows > p").text()).isEqualTo("1 of 2, on host kvm7");
        assertThat(fleet.select("form.filter input[name=host]").attr("value")).isEqualTo("kvm7");
        assertThat(fleet.select(".filters a").eachAttr("href"))
                .contains("/ui?trouble=NO_RESTORE_POINT&host=kvm7", "/ui");
        assertThat(wanted.at(2).address()).isEqualTo("/ui?page=2&host=kvm7");
    }

    private static Document page(GatewaysPage.Host... hosts) {
        return Samples.html("gateways.jte", new GatewaysPage(Samples.frame(), List.of(hosts)));
    }

    private static GatewaysPage.Host host(String name, Optional<GatewayView> gateway, long machines, long seen) {
        return new GatewaysPage.Host(name, gateway, machines, seen, List.of("default", "offsite"));
    }

    private static Optional<GatewayView> gateway(String state) {
        return Optional.of(new GatewayView(
                "any",
                "8b85819a",
                7,
                "b/12-ab",
                state,
                NOW.minusSeconds(7200),
                NOW.minusSeconds(120),
                NOW.minusSeconds(100),
                "cf202da"));
    }
}
