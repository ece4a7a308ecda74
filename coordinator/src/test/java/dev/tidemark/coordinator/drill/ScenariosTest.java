package dev.tidemark.coordinator.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.crash.CrashPoint;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScenariosTest {

    @Test
    void every_crash_point_has_a_drill() {
        Set<CrashPoint> drilled = EnumSet.noneOf(CrashPoint.class);
        Scenarios.all().forEach(scenario -> drilled.add(scenario.moment().point()));
        assertThat(drilled).containsExactlyInAnyOrder(CrashPoint.values());
    }

    @Test
    void every_moment_is_drilled_with_every_subset_of_victims_and_no_name_is_given_twice() {
        List<Scenario> all = Scenarios.all();
        assertThat(Victim.subsets()).hasSize(15).doesNotHaveDuplicates();
        assertThat(all.size() % 15).isZero();
        assertThat(all.stream().map(Scenario::name)).doesNotHaveDuplicates();
    }

    @Test
    void a_name_leads_back_to_its_scenario() {
        for (Scenario scenario : Scenarios.all()) {
            assertThat(Scenario.parsed(scenario.name())).contains(scenario);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "full",
                "full/RENAMED",
                "full/RENAMED/",
                "full/RENAMED@0/qemu",
                "full/RENAMED/qemu/x",
                "FULL/x/y"
            })
    void what_is_no_scenario_is_refused(String name) {
        assertThat(Scenario.parsed(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void the_quick_set_has_every_workflow_and_every_victim_and_comes_back_with_its_seed(long seed) {
        List<Scenario> quick = Scenarios.quick(seed);
        assertThat(quick.stream().map(Scenario::workflow)).contains(Workflow.values());
        assertThat(quick.stream().flatMap(scenario -> scenario.victims().stream()))
                .contains(Victim.values());
        assertThat(Scenarios.quick(seed)).isEqualTo(quick);
        assertThat(Scenarios.quick(seed + 1)).isNotEqualTo(quick);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 15})
    void with_some_subsets_every_moment_is_met_and_every_subset_is_used_equally_often(int subsets) {
        List<Scenario> some = Scenarios.some(1, subsets);
        Set<Scenario> all = Set.copyOf(Scenarios.all());
        assertThat(some).doesNotHaveDuplicates().allMatch(all::contains).containsAll(Scenarios.midway());
        int moments = all.size() / 15;
        assertThat(some)
                .hasSizeBetween(
                        moments * subsets,
                        moments * subsets + Scenarios.midway().size());
        some.stream()
                .collect(Collectors.groupingBy(Scenario::victims, Collectors.counting()))
                .forEach((victims, count) -> assertThat(count)
                        .as("%s", victims)
                        .isBetween(
                                (long) moments * subsets / 15,
                                (long) moments * subsets / 15 + 1 + midwayWith(victims)));
        assertThat(Scenarios.some(1, subsets)).isEqualTo(some);
        assertThat(Scenarios.some(2, subsets)).isNotEqualTo(some);
    }

    private static long midwayWith(Set<Victim> victims) {
        return Scenarios.midway().stream()
                .filter(scenario -> scenario.victims().equals(victims))
                .count();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void the_quick_set_has_what_must_not_be_missed(long seed) {
        assertThat(Scenarios.quick(seed)).containsAll(Scenarios.midway()).doesNotHaveDuplicates();
    }

    @Test
    void seeds_take_the_quick_set_to_every_point() {
        Set<CrashPoint> met = EnumSet.noneOf(CrashPoint.class);
        for (long seed = 1; seed <= 200; seed++) {
            Scenarios.quick(seed).forEach(scenario -> met.add(scenario.moment().point()));
        }
        assertThat(met).containsExactlyInAnyOrder(CrashPoint.values());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void batches_hold_everything_once_and_nobody_in_them_is_in_the_way_of_another(long seed) {
        // when
        List<List<Scenario>> batches = Scenarios.batches(Scenarios.all(seed), 16, seed);
        // then
        assertThat(batches.stream().flatMap(List::stream))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(Scenarios.all());
        assertThat(batches).hasSizeLessThan(470).allSatisfy(batch -> {
            assertThat(batch).hasSizeBetween(1, 16);
            assertThat(batch.stream().map(Scenario::victims).distinct()).hasSize(1);
            assertThat(batch.stream().filter(scenario -> scenario.moment().isInTransaction()))
                    .hasSizeLessThan(8);
            // A thread that serves all machines stands still for all of them or for none.
            if (batch.stream().anyMatch(scenario -> scenario.moment().isShared())) {
                assertThat(batch.stream()
                                .map(scenario -> scenario.moment().point())
                                .distinct())
                        .hasSize(1);
            }
        });
    }

    @Test
    void a_report_shows_what_failed_and_how_to_see_it_again_and_runs_nothing() {
        // given
        Course course = new Course(
                List.of("a/B/qemu", "c"),
                Optional.of(Instant.EPOCH),
                Set.of(Invariant.CONVERGED, Invariant.LOG_KEPT),
                Optional.of(Invariant.LOG_KEPT));
        Result failed = new Result("full/RENAMED/qemu", Result.Verdict.FAIL, "<b>&", 1.5, course);
        Report report = new Report(7, Instant.EPOCH, 3, 2, List.of(failed), Set.of(CrashPoint.RENAMED));
        // when
        String html = HtmlReport.of(report, Map.of("QEMU", "7.2"));
        // then
        assertThat(html).contains("tidemark drill run a/B/qemu c --seed 7 --jobs 1", "&lt;b&gt;&amp;", "QEMU", "7.2");
        assertThat(html).contains("<li>CONVERGED held", "LOG_KEPT broken", "00:00:00.000");
        assertThat(html).doesNotContain("LOG_KEPT held");
        assertThat(html).doesNotContain("<script", "<b>", "http:", "https:");
        assertThat(report.json())
                .contains("\"seed\" : 7", "\"passed\" : 0", "\"failed\" : 1", "\"verdict\" : \"FAIL\"");
        assertThat(report.json()).doesNotContain("history");
        assertThat(Optional.of(report.failedCount())).contains(1L);
    }
}
