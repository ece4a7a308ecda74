package dev.tidemark.coordinator.stage;

import dev.tidemark.coordinator.cli.client.Discovery;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code tidemark gateway} as a process of its own. It finds the coordinator where that listened when the gateway was started:
 * a coordinator that is to be restarted needs a port of its own.
 */
public final class GatewayProcess {
    private final String name;
    private final String host;
    private final Service service;
    private final Programs programs;
    private List<String> virtualMachineOptions = List.of();
    private List<String> arguments = List.of();
    private @Nullable Process process;

    GatewayProcess(String name, String host, Service service, Programs programs) {
        this.name = name;
        this.host = host;
        this.service = service;
        this.programs = programs;
    }

    /** Has its JVM started with these options, from the next start on; for drills, which arm crash points. */
    public void runWith(List<String> options) {
        virtualMachineOptions = List.copyOf(options);
    }

    /** Has {@code gateway} started with these arguments besides, from the next start on. */
    public void serveWith(List<String> gatewayArguments) {
        arguments = List.copyOf(gatewayArguments);
    }

    /** The name of the host whose machines it serves. */
    public String host() {
        return host;
    }

    /** Starts it; what it does is seen at the machines and in the coordinator. Repositories are the coordinator's own. */
    public void start() {
        start(service.address());
    }

    /** As {@link #start()}, for a coordinator that may not run at this moment. */
    public void start(URI coordinator) {
        start(List.of(coordinator));
    }

    /** As {@link #start()}, for several coordinators, of which the first is that of the stage. */
    public void start(List<URI> coordinators) {
        start(coordinators, List.of());
    }

    /** As {@link #start()}, and the host is its own at once, whoever serves it. */
    public void startTakingOver() {
        start(List.of(service.address()), List.of("--take-over"));
    }

    private void start(List<URI> coordinators, List<String> more) {
        Path coordinatorHome = service.home();
        Path stage = Objects.requireNonNull(coordinatorHome.toAbsolutePath().getParent());
        List<String> gateway = new ArrayList<>(List.of(
                "gateway",
                "--host",
                host,
                "--coordinator",
                coordinators.stream().map(URI::toString).collect(Collectors.joining(","))));
        gateway.addAll(List.of(
                "--token-file", coordinatorHome.resolve(Discovery.TOKEN_FILE).toString()));
        gateway.addAll(List.of("--home", stage.resolve("gateway-" + name).toString()));
        gateway.addAll(List.of(
                "--repository",
                "default=" + coordinatorHome.resolve("repositories").resolve("default")));
        gateway.addAll(arguments);
        gateway.addAll(more);
        process = programs.start("gateway-" + name, new TidemarkProgram(stage, virtualMachineOptions).command(gateway));
    }

    /** What it printed in all its lives. */
    public String said() {
        return programs.output("gateway-" + name);
    }

    /** SIGSTOP: it stands still, and knows nothing of it. */
    public void pause() {
        programs.pause(processId());
    }

    /** SIGCONT. */
    public void resume() {
        programs.resume(processId());
    }

    public long processId() {
        return process == null ? -1 : process.pid();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public void kill() {
        if (process != null) {
            programs.kill(process);
        }
    }

    /** Ends it in order, however long that takes; gives its exit code, and 0 if it was never started. */
    public int stop() {
        return process == null ? 0 : programs.stopPatiently(process);
    }
}
