package dev.tidemark.coordinator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where events may go, and where no name leads them. */
class AllowedReceiversTest {
    private static final List<URI> PREFIXES = List.of(
            AllowedReceivers.prefix("https://siem.example/in"), AllowedReceivers.prefix("http://127.0.0.1:9000"));

    @ParameterizedTest
    @ValueSource(strings = {"https://siem.example/in", "https://SIEM.example:443/in/a?b=c", "http://127.0.0.1:9000/x"})
    void what_begins_as_it_was_allowed_is(String url) throws ReceiverRefused {
        assertThat(new AllowedReceivers(PREFIXES, List.of()).check(url)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://siem.example/inside",
                "https://siem.example/",
                "https://siem.example:8443/in",
                "https://siem.example.evil.example/in",
                "https://siem.example@evil.example/in",
                "https://evil.example/in#siem.example",
                "https://siem.example/in/../admin",
                "https://siem.example/in/%2e%2e/admin",
                "http://siem.example/in",
                "http://127.0.0.1:9001/x",
                "http://localhost:9000/x",
                "file:///etc/passwd",
                "https:///in",
                "siem.example/in",
                "https://169.254.169.254/latest",
                "https://siem.example/in\r\nHost: evil"
            })
    void everything_else_is_not(String url) {
        assertThatThrownBy(() -> new AllowedReceivers(PREFIXES, List.of()).check(url))
                .isInstanceOf(ReceiverRefused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.31.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "224.0.0.1",
                "255.255.255.255",
                "198.18.0.1",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "2002:a00:1::",
                "2001::1",
                "fec0::1"
            })
    void a_name_that_leads_inside_leads_nowhere(String address) {
        AllowedReceivers allowed = named(List.of(), address);
        assertThatThrownBy(() -> allowed.addresses(URI.create("https://siem.example/in")))
                .isInstanceOf(ReceiverRefused.class)
                .hasMessageContaining("siem.example leads to");
    }

    @Test
    void one_address_of_several_is_enough_to_refuse_a_name() {
        AllowedReceivers allowed = named(List.of(), "93.184.216.34", "10.0.0.1");
        assertThatThrownBy(() -> allowed.addresses(URI.create("https://siem.example/in")))
                .isInstanceOf(ReceiverRefused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"93.184.216.34", "8.8.8.8", "2606:4700::1111", "172.32.0.1", "100.128.0.1"})
    void a_public_address_is_one(String address) throws Exception {
        assertThat(named(List.of(), address).addresses(URI.create("https://siem.example/in")))
                .containsExactly(InetAddress.getByName(address));
    }

    @Test
    void a_network_inside_can_be_allowed_by_its_addresses() throws Exception {
        AllowedReceivers allowed = named(List.of(Network.parse("10.1.0.0/16")), "10.1.255.3");
        assertThat(allowed.addresses(URI.create("https://siem.example/in"))).hasSize(1);
        assertThatThrownBy(() -> named(List.of(Network.parse("10.1.0.0/16")), "10.2.0.3")
                        .addresses(URI.create("https://siem.example/in")))
                .isInstanceOf(ReceiverRefused.class);
    }

    private static AllowedReceivers named(List<Network> networks, String... addresses) {
        return new AllowedReceivers(PREFIXES, networks, host -> {
            InetAddress[] found = new InetAddress[addresses.length];
            for (int index = 0; index < found.length; index++) {
                found[index] = InetAddress.getByName(addresses[index]);
            }
            return found;
        });
    }
}
