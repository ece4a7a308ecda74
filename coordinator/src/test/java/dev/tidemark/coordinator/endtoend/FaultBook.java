package dev.tidemark.coordinator.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The book of faults as it is written, held against the tests that there are; and what is wrong with it. */
final class FaultBook {
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:IT|Test))#(\\w+)`");
    private static final Pattern RULE = Pattern.compile("\\|[-| ]+\\|");

    private final List<String> faults = new ArrayList<>();
    private final Map<String, String> sources;
    private final Hazards hazards;
    private final Set<String> played = new HashSet<>();

    private FaultBook(Map<String, String> sources, Hazards hazards) {
        this.sources = sources;
        this.hazards = hazards;
    }

    /** What is wrong with a book: lines without a test, tests that are not there, divergences that it passes over. */
    static List<String> faults(List<String> book, Map<String, String> sources, Hazards hazards) {
        FaultBook read = new FaultBook(sources, hazards);
        for (int line = 1; line < book.size(); line++) {
            boolean table = book.get(line).startsWith("|");
            boolean head = table && line + 1 < book.size() && isRule(book.get(line + 1));
            if (table && !head && !isRule(book.get(line))) {
                read.take(book.get(line));
            }
        }
        Hazards.all().stream()
                .filter(hazard -> !read.played.contains(hazard))
                .sorted()
                .forEach(hazard -> read.faults.add(hazard + " is not in the book"));
        return List.copyOf(read.faults);
    }

    /** The text of every test of the project, by the name of its class. */
    static Map<String, String> sources(Path project) {
        Map<String, String> sources = new HashMap<>();
        for (String module : List.of("schema", "qmp-gateway", "coordinator")) {
            try (Stream<Path> files = Files.walk(project.resolve(module).resolve("src/test/java"))) {
                for (Path file :
                        files.filter(one -> one.toString().endsWith(".java")).toList()) {
                    String name = String.valueOf(file.getFileName()).replace(".java", "");
                    sources.merge(name, Files.readString(file), (one, other) -> one + "\n" + other);
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        return sources;
    }

    private static boolean isRule(String line) {
        return RULE.matcher(line).matches();
    }

    private void take(String row) {
        List<String> cells = List.of(row.substring(1).split("\\|", -1));
        String first = cells.getFirst().strip();
        Matcher named = TEST.matcher(cells.get(cells.size() - 2));
        boolean any = false;
        while (named.find()) {
            any = true;
            String type = named.group(1);
            String method = named.group(2);
            if (!isTest(type, method)) {
                faults.add("there is no test " + type + "#" + method);
            } else if (Hazards.all().contains(first)
                    && !hazards.tests().getOrDefault(first, Set.of()).contains(type + "." + method)) {
                faults.add(type + "#" + method + " does not say that it plays " + first);
            }
        }
        if (!any) {
            faults.add("no test is named for: " + first);
        }
        played.add(first);
    }

    private boolean isTest(String type, String method) {
        Pattern declared = Pattern.compile("@(?:Test|ParameterizedTest)\\b((?:(?!\\bvoid\\b)[\\s\\S])*)\\bvoid\\s+"
                + Pattern.quote(method) + "\\s*\\(");
        Matcher found = declared.matcher(sources.getOrDefault(type, ""));
        return found.find() && !found.group(1).contains("@Disabled");
    }
}
