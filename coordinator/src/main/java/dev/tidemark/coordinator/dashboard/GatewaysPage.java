package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.GatewayView;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which hosts have a gateway, the ones without first, and what of the reader's depends on each. */
public record GatewaysPage(Frame frame, List<Host> hosts) {
    private static final Comparator<Host> TROUBLE_FIRST =
            Comparator.comparing(Host::level).thenComparing(Host::name);

    /**
     * One hypervisor.
     *
     * @param gateway who holds its lease, or held it last; empty if nobody ever did
     * @param machines how many are registered on it that the reader reaches
     * @param seen how many of those are seen now
     * @param repositories where backups of those lie
     */
    public record Host(
            String name, Optional<GatewayView> gateway, long machines, long seen, List<String> repositories) {
        public Host {
            repositories = List.copyOf(repositories);
        }

        /** Whether its gateway is there now. */
        public boolean isServed() {
            return gateway.map(GatewayView::isLive).orElse(false);
        }

        /** Nothing is backed up where nobody serves; where no machine is, nothing waits for it. */
        public Trouble.Level level() {
            if (isServed()) {
                return Trouble.Level.SOUND;
            }
            return machines > 0 ? Trouble.Level.ALARM : Trouble.Level.NOTE;
        }

        public String word() {
            if (gateway.isEmpty()) {
                return "never heard of";
            }
            return isServed() ? "live" : "gone";
        }

        /** Its machines, among all. */
        public String machinesAddress() {
            return "/ui?host=" + Addresses.encoded(name);
        }
    }

    public GatewaysPage {
        hosts = hosts.stream().sorted(TROUBLE_FIRST).toList();
    }
}
