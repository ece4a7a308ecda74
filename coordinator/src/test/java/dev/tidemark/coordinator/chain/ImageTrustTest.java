package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.chain;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.QemuFacts;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Hazard S8: what became of an image while QEMU was down. */
class ImageTrustTest {
    private static final String FIRST = "first run";
    private static final String SECOND = "second run";
    private static final String THIRD = "third run";

    private static QemuFacts run(String instance) {
        return new QemuFacts("10.0.0", OptionalLong.of(instance.hashCode()), OptionalLong.of(2), Optional.of(instance));
    }

    @Test
    void a_restart_that_was_watched_keeps_the_chain() {
        // given
        Story story = chain(A, B);
        Look look =
                story.expected().qemu(run(SECOND)).vouched(VDA, FIRST, SECOND).vouched(VDB, FIRST, SECOND);
        // when, then
        story.look(look).then(MachineObserved.class).look(look).thenNothing();
        assertThat(story.chainOf(VDA)).containsExactly(A, B);
    }

    @Test
    void an_image_that_was_written_meanwhile_breaks_its_disk_alone_and_once() {
        // given
        Story story = chain(A, B);
        Look look = story.expected().qemu(run(SECOND)).doubted(VDA, true).vouched(VDB, FIRST, SECOND);
        // when
        story.look(look);
        // then
        ChainBroken broken = story.only(ChainBroken.class);
        assertThat(broken.disk()).isEqualTo(VDA);
        assertThat(broken.cause()).isEqualTo(BreakCause.IMAGE_WRITTEN);
        assertThat(broken.detail()).isEqualTo("what was seen of " + VDA);
        assertThat(broken.checkpoints()).containsExactly(A, B);
        assertThat(story.chainOf(VDB)).containsExactly(A, B);
        story.look(look).concluded();
    }

    @Test
    void a_restart_that_nobody_watched_breaks() {
        // given
        Story story = chain(A);
        // when
        story.look(story.expected().qemu(run(SECOND)).doubted(VDA, false).vouched(VDB, SECOND));
        // then
        assertThat(story.all(ChainBroken.class))
                .extracting(ChainBroken::cause)
                .containsExactly(BreakCause.IMAGE_UNWATCHED, BreakCause.IMAGE_UNWATCHED);
    }

    @Test
    void a_gateway_that_says_nothing_of_images_vouches_for_nothing() {
        // given
        Story story = chain(A);
        // when
        story.look(story.expected().qemu(run(SECOND)));
        // then
        assertThat(story.all(ChainBroken.class))
                .extracting(ChainBroken::cause)
                .containsExactly(BreakCause.IMAGE_UNWATCHED, BreakCause.IMAGE_UNWATCHED);
    }

    @Test
    void two_restarts_of_which_the_log_saw_one_are_vouched_for_together_or_not_at_all() {
        // given
        Story whole = chain(A);
        Story cut = chain(A);
        // when
        whole.look(whole.expected()
                .qemu(run(THIRD))
                .vouched(VDA, FIRST, SECOND, THIRD)
                .vouched(VDB, FIRST, SECOND, THIRD));
        cut.look(cut.expected().qemu(run(THIRD)).vouched(VDA, SECOND, THIRD).vouched(VDB, FIRST, SECOND, THIRD));
        // then
        assertThat(whole.chainOf(VDA)).containsExactly(A);
        assertThat(cut.chainOf(VDA)).isEmpty();
        assertThat(cut.chainOf(VDB)).containsExactly(A);
    }

    @Test
    void a_new_gateway_on_the_same_run_changes_nothing() {
        // given
        Story story = chain(A);
        // when, then
        story.look(story.expected().doubted(VDA, false).doubted(VDB, false)).thenNothing();
    }

    @Test
    void a_chain_that_was_begun_after_the_restart_is_not_judged_by_what_was_before_it() {
        // given
        Story story = chain(A);
        story.look(story.expected().qemu(run(SECOND)).doubted(VDA, true).doubted(VDB, true));
        // when
        story.create(B)
                .done(story.expected()
                        .doubted(VDA, true)
                        .doubted(VDB, true)
                        .takenOver(VDA, B)
                        .takenOver(VDB, B));
        // then
        assertThat(story.chainOf(VDA)).containsExactly(B);
        story.look(story.expected().doubted(VDA, true).doubted(VDB, true)).thenNothing();
    }

    @Test
    void a_checkpoint_that_is_first_seen_after_an_unwatched_restart_is_stillborn() {
        // given
        Story story = chain(A);
        story.create(B);
        Look look = story.expected().takenOver(VDA, B).takenOver(VDB, B);
        // when
        story.look(look.qemu(run(SECOND)).doubted(VDA, false).doubted(VDB, false));
        // then
        assertThat(story.all(CheckpointCreated.class)).isEmpty();
        assertThat(story.all(CheckpointFailed.class)).hasSize(1);
        assertThat(story.chainOf(VDA)).isEmpty();
    }

    @Test
    void what_the_bitmaps_themselves_tell_is_the_cause() {
        // given
        Story story = chain(A, B);
        // when
        story.look(story.expected()
                .inconsistent(VDA, A)
                .inconsistent(VDA, B)
                .qemu(run(SECOND))
                .doubted(VDA, true)
                .vouched(VDB, FIRST, SECOND));
        // then
        assertThat(story.only(ChainBroken.class).cause()).isEqualTo(BreakCause.BITMAP_INCONSISTENT);
    }

    @Test
    void a_log_from_before_instances_were_told_knows_the_process_by_its_start() {
        // given
        Story story = Story.registered();
        QemuFacts old = new QemuFacts("10.0.0", OptionalLong.of(7), OptionalLong.of(70));
        story.look(Look.asExpected(story.now()).plug(Story.disk(VDA)).qemu(old));
        story.create(A).done(story.expected().takenOver(VDA, A));
        QemuFacts same = old.as(SECOND);
        QemuFacts other = new QemuFacts("10.0.0", OptionalLong.of(7), OptionalLong.of(71), Optional.of(THIRD));
        // when, then
        story.look(story.expected().qemu(same).vouched(VDA, SECOND)).then(MachineObserved.class);
        story.look(story.expected().qemu(other).vouched(VDA, THIRD));
        assertThat(story.only(ChainBroken.class).cause()).isEqualTo(BreakCause.IMAGE_UNWATCHED);
    }
}
