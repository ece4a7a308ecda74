package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /ui}: the pages that tell of machines. */
@RestController
public final class PageResource {
    private static final String STREAM = "/ui/stream";
    private static final int NAME_LENGTH_MAX = 255;
    private static final int PAGES_MAX = 1_000_000;

    private final Pages pages;
    private final FleetReader fleet;
    private final MachineReader machines;
    private final GatewaysReader gateways;
    private final Clock clock;

    public PageResource(Pages pages, FleetReader fleet, MachineReader machines, GatewaysReader gateways, Clock clock) {
        this.pages = pages;
        this.fleet = fleet;
        this.machines = machines;
        this.gateways = gateways;
        this.clock = clock;
    }

    @GetMapping("/ui")
    void fleet(
            @RequestParam(value = "name", defaultValue = "") String name,
            @RequestParam(value = "trouble", defaultValue = "") String trouble,
            @RequestParam(value = "host", required = false) Optional<HostName> host,
            @RequestParam(value = "page", defaultValue = "1") QueryNumber page,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (name.length() > NAME_LENGTH_MAX) {
            throw Refusal.parameter("name", "no machine has so long a name", "Give less of the name.");
        }
        FleetPage.Wanted wanted = new FleetPage.Wanted(
                name.strip(), trouble(trouble), host.map(HostName::value), page.between(1, PAGES_MAX, "page"));
        pages.write(request, response, 200, "fleet.jte", fleet.page(frame("Machines", "/ui", STREAM), wanted));
    }

    private static Optional<Trouble> trouble(String name) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(Trouble.values())
                .filter(trouble -> trouble.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.parameter(
                        "trouble", "no trouble is known under that name", "Choose one on the page.")));
    }

    @GetMapping("/ui/vms/{vm}")
    void machine(@PathVariable("vm") MachineName vm, HttpServletRequest request, HttpServletResponse response)
            throws IOException, Rejected {
        Frame frame = frame(vm.value(), "", STREAM + "?vm=" + Addresses.encoded(vm.value()));
        MachinePage page = machines.machine(frame, vm);
        pages.write(request, response, 200, "machine.jte", page);
    }

    @GetMapping("/ui/backups/{backup}")
    void backup(@PathVariable("backup") BackupId backup, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        BackupPage page = machines.backup(frame("Backup " + backup, "", STREAM), backup);
        pages.write(request, response, 200, "backup.jte", page);
    }

    @GetMapping("/ui/operations/{operation}")
    void operation(
            @PathVariable("operation") OperationId operation, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        OperationPage page = machines.operation(frame("Operation " + operation, "", STREAM), operation);
        pages.write(request, response, 200, "operation.jte", page);
    }

    @GetMapping("/ui/repositories")
    void repositories(HttpServletRequest request, HttpServletResponse response) throws IOException {
        pages.write(
                request,
                response,
                200,
                "repositories.jte",
                fleet.repositories(frame("Repositories", "/ui/repositories", STREAM)));
    }

    @GetMapping("/ui/gateways")
    void gateways(HttpServletRequest request, HttpServletResponse response) throws IOException {
        pages.write(
                request, response, 200, "gateways.jte", gateways.page(frame("Gateways", Addresses.GATEWAYS, STREAM)));
    }

    private Frame frame(String title, String section, String stream) {
        return Frame.of(title, Callers.current(), clock.instant(), section, stream);
    }
}
