package dev.tidemark.coordinator.endtoend;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import dev.tidemark.gateway.testkit.Covers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which hazard is played by which tests, as the tests themselves say; and what is wrong with that list. */
final class Hazards {
    /** Hazards that are named below the table of silent misses. */
    static final List<String> NAMED =
            List.of("absent-as-empty", "failure-clears-base", "base-records-below", "export-outlives-job");

    private static final int DIVERGENCES = 31;
    private static final int SILENT_MISSES = 8;

    private final Map<String, Set<String>> tests = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    private Hazards() {}

    static Hazards in(JavaClasses classes) {
        Hazards hazards = new Hazards();
        classes.stream()
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(Covers.class))
                .forEach(hazards::take);
        Set<String> all = all();
        all.stream()
                .filter(hazard -> !hazards.tests.containsKey(hazard))
                .forEach(hazard -> hazards.faults.add(hazard + " is played by no test"));
        hazards.tests.keySet().stream()
                .filter(hazard -> !all.contains(hazard))
                .forEach(hazard -> hazards.faults.add("there is no hazard " + hazard));
        return hazards;
    }

    static Set<String> all() {
        Set<String> all = new TreeSet<>(NAMED);
        for (int number = 1; number <= DIVERGENCES; number++) {
            all.add("#" + number);
        }
        for (int number = 1; number <= SILENT_MISSES; number++) {
            all.add("S" + number);
        }
        return all;
    }

    /** The tests of each hazard. */
    Map<String, Set<String>> tests() {
        return tests;
    }

    /** What is missing, unknown, switched off, or no test on a real QEMU. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    private void take(JavaMethod method) {
        String name = method.getOwner().getSimpleName() + "." + method.getName();
        boolean test = method.isAnnotatedWith("org.junit.jupiter.api.Test")
                || method.isAnnotatedWith("org.junit.jupiter.params.ParameterizedTest");
        if (!test || method.isAnnotatedWith("org.junit.jupiter.api.Disabled")) {
            faults.add(name + " is not run");
            return;
        }
        if (!method.getOwner().getSimpleName().endsWith("IT")) {
            faults.add(name + " runs without a real QEMU");
            return;
        }
        for (String hazard : method.getAnnotationOfType(Covers.class).value()) {
            tests.computeIfAbsent(hazard, ignored -> new TreeSet<>()).add(name);
        }
    }
}
