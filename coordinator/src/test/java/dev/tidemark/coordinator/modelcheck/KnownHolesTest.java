package dev.tidemark.coordinator.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the model assumes away, shown: without the assumption there is a hole, and this is its shortest trace. */
class KnownHolesTest {
    @Test
    void a_stranger_who_acts_between_the_look_and_the_transaction_is_not_seen() {
        is_a_hole(Scope.of(1, 1, 2, 1, Fault.STRANGER, Fault.IN_THE_WINDOW));
    }

    @Test
    void a_shrink_and_a_grow_without_a_look_between_are_not_seen() {
        is_a_hole(Scope.of(1, 2, 2, 1, Fault.RESIZE, Fault.UNSEEN_RESIZE));
    }

    @Test
    void an_image_that_is_written_unheard_while_qemu_is_down_is_not_seen() {
        is_a_hole(Scope.of(1, 1, 2, 2, Fault.IMAGE_WRITTEN, Fault.QEMU_RESTART, Fault.BLIND_WATCH));
    }

    @Test
    void an_image_that_is_written_while_qemu_is_down_is_no_hole_where_the_watch_hears_of_it() {
        Scope scope = Scope.of(1, 1, 2, 3, Fault.IMAGE_WRITTEN, Fault.QEMU_RESTART, Fault.GATEWAY_CRASH);
        assertThat(new Search(scope, Bug.NONE, 400_000).run().finding()).isEmpty();
    }

    private static void is_a_hole(Scope scope) {
        Search.Result result = new Search(scope, Bug.NONE, 2_000_000).run();
        assertThat(result.finding()).isPresent();
        System.out.println(result.finding().orElseThrow());
        assertThat(result.finding().orElseThrow().invariant()).isEqualTo(Invariant.I4_TRACKING);
    }
}
