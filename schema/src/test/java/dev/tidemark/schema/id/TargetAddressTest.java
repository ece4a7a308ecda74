package dev.tidemark.schema.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetAddressTest {
    @Test
    void a_device_and_two_kinds_of_servers() {
        TargetAddress device = new TargetAddress("/dev/disk/by-id/scsi-3600:0+a@b_c.1-part2");
        assertThat(device.device()).contains(device.value());
        assertThat(device.socket()).isEmpty();
        TargetAddress socket = new TargetAddress("nbd+unix:///vda?socket=/run/nbd/store.sock");
        assertThat(socket.socket()).contains("/run/nbd/store.sock");
        assertThat(socket.export()).isEqualTo("vda");
        assertThat(new TargetAddress("nbd+unix:///?socket=/s").export()).isEmpty();
        TargetAddress server = new TargetAddress("nbd://[fe80::1]:10809/vda");
        assertThat(server.server()).contains("[fe80::1]:10809");
        assertThat(server.export()).isEqualTo("vda");
        assertThat(new TargetAddress("nbd://store-1.example:1/").server()).contains("store-1.example:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "dev/vda",
                "/dev/",
                "/dev//vda",
                "/dev/../etc/shadow",
                "/dev/./vda",
                "/dev/vda/..",
                "/dev/vda,readonly=off",
                "/dev/v da",
                "/dev/vda\n",
                "/dev/vda\u0000",
                "/dev/%2e%2e/vda",
                "/dev/vd\u00e4",
                "json:{\"driver\":\"raw\"}",
                "file:/dev/vda",
                "host_device:/dev/vda",
                "nbd:localhost:10809",
                "nbds://store:10809/vda",
                "nbd://store/vda",
                "nbd://store:0/vda",
                "nbd://store:65536/vda",
                "nbd://Store:10809/vda",
                "nbd://user@store:10809/vda",
                "nbd://store:10809/vda?socket=/s",
                "nbd://store:10809/v/../da",
                "nbd+unix:///vda?socket=s",
                "nbd+unix:///vda?socket=/run/../etc/s",
                "nbd+unix:///vda?socket=/s&x=y",
                "nbd+unix:///v%2eda?socket=/s",
                "nbd+unix://host/vda?socket=/s",
                "nbd+unix:///a,b?socket=/s",
                "http://store:1/vda"
            })
    void nothing_that_could_be_read_as_something_else(String text) {
        assertThatThrownBy(() -> new TargetAddress(text)).isInstanceOf(InvalidIdentity.class);
    }

    @Test
    void a_long_one_is_refused_before_it_is_looked_at() {
        String longest = "/" + "a".repeat(254);
        assertThat(new TargetAddress(longest).device()).contains(longest);
        assertThatThrownBy(() -> new TargetAddress(longest + "a")).isInstanceOf(InvalidIdentity.class);
        assertThatThrownBy(() -> new TargetAddress("nbd://" + "a.".repeat(50_000) + "!"))
                .isInstanceOf(InvalidIdentity.class);
    }

    @Test
    void a_prefix_covers_whole_parts_of_what_it_names_and_nothing_of_another_kind() {
        TargetPrefix loop = new TargetPrefix("/dev/loop1");
        assertThat(loop.coversDevice("/dev/loop1")).isTrue();
        assertThat(loop.coversDevice("/dev/loop10")).isFalse();
        assertThat(loop.coversSocket("/dev/loop1")).isFalse();
        assertThat(new TargetPrefix("/dev/mapper/").coversDevice("/dev/mapper/vg-lv"))
                .isTrue();
        TargetPrefix sockets = new TargetPrefix("nbd+unix:/run/nbd");
        assertThat(sockets.coversSocket("/run/nbd/a/s")).isTrue();
        assertThat(sockets.coversSocket("/run/nbdx")).isFalse();
        assertThat(sockets.coversDevice("/run/nbd/a")).isFalse();
        TargetPrefix server = new TargetPrefix("nbd://store:10809");
        assertThat(server.coversServer("store:10809", "vda")).isTrue();
        assertThat(server.coversServer("store:1080", "vda")).isFalse();
        TargetPrefix export = new TargetPrefix("nbd://store:10809/vda");
        assertThat(export.coversServer("store:10809", "vda")).isTrue();
        assertThat(export.coversServer("store:10809", "vdab")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "dev", "nbd", "nbd:", "nbd+unix:", "nbd+unix:/", "nbd://", "nbd://store", "/dev/..", "*"
            })
    void no_prefix_allows_everything(String text) {
        assertThatThrownBy(() -> new TargetPrefix(text)).isInstanceOf(InvalidIdentity.class);
    }
}
