package dev.tidemark.coordinator.endtoend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An exposition in the Prometheus text format (0.0.4), read as strictly as its description is; anything else is an error. */
record Scrape(List<Sample> samples) {
    private static final Pattern TYPE =
            Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)");
    private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) .+");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? ([-+]?(?:[0-9.]+(?:E-?[0-9]+)?|Inf|NaN))");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"(?:,|$)");

    /** One series and its value. */
    record Sample(String name, Map<String, String> labels, double value) {}

    static Scrape of(String text) {
        if (!text.endsWith("\n")) {
            throw new AssertionError("the last line has no end");
        }
        Map<String, String> types = new HashMap<>();
        Set<String> series = new HashSet<>();
        List<Sample> samples = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (line.isEmpty() || HELP.matcher(line).matches()) {
                continue;
            }
            Matcher type = TYPE.matcher(line);
            if (type.matches()) {
                if (types.put(type.group(1), type.group(2)) != null) {
                    throw new AssertionError("told of twice: " + line);
                }
                continue;
            }
            Sample sample = sample(line);
            String kind = types.get(family(sample.name(), types));
            if (kind == null || (kind.equals("counter") && !sample.name().endsWith("_total"))) {
                throw new AssertionError("of no type: " + line);
            }
            if (!series.add(sample.name() + sample.labels())) {
                throw new AssertionError("a series twice: " + line);
            }
            samples.add(sample);
        }
        return new Scrape(samples);
    }

    private static Sample sample(String line) {
        Matcher matcher = SAMPLE.matcher(line);
        if (!matcher.matches()) {
            throw new AssertionError("not a sample: " + line);
        }
        Map<String, String> labels = new TreeMap<>();
        String written = matcher.group(2) == null ? "" : matcher.group(2);
        Matcher label = LABEL.matcher(written);
        int end = 0;
        while (end < written.length()) {
            if (!label.find(end) || label.start() != end || labels.put(label.group(1), label.group(2)) != null) {
                throw new AssertionError("not labels: " + line);
            }
            end = label.end();
        }
        String value = matcher.group(3).replace("Inf", "Infinity");
        return new Sample(matcher.group(1), labels, Double.parseDouble(value));
    }

    private static String family(String name, Map<String, String> types) {
        for (String suffix : List.of("_bucket", "_sum", "_count")) {
            String stem = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
            if ("histogram".equals(types.get(stem)) || "summary".equals(types.get(stem))) {
                return stem;
            }
        }
        return name;
    }

    Set<String> names() {
        Set<String> names = new TreeSet<>();
        samples.forEach(sample -> names.add(sample.name()));
        return names;
    }

    Set<String> labels(String name) {
        Set<String> labels = new TreeSet<>();
        samples.stream()
                .filter(sample -> sample.name().equals(name))
                .forEach(sample -> labels.addAll(sample.labels().keySet()));
        return labels;
    }

    /** The sum of the series that have these labels; not a number if there is none. */
    double value(String name, String... labels) {
        List<Sample> found = samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> {
                    for (int index = 0; index < labels.length; index += 2) {
                        if (!labels[index + 1].equals(sample.labels().get(labels[index]))) {
                            return false;
                        }
                    }
                    return true;
                })
                .toList();
        return found.isEmpty()
                ? Double.NaN
                : found.stream().mapToDouble(Sample::value).sum();
    }

    /** What is wrong with an expression that is to be asked of these series. */
    List<String> misses(String expression) {
        List<String> misses = new ArrayList<>();
        // Prometheus puts these on all that it scrapes.
        Set<String> known = new TreeSet<>(List.of("instance", "job"));
        String bare = expression.replaceAll("\"[^\"]*\"", "");
        Matcher metric =
                Pattern.compile("\\b(?:tidemark|jvm|process)_[a-zA-Z0-9_]+").matcher(bare);
        while (metric.find()) {
            if (names().contains(metric.group())) {
                known.addAll(labels(metric.group()));
            } else {
                misses.add(metric.group());
            }
        }
        Matcher selector = Pattern.compile("\\b((?:tidemark|jvm|process)_[a-zA-Z0-9_]+)\\{([^}]*)}")
                .matcher(expression);
        while (selector.find()) {
            Matcher label = Pattern.compile("([a-zA-Z_]+)\\s*[=!]").matcher(selector.group(2));
            while (label.find()) {
                if (!labels(selector.group(1)).contains(label.group(1))) {
                    misses.add(selector.group(1) + "{" + label.group(1) + "}");
                }
            }
        }
        Matcher grouping = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)").matcher(bare);
        while (grouping.find()) {
            for (String label : grouping.group(1).split(",\\s*", -1)) {
                if (!known.contains(label)) {
                    misses.add("by " + label);
                }
            }
        }
        return misses;
    }
}
