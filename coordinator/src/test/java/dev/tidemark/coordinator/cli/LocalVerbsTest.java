package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.show.OutputFormat;
import dev.tidemark.coordinator.security.RequestLimits;
import dev.tidemark.coordinator.webhook.Network;
import dev.tidemark.coordinator.webhook.Patience;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetPrefix;
import dev.tidemark.schema.tls.ClientTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that run here get their options complete and absolute. */
@SuppressWarnings("NullAway.Init")
class LocalVerbsTest {
    private final SilentLocalVerbs verbs = new SilentLocalVerbs();

    @TempDir
    Path home;

    private int run(String... arguments) {
        return new CommandLineRun(home)
                .run(new TidemarkCommand(() -> verbs), arguments)
                .exitCode();
    }

    @Test
    void serve_has_defaults() {
        assertThat(run("serve")).isZero();
        assertThat(verbs.asked)
                .isEqualTo(List.of(new ServeOptions(
                        home,
                        new ServeOptions.Endpoint(8391, "127.0.0.1", Access.TOKENS, RequestLimits.USUAL),
                        ServeOptions.DatabaseChoice.EMBEDDED,
                        Optional.empty(),
                        true,
                        HostWork.USUAL,
                        ServeOptions.Jobs.USUAL,
                        Monitoring.USUAL,
                        HeadPlaces.HOME,
                        ServeOptions.WebhookReceivers.NONE,
                        ServeOptions.Gateways.USUAL)));
    }

    @Test
    void serve_takes_all_its_options() {
        assertThat(run(
                        "serve",
                        "--home=h",
                        "--port=0",
                        "--bind=::1",
                        "--database-url=jdbc:postgresql://db/t",
                        "--database-password-file=p",
                        "--repository",
                        "a=/a",
                        "--repository",
                        "b=b",
                        "--host=alpha",
                        "--no-gateway",
                        "--jobs-per-host=2",
                        "--jobs-per-repository=5",
                        "--gateway-lease=1m",
                        "--stall-limit=90s",
                        "--allow-target=/dev/mapper",
                        "--allow-target=nbd+unix:/run/nbd",
                        "--allow-peer-user=libvirt-qemu",
                        "--restore-root=/restore",
                        "--heads=/heads",
                        "--heads-syslog=/dev/log",
                        "--requests-per-second=5",
                        "--requests-burst=20",
                        "--requests-at-once=7",
                        "--bad-credentials-per-minute=3",
                        "--allow-webhook=https://Siem.example/in",
                        "--allow-webhook=http://127.0.0.1:9000",
                        "--allow-webhook-network=10.1.0.0/16",
                        "--webhook-attempts=3",
                        "--webhook-pause=90s"))
                .isZero();
        assertThat(verbs.asked)
                .isEqualTo(List.of(new ServeOptions(
                        Path.of("h").toAbsolutePath(),
                        new ServeOptions.Endpoint(0, "::1", Access.TOKENS, new RequestLimits(5, 20, 7, 3)),
                        new ServeOptions.DatabaseChoice(
                                Optional.of("jdbc:postgresql://db/t"),
                                Optional.of(Path.of("p").toAbsolutePath())),
                        Optional.of(new HostName("alpha")),
                        false,
                        new HostWork(
                                Map.of(
                                        new RepositoryName("a"),
                                        Path.of("/a"),
                                        new RepositoryName("b"),
                                        Path.of("b").toAbsolutePath()),
                                Optional.empty(),
                                Optional.of(Duration.ofSeconds(90)),
                                List.of(new TargetPrefix("/dev/mapper"), new TargetPrefix("nbd+unix:/run/nbd")),
                                Map.of(),
                                new HostGuard(List.of("libvirt-qemu"), List.of(Path.of("/restore")))),
                        new ServeOptions.Jobs(OptionalInt.of(2), OptionalInt.of(5)),
                        Monitoring.USUAL,
                        new HeadPlaces(Optional.of(Path.of("/heads")), Optional.of(Path.of("/dev/log"))),
                        new ServeOptions.WebhookReceivers(
                                List.of(URI.create("https://siem.example/in"), URI.create("http://127.0.0.1:9000/")),
                                List.of(Network.parse("10.1.0.0/16")),
                                Patience.USUAL.trying(3).pausing(Duration.ofSeconds(90))),
                        new ServeOptions.Gateways(Duration.ofMinutes(1)))));
        assertThat(run("serve", "--webhook-attempts=0")).isEqualTo(2);
        assertThat(run("serve", "--webhook-attempts=101")).isEqualTo(2);
        assertThat(run("serve", "--webhook-pause=0s")).isEqualTo(2);
        for (String bad :
                List.of("siem.example", "http://siem.example", "https://me@siem.example", "ftp://127.0.0.1")) {
            assertThat(run("serve", "--allow-webhook=" + bad)).as(bad).isEqualTo(2);
        }
        assertThat(run("serve", "--allow-webhook-network=10.0.0.0/33")).isEqualTo(2);
        assertThat(run("serve", "--allow-target=/")).isEqualTo(2);
        assertThat(run("serve", "--allow-target=../dev")).isEqualTo(2);
        assertThat(run("serve", "--jobs-per-host=0")).isEqualTo(2);
        for (String bad : List.of("2s", "601s", "11m", "20", "-1s")) {
            assertThat(run("serve", "--gateway-lease=" + bad)).as(bad).isEqualTo(2);
        }
        assertThat(run("serve", "--requests-burst=0")).isEqualTo(2);
    }

    @Test
    void others_reach_plain_http_only_where_somebody_said_so() {
        for (String bind : new String[] {"0.0.0.0", "::", "192.0.2.1"}) {
            assertThat(run("serve", "--bind=" + bind)).as(bind).isEqualTo(2);
        }
        assertThat(verbs.asked).isEmpty();
        assertThat(run("serve", "--bind=0.0.0.0", "--plain-http")).isZero();
        assertThat(run("serve", "--bind=localhost")).isZero();
        assertThat(run("serve", "--bind=0.0.0.0", "--tls=/etc/t", "--client-ca=/etc/ca"))
                .isZero();
        assertThat(((ServeOptions) verbs.asked.getLast()).endpoint().access())
                .isEqualTo(new Access(
                        Optional.of(new Access.Tls(
                                Path.of("/etc/t/tls.crt"), Path.of("/etc/t/tls.key"), Optional.of(Path.of("/etc/ca")))),
                        Optional.empty()));
        assertThat(run("serve", "--tls-certificate=/c", "--tls-key=/k")).isZero();
        for (String[] wrong : new String[][] {
            {"--tls-certificate=/c"},
            {"--tls-key=/k"},
            {"--client-ca=/a"},
            {"--tls=/t", "--tls-key=/k"},
            {"--tls=/t", "--plain-http"}
        }) {
            String[] arguments = new String[wrong.length + 1];
            arguments[0] = "serve";
            System.arraycopy(wrong, 0, arguments, 1, wrong.length);
            assertThat(run(arguments)).as(String.join(" ", wrong)).isEqualTo(2);
        }
    }

    @Test
    void a_client_shows_a_token_or_a_certificate() {
        String[] both = {"--client-certificate=/c", "--client-key=/k"};
        assertThat(run("gateway", "--coordinator=https://c:1", "--host=beta", "--ca=/a", both[0], both[1]))
                .isZero();
        assertThat(((GatewayOptions) verbs.asked.getLast()).tls())
                .isEqualTo(new ClientTls(
                        Optional.of(Path.of("/a")), Optional.of(new ClientTls.Own(Path.of("/c"), Path.of("/k")))));
        assertThat(run("gateway", "--coordinator=https://c:1", "--host=beta", "--token-file=/t", both[0], both[1]))
                .isEqualTo(2);
        assertThat(run("gateway", "--coordinator=https://c:1", "--host=beta", both[0]))
                .isEqualTo(2);
        assertThat(run("gateway", "--coordinator=https://c:1", "--host=beta")).isEqualTo(2);
    }

    @Test
    void gateway_takes_all_its_options() {
        assertThat(run(
                        "gateway",
                        "--coordinator=http://c:1,https://d",
                        "--host=beta",
                        "--token-file=/t",
                        "--repository=a=/a",
                        "--stall-limit=2h",
                        "--allow-target=nbd://store:10809",
                        "--encryption-key=a=/k, 2",
                        "--encryption-key=b=k",
                        "--encryption-key=a=/k=1",
                        "--take-over"))
                .isZero();
        assertThat(verbs.asked)
                .isEqualTo(List.of(new GatewayOptions(
                        List.of(URI.create("http://c:1"), URI.create("https://d")),
                        new HostName("beta"),
                        Optional.of(Path.of("/t")),
                        home,
                        new HostWork(
                                Map.of(new RepositoryName("a"), Path.of("/a")),
                                Optional.empty(),
                                Optional.of(Duration.ofHours(2)),
                                List.of(new TargetPrefix("nbd://store:10809")),
                                Map.of(
                                        new RepositoryName("a"),
                                        List.of(Path.of("/k, 2"), Path.of("/k=1")),
                                        new RepositoryName("b"),
                                        List.of(Path.of("k").toAbsolutePath())),
                                HostGuard.USUAL),
                        Monitoring.USUAL,
                        ClientTls.OF_SYSTEM,
                        true)));
        assertThat(run("serve", "--encryption-key=/k")).isEqualTo(2);
        assertThat(run("serve", "--encryption-key=a=")).isEqualTo(2);
        assertThat(run("serve", "--encryption-key=.a=/k")).isEqualTo(2);
    }

    @Test
    void serve_and_gateway_take_where_pulls_are_served() {
        assertThat(run("serve", "--pull-ports=10809-10810", "--pull-tls=k")).isZero();
        assertThat(run(
                        "gateway",
                        "--coordinator=http://c:1",
                        "--host=b",
                        "--token-file=/t",
                        "--pull-ports=1",
                        "--pull-address=kvm1.example",
                        "--pull-psk=/k"))
                .isZero();
        assertThat(run("serve", "--pull-ports=2", "--pull-plain")).isZero();
        assertThat(((ServeOptions) verbs.asked.get(0)).work().pulls())
                .contains(new PullListening(
                        "127.0.0.1", 10809, 10810, Optional.of(Path.of("k").toAbsolutePath()), Optional.empty()));
        assertThat(((GatewayOptions) verbs.asked.get(1)).work().pulls())
                .contains(new PullListening("kvm1.example", 1, 1, Optional.empty(), Optional.of(Path.of("/k"))));
        assertThat(((ServeOptions) verbs.asked.get(2)).work().pulls())
                .contains(new PullListening("127.0.0.1", 2, 2, Optional.empty(), Optional.empty()));
    }

    @Test
    void demo_and_bench_know_their_format() {
        assertThat(run("demo", "-o", "json", "--keep")).isZero();
        assertThat(run("bench", "append", "replay", "--count", "3", "-oyaml")).isEqualTo(17);
        assertThat(verbs.asked)
                .isEqualTo(List.of(
                        new DemoOptions(OutputFormat.JSON, true, Optional.empty()),
                        new BenchOptions(
                                List.of("append", "replay"),
                                OutputFormat.YAML,
                                OptionalInt.of(3),
                                new BenchOptions.Copying(5, 4L << 30, 2L << 30, Path.of("/var/tmp")),
                                new BenchOptions.Scale(32, 20, 1_000))));
    }

    @Test
    void bench_takes_what_a_copied_disk_is_like() {
        assertThat(run("bench", "backup", "--rounds=2", "--size=64M", "--data", "32m", "--directory=d"))
                .isEqualTo(17);
        assertThat(verbs.asked)
                .isEqualTo(List.of(new BenchOptions(
                        List.of("backup"),
                        OutputFormat.TABLE,
                        OptionalInt.empty(),
                        new BenchOptions.Copying(
                                2, 64L << 20, 32L << 20, Path.of("d").toAbsolutePath()),
                        new BenchOptions.Scale(32, 20, 1_000))));
    }

    @Test
    void bench_takes_how_many_there_are_of_each() {
        assertThat(run("bench", "append", "--writers=3", "--daemons", "500", "--machines=10000"))
                .isEqualTo(17);
        assertThat(verbs.asked).hasSize(1);
        assertThat(((BenchOptions) verbs.asked.getFirst()).scale()).isEqualTo(new BenchOptions.Scale(3, 500, 10_000));
    }
}
