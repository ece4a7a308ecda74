package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.tidemark.gateway.testkit.Covers;
import java.util.List;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/** Every divergence of qemu-facts §11.1 and every silent miss of hazards §1 is played on a real QEMU by a test that says so. */
class HazardsTest {
    static final JavaClasses TESTS = new ClassFileImporter()
            .importPackages(
                    "dev.tidemark.coordinator.endtoend",
                    "dev.tidemark.coordinator.kills",
                    "dev.tidemark.gateway.reconcile",
                    "dev.tidemark.gateway.observe")
            .that(DescribedPredicate.describe(
                    "are tests",
                    type -> type.isTopLevelClass() && type.getSimpleName().endsWith("IT")));

    @Test
    void every_hazard_is_played_by_a_test() {
        Hazards hazards = Hazards.in(TESTS);
        hazards.tests().forEach((hazard, tests) -> System.out.println(hazard + "\t" + String.join(", ", tests)));
        assertThat(hazards.faults()).isEmpty();
    }

    @Test
    void the_list_goes_red_for_what_is_missing() {
        Hazards fewer = Hazards.in(TESTS.that(DescribedPredicate.describe(
                "are others", (JavaClass type) -> !type.getSimpleName().equals("LostAnswersIT"))));
        assertThat(fewer.faults()).containsExactly("#2 is played by no test");
        assertThat(Hazards.in(new ClassFileImporter().importClasses(Hazards.class))
                        .faults())
                .hasSize(Hazards.all().size());
    }

    @Test
    void the_list_goes_red_for_what_is_no_test_of_it() {
        Hazards strange = Hazards.in(new ClassFileImporter().importClasses(Strange.class, StrangeIT.class));
        assertThat(strange.faults())
                .contains(
                        "Strange.plays_nothing runs without a real QEMU",
                        "StrangeIT.is_no_test is not run",
                        "StrangeIT.is_switched_off is not run",
                        "there is no hazard #32")
                .contains("#13 is played by no test");
        assertThat(strange.tests().keySet()).isEqualTo(java.util.Set.of("#32"));
        assertThat(List.copyOf(strange.tests().values()).getFirst())
                .containsExactly("StrangeIT.names_what_there_is_not");
    }

    /** Not run by anybody. */
    @Disabled("a sabotaged twin")
    static class Strange {
        @Test
        @Covers("#13")
        void plays_nothing() {
            throw new AssertionError("never run");
        }
    }

    /** Not run by anybody. */
    @Disabled("a sabotaged twin")
    static class StrangeIT {
        @Covers("#13")
        void is_no_test() {
            throw new AssertionError("never run");
        }

        @Test
        @Disabled("a sabotaged twin")
        @Covers("#13")
        void is_switched_off() {
            throw new AssertionError("never run");
        }

        @Test
        @Covers("#32")
        void names_what_there_is_not() {
            throw new AssertionError("never run");
        }
    }
}
