package dev.tidemark.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.json.Json;
import org.junit.jupiter.api.Test;

/** What opens data over NBD leaves with no answer to whoever may not read it; everything else does, to the letter. */
class ConfidentialTest {
    @Test
    void keys_and_addresses_are_taken_out_wherever_they_stand() {
        String stored = "{\"exportKey\":\"abc\",\"disks\":[{\"file\":\"nbd://store:10809/web\",\"sha256\":\"00\"}],"
                + "\"leftAlone\":[\"nbd+unix:///disk?socket=/run/s\",\"/dev/vg/x\"],"
                + "\"targets\":[{\"disk\":\"vda\",\"address\":\"nbd://store:10809/web\"}],"
                + "\"detail\":\"nbd://store:10809/web, which was there, has 5 bytes (nbd+unix:///disk?socket=/run/s)\"}";
        assertThat(Confidential.blank(stored))
                .isEqualTo("{\"exportKey\":null,\"disks\":[{\"file\":\"nbd:(not shown)\",\"sha256\":\"00\"}],"
                        + "\"leftAlone\":[\"nbd:(not shown)\",\"/dev/vg/x\"],"
                        + "\"targets\":[{\"disk\":\"vda\",\"address\":\"nbd:(not shown)\"}],"
                        + "\"detail\":\"nbd:(not shown), which was there, has 5 bytes (nbd:(not shown))\"}");
    }

    @Test
    void what_holds_nothing_confidential_stays_to_the_letter() {
        String stored = "{ \"file\": \"01K/01J/vda.qcow2\",  \"detail\":\"the nbd server is gone\" }";
        assertThat(Confidential.blank(stored)).isSameAs(stored);
        assertThat(Confidential.blank(Json.MAPPER.readTree(stored))).isEqualTo(Json.MAPPER.readTree(stored));
    }
}
