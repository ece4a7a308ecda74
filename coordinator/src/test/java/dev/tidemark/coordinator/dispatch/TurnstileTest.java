package dev.tidemark.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.chain.DesiredState;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnstileTest {
    private final Crowd crowd = new Crowd();
    private Turnstile turnstile = new Turnstile(new JobLimits(1, 2), false);

    private void take(MachineId machine) {
        turnstile.update(crowd.now(machine));
    }

    private boolean waits(OperationId operation) {
        return turnstile.waiting(operation).isPresent();
    }

    @Test
    void the_second_on_a_host_waits_for_the_first_and_says_so() {
        MachineId one = crowd.machine("a");
        MachineId two = crowd.machine("a");
        OperationId first = crowd.backup(one, "near");
        OperationId second = crowd.backup(two, "far");
        take(one);
        take(two);
        assertThat(waits(first)).isFalse();
        Waiting waiting = turnstile.waiting(second).orElseThrow();
        assertThat(waiting.jobs()).containsExactly(first);
        assertThat(waiting.reason())
                .contains("host 'a'")
                .contains(first.value())
                .contains("vm1");
        crowd.ended(one, first);
        assertThat(turnstile.update(crowd.now(one))).containsExactly(two);
        assertThat(waits(second)).isFalse();
    }

    @Test
    void a_repository_is_shared_by_hosts() {
        List<OperationId> asked = new ArrayList<>();
        List<MachineId> machines = new ArrayList<>();
        for (String host : List.of("a", "b", "c", "d")) {
            machines.add(crowd.machine(host));
            asked.add(crowd.backup(machines.getLast(), "near"));
            take(machines.getLast());
        }
        assertThat(asked).extracting(this::waits).containsExactly(false, false, true, true);
        assertThat(turnstile.waiting(asked.get(3)).orElseThrow().reason())
                .contains("repository 'near'")
                .contains("1 before it");
        crowd.ended(machines.get(1), asked.get(1));
        assertThat(turnstile.update(crowd.now(machines.get(1)))).containsExactly(machines.get(2));
        assertThat(asked).extracting(this::waits).containsExactly(false, false, false, true);
    }

    @Test
    void nobody_overtakes_one_who_waits_for_something_else() {
        // given: the repository is full, so that the first of host c waits for it
        MachineId a = crowd.machine("a");
        MachineId b = crowd.machine("b");
        OperationId fills = crowd.backup(a, "near");
        crowd.backup(b, "near");
        MachineId early = crowd.machine("c");
        OperationId waiting = crowd.backup(early, "near");
        // when another one of host c comes, which could begin at once elsewhere
        MachineId late = crowd.machine("c");
        OperationId later = crowd.backup(late, "far");
        List.of(a, b, early, late).forEach(this::take);
        // then it would take the only place of the host that the other one has waited for longer
        assertThat(waits(waiting)).isTrue();
        assertThat(waits(later)).isTrue();
        crowd.ended(a, fills);
        take(a);
        assertThat(waits(waiting)).isFalse();
        assertThat(waits(later)).isTrue();
    }

    @Test
    void what_is_to_end_does_not_wait() {
        MachineId one = crowd.machine("a");
        MachineId two = crowd.machine("a");
        crowd.backup(one, "near");
        OperationId second = crowd.backup(two, "near");
        take(one);
        take(two);
        assertThat(waits(second)).isTrue();
        crowd.abort(two, second);
        take(two);
        assertThat(waits(second)).isFalse();
    }

    @Test
    void a_pull_backup_goes_at_the_pace_of_its_client_and_keeps_nobody_waiting() {
        MachineId one = crowd.machine("a");
        MachineId two = crowd.machine("a");
        MachineId three = crowd.machine("a");
        OperationId pull = crowd.pull(one, "near");
        OperationId push = crowd.backup(two, "near");
        OperationId late = crowd.pull(three, "near");
        List.of(one, two, three).forEach(this::take);
        assertThat(List.of(pull, push, late)).noneMatch(this::waits);
    }

    @Test
    void a_host_that_nobody_speaks_for_keeps_no_other_from_their_repository_and_comes_back_to_its_places() {
        List<MachineId> machines = new ArrayList<>();
        List<OperationId> asked = new ArrayList<>();
        for (String host : List.of("a", "b", "c", "d")) {
            machines.add(crowd.machine(host));
            asked.add(crowd.backup(machines.getLast(), "near"));
        }
        crowd.started(machines.get(0), asked.get(0));
        machines.forEach(this::take);
        assertThat(asked).extracting(this::waits).containsExactly(false, false, true, true);
        assertThat(turnstile.silent(Set.of(new HostName("a"), new HostName("b"))))
                .containsExactlyInAnyOrder(machines.get(2), machines.get(3));
        assertThat(asked).extracting(this::waits).containsExactly(false, true, false, false);
        assertThat(turnstile.waiting(asked.get(1)).orElseThrow().reason()).contains("no gateway of host 'b'");
        // One of them is told to begin; then the two are heard of again.
        turnstile.through(DesiredState.of(crowd.now(machines.get(2))).orElseThrow());
        assertThat(turnstile.silent(Set.of())).isEmpty();
        assertThat(asked).extracting(this::waits).containsExactly(false, true, false, true);
    }

    @Test
    void a_verification_takes_its_turn_and_a_backup_of_the_same_machine_too() {
        MachineId one = crowd.machine("a");
        OperationId reading = crowd.verification(one, "near");
        OperationId backup = crowd.backup(one, "near");
        take(one);
        assertThat(waits(reading)).isFalse();
        assertThat(waits(backup)).isTrue();
        crowd.ended(one, reading);
        assertThat(turnstile.update(crowd.now(one))).containsExactly(one);
    }

    @Test
    void readings_of_one_machine_of_which_one_is_at_work_at_a_time_take_one_place() {
        turnstile = new Turnstile(new JobLimits(2, 2), false);
        MachineId one = crowd.machine("a");
        MachineId two = crowd.machine("a");
        List<OperationId> readings = List.of(
                crowd.verification(one, "near"), crowd.verification(one, "near"), crowd.verification(one, "near"));
        OperationId backup = crowd.backup(two, "near");
        take(one);
        take(two);
        assertThat(readings).extracting(this::waits).containsExactly(false, true, true);
        assertThat(turnstile.waiting(readings.get(2)).orElseThrow().jobs()).containsExactly(readings.getFirst());
        assertThat(waits(backup)).isFalse();
        crowd.ended(one, readings.getFirst());
        assertThat(turnstile.update(crowd.now(one))).containsExactly(one);
        assertThat(readings.subList(1, 3)).extracting(this::waits).containsExactly(false, true);
        // and one that came before the next reading is not overtaken by it
        MachineId three = crowd.machine("a");
        OperationId early = crowd.backup(three, "near");
        OperationId last = crowd.verification(one, "near");
        take(three);
        take(one);
        crowd.ended(two, backup);
        take(two);
        assertThat(List.of(early, last)).extracting(this::waits).containsExactly(false, true);
    }

    @Test
    void after_a_crash_the_row_is_the_same_in_whatever_order_the_machines_are_read() {
        List<MachineId> machines = new ArrayList<>();
        List<OperationId> asked = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            machines.add(crowd.machine(number % 2 == 0 ? "a" : "b"));
            asked.add(crowd.backup(machines.getLast(), "near"));
            take(machines.getLast());
        }
        List<Boolean> before = asked.stream().map(this::waits).toList();
        turnstile = new Turnstile(new JobLimits(1, 2), false);
        machines.reversed().forEach(this::take);
        assertThat(asked.stream().map(this::waits).toList()).isEqualTo(before);
    }

    @Test
    void what_was_seen_at_work_goes_on_under_a_lower_limit() {
        turnstile = new Turnstile(JobLimits.NONE, false);
        MachineId one = crowd.machine("a");
        MachineId two = crowd.machine("a");
        OperationId first = crowd.backup(one, "near");
        OperationId second = crowd.backup(two, "near");
        crowd.started(two, second);
        turnstile = new Turnstile(new JobLimits(1, 1), false);
        take(two);
        take(one);
        assertThat(waits(second)).isFalse();
        assertThat(waits(first)).isTrue();
    }

    @Test
    void what_a_gateway_was_asked_for_is_not_taken_back_for_one_that_turns_up_later() {
        MachineId one = crowd.machine("a");
        MachineId two = crowd.machine("a");
        OperationId first = crowd.backup(one, "near");
        OperationId second = crowd.backup(two, "near");
        take(two);
        Desired asked = DesiredState.of(crowd.now(two)).orElseThrow();
        assertThat(turnstile.through(asked)).isEqualTo(asked);
        take(one);
        assertThat(waits(second)).isFalse();
        assertThat(waits(first)).isTrue();
    }

    @Test
    void a_gateway_is_told_all_the_rest_of_a_machine_whose_job_waits() {
        MachineId one = crowd.machine("a");
        MachineId two = crowd.machine("a");
        crowd.backup(one, "near");
        crowd.backup(two, "near");
        List.of(one, two).forEach(this::take);
        Desired known = DesiredState.of(crowd.now(two)).orElseThrow();
        Desired asked = new Desired(
                known.machine(),
                known.name(),
                known.host(),
                known.version(),
                known.qmpSocket(),
                known.disks(),
                known.operation(),
                known.repositoryOperations(),
                Optional.of("/run/two.qga"),
                List.of("tm-left"),
                Optional.of(new OperationId(Crowd.ulid(77))),
                Optional.of(List.of(one)),
                Optional.empty());
        assertThat(turnstile.through(asked))
                .usingRecursiveComparison()
                .ignoringFields("operation")
                .isEqualTo(asked);
        assertThat(turnstile.through(asked).operation()).isEmpty();
    }

    @Test
    void a_limit_under_which_nothing_would_ever_begin_is_none() {
        assertThatThrownBy(() -> new JobLimits(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_many_of_one_host_keep_no_other_host_from_their_repository() {
        List<OperationId> many = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
            MachineId machine = crowd.machine("a");
            many.add(crowd.backup(machine, "near"));
            take(machine);
        }
        MachineId other = crowd.machine("b");
        OperationId late = crowd.backup(other, "near");
        take(other);
        assertThat(many.stream().filter(one -> !waits(one))).containsExactly(many.getFirst());
        assertThat(waits(late)).isFalse();
        assertThat(turnstile.waiting(many.get(2)).orElseThrow().reason())
                .contains("host 'a'")
                .contains("1 before it");
    }

    @Test
    void only_the_first_that_waits_for_a_repository_keeps_a_place_of_its_host() {
        turnstile = new Turnstile(new JobLimits(2, 1), false);
        MachineId elsewhere = crowd.machine("b");
        crowd.backup(elsewhere, "near");
        take(elsewhere);
        List<OperationId> asked = new ArrayList<>();
        for (String repository : List.of("near", "near", "far", "third")) {
            MachineId machine = crowd.machine("a");
            asked.add(crowd.backup(machine, repository));
            take(machine);
        }
        assertThat(asked).extracting(this::waits).containsExactly(true, true, false, true);
    }

    @Test
    void nobody_is_passed_over_for_ever_between_two_rows_that_are_never_free_at_once() {
        turnstile = new Turnstile(new JobLimits(1, 1), false);
        MachineId here = crowd.machine("a");
        OperationId host = crowd.backup(here, "far");
        MachineId there = crowd.machine("b");
        OperationId repository = crowd.backup(there, "near");
        MachineId between = crowd.machine("a");
        OperationId waiting = crowd.backup(between, "near");
        List.of(here, there, between).forEach(this::take);
        assertThat(waits(waiting)).isTrue();
        tellAll();
        for (int turn = 0; turn < 3 && waits(waiting); turn++) {
            // Each time the next one of the other row stands there before this one ends.
            MachineId nextHere = crowd.machine("a");
            OperationId nextHost = crowd.backup(nextHere, "far");
            take(nextHere);
            crowd.ended(here, host);
            take(here);
            tellAll();
            MachineId nextThere = crowd.machine("b");
            OperationId nextRepository = crowd.backup(nextThere, "near");
            take(nextThere);
            crowd.ended(there, repository);
            take(there);
            tellAll();
            here = nextHere;
            host = nextHost;
            there = nextThere;
            repository = nextRepository;
        }
        assertThat(waits(waiting)).isFalse();
    }

    @Test
    void what_tells_of_its_progress_after_a_restart_has_its_place() {
        MachineId one = crowd.machine("a");
        MachineId two = crowd.machine("a");
        OperationId backup = crowd.backup(one, "near");
        OperationId reading = crowd.verification(two, "near");
        take(one);
        take(two);
        assertThat(waits(reading)).isTrue();
        // It had begun before this coordinator's life, when the other one had no room.
        turnstile.atWork(reading);
        assertThat(waits(reading)).isFalse();
        assertThat(waits(backup)).isTrue();
        crowd.ended(two, reading);
        assertThat(turnstile.update(crowd.now(two))).containsExactly(one);
    }

    /** Seeded: any asks, hand-outs and ends; the rule holds at every step, and all come to their turn. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void at_every_step_of_any_history_limits_and_order_hold_and_no_place_is_free_in_vain(long seed) {
        Random dice = new Random(seed);
        JobLimits limits = new JobLimits(1 + dice.nextInt(3), 1 + dice.nextInt(4));
        turnstile = new Turnstile(limits, false);
        List<MachineId> machines = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            machines.add(crowd.machine("host" + dice.nextInt(3)));
        }
        Set<OperationId> told = new HashSet<>();
        for (int step = 0; step < 400; step++) {
            MachineId machine = machines.get(dice.nextInt(machines.size()));
            Machine now = crowd.now(machine);
            if (now.pending().isEmpty() && dice.nextInt(3) > 0) {
                crowd.backup(machine, "repository" + dice.nextInt(2));
            } else if (now.pending().isPresent() && !waits(now.pending().get().operation())) {
                crowd.ended(machine, now.pending().get().operation());
            }
            take(machine);
            tellSome(dice, told);
            check(limits, told, "seed=" + seed + " step=" + step);
        }
        for (int round = 0; round < 12; round++) {
            List<Machine> open = new ArrayList<>(crowd.all());
            Collections.shuffle(open, dice);
            for (Machine machine : open) {
                machine.pending()
                        .map(pending -> pending.operation())
                        .filter(one -> !waits(one))
                        .ifPresent(one -> {
                            crowd.ended(machine.id(), one);
                            take(machine.id());
                        });
            }
        }
        assertThat(crowd.all())
                .as("seed=" + seed)
                .allMatch(machine -> machine.pending().isEmpty());
    }

    /** Each gateway is asked for what may begin, and that is not taken back. */
    private void tellAll() {
        crowd.all()
                .forEach(machine -> turnstile.through(DesiredState.of(machine).orElseThrow()));
    }

    private void tellSome(Random dice, Set<OperationId> told) {
        for (Machine machine : crowd.all()) {
            if (machine.pending().isPresent() && dice.nextInt(3) == 0) {
                turnstile
                        .through(DesiredState.of(machine).orElseThrow())
                        .operation()
                        .ifPresent(operation -> told.add(operation.id()));
            }
        }
    }

    /** What is so is right, and each job that waited instead of being at work, or the other way round, would be wrong. */
    private void check(JobLimits limits, Set<OperationId> told, String where) {
        List<Job> jobs = crowd.all().stream()
                .flatMap(machine -> Job.of(machine).stream())
                .sorted(Job.ORDER)
                .toList();
        Set<OperationId> waiting =
                jobs.stream().map(Job::operation).filter(this::waits).collect(Collectors.toSet());
        assertThat(new PlacesRule(limits, jobs, told, waiting).broken())
                .as(where)
                .isEmpty();
        for (Job job : jobs) {
            Set<OperationId> wrong = new HashSet<>(waiting);
            if (!wrong.remove(job.operation())) {
                wrong.add(job.operation());
            }
            assertThat(new PlacesRule(limits, jobs, told, wrong).broken())
                    .as(where + ": the rule does not see that " + job
                            + (waits(job.operation()) ? " waits" : " is at work"))
                    .isNotEmpty();
        }
    }
}
