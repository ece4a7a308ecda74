package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.view.OperationKind;
import dev.tidemark.coordinator.view.OperationState;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.coordinator.view.ProgressView;
import dev.tidemark.coordinator.view.RestorePointView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;

/** Machines as the pages get them, and the pages as a browser gets those. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-03-04T03:00:00Z");
    static final String HOSTILE =
            "</title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>\" onfocus=\"alert(1)\u202egnp.exe\u0007";

    private Samples() {}

    static Frame frame() {
        return Frame.of("Machines", Identity.ADMINISTRATOR, NOW, "/ui", "/ui/stream");
    }

    static Document html(String template, Object page) {
        return html(template, page, true);
    }

    static Document html(String template, Object page, boolean knowsData) {
        return Jsoup.parse(new String(new Pages().html(template, page, knowsData), StandardCharsets.UTF_8));
    }

    static MachineSight up() {
        return new MachineSight(MachineSight.State.UP, Optional.empty(), Optional.of("running"), Map.of());
    }

    static MachineInsight.Outlook incremental() {
        return new MachineInsight.Outlook(
                "default", List.of(new MachineInsight.DiskOutlook("vda", false, Optional.empty(), "since monday")));
    }

    static MachineInsight.Outlook full(String cause) {
        return new MachineInsight.Outlook(
                "default", List.of(new MachineInsight.DiskOutlook("vda", true, Optional.of(cause), "it is gone")));
    }

    /** One of which everything is known, and nothing is wrong. */
    static MachineInsight healthy(String name) {
        return new MachineInsight(
                "01ARZ3NDEKTSV4RRFFQ69G5FAV", name, "here", up(), false, List.of(incremental()), List.of(), List.of());
    }

    static RestorePointView points(String name, RestorePointView.@Nullable Point newest) {
        return new RestorePointView(
                "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                name,
                NOW.minusSeconds(864_000),
                newest,
                newest != null && newest.verifiedAt() != null && !newest.damaged() ? newest : null,
                null);
    }

    static RestorePointView.Point point(@Nullable Instant verifiedAt, boolean damaged) {
        return new RestorePointView.Point(
                "01ARZ3NDEKTSV4RRFFQ69G5FAB", "default", NOW.minusSeconds(7200), verifiedAt, damaged);
    }

    static MachineHealth sound(String name) {
        return MachineHealth.of(
                healthy(name), Optional.of(points(name, point(NOW.minusSeconds(3600), false))), List.of());
    }

    static OperationView operation(OperationState state, @Nullable ProgressView progress) {
        return new OperationView(
                "01ARZ3NDEKTSV4RRFFQ69G5FAC",
                "web",
                "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                OperationKind.BACKUP,
                state,
                null,
                null,
                null,
                "01ARZ3NDEKTSV4RRFFQ69G5FAB",
                progress,
                null,
                NOW.minusSeconds(100),
                state.ended() ? NOW.minusSeconds(10) : null,
                1,
                "token:nightly",
                null);
    }

    static FleetPage fleet(MachineHealth... machines) {
        return FleetPage.of(frame(), FleetPage.Wanted.ALL, List.of(machines), List.of());
    }
}
