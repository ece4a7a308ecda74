package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.Fault.BLIND_WATCH;
import static dev.tidemark.coordinator.modelcheck.Fault.DISCONNECT;
import static dev.tidemark.coordinator.modelcheck.Fault.GATEWAY_CRASH;
import static dev.tidemark.coordinator.modelcheck.Fault.IMAGE_WRITTEN;
import static dev.tidemark.coordinator.modelcheck.Fault.JOB_ERROR;
import static dev.tidemark.coordinator.modelcheck.Fault.LATE_EXECUTION;
import static dev.tidemark.coordinator.modelcheck.Fault.OVERLAY;
import static dev.tidemark.coordinator.modelcheck.Fault.POWER_CUT;
import static dev.tidemark.coordinator.modelcheck.Fault.QEMU_CRASH;
import static dev.tidemark.coordinator.modelcheck.Fault.QEMU_RESTART;
import static dev.tidemark.coordinator.modelcheck.Fault.RESIZE;
import static dev.tidemark.coordinator.modelcheck.Fault.ROLLBACK;
import static dev.tidemark.coordinator.modelcheck.Fault.SEND_LOST;
import static dev.tidemark.coordinator.modelcheck.Fault.STRANGER;
import static dev.tidemark.coordinator.modelcheck.Invariant.I12_SAFE_REMOVAL;
import static dev.tidemark.coordinator.modelcheck.Invariant.I18_LIVENESS;
import static dev.tidemark.coordinator.modelcheck.Invariant.I1_COVERAGE;
import static dev.tidemark.coordinator.modelcheck.Invariant.I4_TRACKING;
import static dev.tidemark.coordinator.modelcheck.Invariant.I6_INTENT_FIRST;
import static dev.tidemark.coordinator.modelcheck.Invariant.I7_NO_PHANTOM_SUCCESS;
import static dev.tidemark.coordinator.modelcheck.Invariant.I8_EXACTLY_ONCE;
import static dev.tidemark.coordinator.modelcheck.Invariant.I9_TRUTH;

import java.util.List;

/** A bug, the smallest scope in which it shows, and the invariant that it breaks first there. */
record PlantedBug(Bug bug, Scope scope, Invariant breaks) {
    static List<PlantedBug> all() {
        Scope plain = Scope.of(1, 2, 2, 0);
        Scope three = Scope.of(1, 2, 3, 0);
        Scope twoDisks = Scope.of(2, 1, 2, 1, STRANGER);
        return List.of(
                new PlantedBug(Bug.CHECKPOINT_IN_TWO_STEPS, plain, I4_TRACKING),
                new PlantedBug(Bug.NAME_REUSED, Scope.of(1, 1, 1, 3, ROLLBACK, BLIND_WATCH, QEMU_RESTART), I9_TRUTH),
                new PlantedBug(Bug.ABSENT_IS_EMPTY, Scope.of(1, 1, 2, 1, QEMU_CRASH), I4_TRACKING),
                new PlantedBug(Bug.BASE_IS_NEWEST_CHECKPOINT, plain, I1_COVERAGE),
                new PlantedBug(Bug.BASE_FROM_ANOTHER_REPOSITORY, plain.withRepositories(2), I1_COVERAGE),
                new PlantedBug(Bug.MERGE_INTO_NEXT, plain, I4_TRACKING),
                new PlantedBug(Bug.DELETE_WITHOUT_MERGE, plain, I4_TRACKING),
                new PlantedBug(Bug.TRUST_THE_REPLY, Scope.of(1, 1, 1, 1, SEND_LOST), I9_TRUTH),
                new PlantedBug(Bug.SKIP_THE_FSYNC, Scope.of(1, 1, 1, 1, POWER_CUT), I7_NO_PHANTOM_SUCCESS),
                new PlantedBug(Bug.DISMISS_BEFORE_RECORDING, Scope.of(1, 1, 1, 1, JOB_ERROR), I9_TRUTH),
                new PlantedBug(Bug.DELETE_AGAIN, Scope.of(1, 1, 2, 0), I12_SAFE_REMOVAL),
                new PlantedBug(Bug.NO_MARK_ON_DELETE, Scope.of(1, 1, 3, 1, STRANGER), I4_TRACKING),
                new PlantedBug(Bug.ONLY_DISABLED_BITMAPS, plain, I1_COVERAGE),
                new PlantedBug(Bug.ONLY_THE_BASE_BITMAP, three, I1_COVERAGE),
                new PlantedBug(Bug.CLEAR_BASE_ON_FAILURE, Scope.of(1, 1, 2, 1, JOB_ERROR), I4_TRACKING),
                new PlantedBug(Bug.BACKUP_CLEARS_BITMAPS, plain, I4_TRACKING),
                new PlantedBug(Bug.REPORT_BEFORE_RENAME, plain, I7_NO_PHANTOM_SUCCESS),
                new PlantedBug(Bug.INTENT_NOT_COMMITTED, plain, I6_INTENT_FIRST),
                new PlantedBug(
                        Bug.INCONSISTENT_IS_CONSISTENT, Scope.of(1, 1, 2, 2, QEMU_CRASH, QEMU_RESTART), I4_TRACKING),
                new PlantedBug(Bug.RECORDING_FLAG_IGNORED, Scope.of(1, 1, 2, 1, STRANGER), I4_TRACKING),
                new PlantedBug(Bug.SIZE_CHANGE_IGNORED, Scope.of(1, 2, 2, 1, RESIZE), I1_COVERAGE),
                new PlantedBug(Bug.BITMAP_FOUND_BELOW, Scope.of(1, 1, 2, 1, OVERLAY), I1_COVERAGE),
                new PlantedBug(Bug.MOMENT_UNCHECKED, Scope.of(1, 1, 1, 1, OVERLAY), I1_COVERAGE),
                new PlantedBug(
                        Bug.MOMENT_KNOWN_TO_THE_GATEWAY_ALONE,
                        Scope.of(1, 1, 1, 2, OVERLAY, GATEWAY_CRASH),
                        I1_COVERAGE),
                new PlantedBug(
                        Bug.OLD_REPORTS_ACCEPTED,
                        Scope.of(1, 1, 2, 1, DISCONNECT).withGateways(2),
                        I9_TRUTH),
                new PlantedBug(Bug.START_AGAIN_BLINDLY, plain, I8_EXACTLY_ONCE),
                new PlantedBug(Bug.GO_ON_AFTER_RESTART, Scope.of(1, 1, 1, 1, QEMU_RESTART), I7_NO_PHANTOM_SUCCESS),
                new PlantedBug(
                        Bug.RETURN_UNNOTICED,
                        Scope.of(1, 1, 3, 3, ROLLBACK, BLIND_WATCH, QEMU_RESTART)
                                .withoutBackups(),
                        I4_TRACKING),
                new PlantedBug(
                        Bug.WRITTEN_IMAGE_IGNORED, Scope.of(1, 1, 2, 2, IMAGE_WRITTEN, QEMU_RESTART), I4_TRACKING),
                new PlantedBug(
                        Bug.UNWATCHED_IS_UNTOUCHED,
                        Scope.of(1, 1, 2, 3, IMAGE_WRITTEN, QEMU_RESTART, GATEWAY_CRASH),
                        I4_TRACKING),
                new PlantedBug(
                        Bug.IMAGES_JUDGED_AGAINST_THE_NEW_RUN,
                        Scope.of(1, 1, 2, 2, IMAGE_WRITTEN, QEMU_RESTART),
                        I4_TRACKING),
                new PlantedBug(Bug.START_UNTOLD, Scope.of(1, 1, 1, 1, QEMU_CRASH), I7_NO_PHANTOM_SUCCESS),
                new PlantedBug(
                        Bug.TARGETS_MADE_UNDER_A_JOB,
                        Scope.of(1, 1, 1, 2, DISCONNECT, LATE_EXECUTION),
                        I7_NO_PHANTOM_SUCCESS),
                new PlantedBug(Bug.ONE_DISK_FOR_ALL, twoDisks, I7_NO_PHANTOM_SUCCESS),
                new PlantedBug(Bug.UNION_DROPPED_EARLY, plain, I1_COVERAGE),
                new PlantedBug(Bug.JOB_ERROR_IGNORED, Scope.of(1, 1, 1, 1, JOB_ERROR), I7_NO_PHANTOM_SUCCESS),
                new PlantedBug(Bug.OBSTACLE_IGNORED, Scope.of(1, 1, 2, 1, STRANGER), I4_TRACKING),
                new PlantedBug(Bug.NEVER_SWEEPS, Scope.of(1, 1, 1, 1, JOB_ERROR), I18_LIVENESS),
                new PlantedBug(Bug.SWEEPS_THE_CHAIN, three, I12_SAFE_REMOVAL),
                new PlantedBug(Bug.WAITS_FOR_A_GONE_JOB, Scope.of(1, 1, 1, 1, QEMU_RESTART), I18_LIVENESS));
    }
}
