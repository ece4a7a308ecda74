package dev.tidemark.coordinator.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Manual pages (man(7)) out of the same model that reads the command line, so that neither knows an option that the other does not. */
final class ManualPages {
    private static final int SECTION = 1;

    private final CommandLine root;

    ManualPages(CommandLine root) {
        this.root = root;
    }

    /** Each page by the name of its file. */
    Map<String, String> byFile() {
        Map<String, String> pages = new TreeMap<>();
        collect(root, List.of(root.getCommandName()), pages);
        return pages;
    }

    private void collect(CommandLine command, List<String> words, Map<String, String> pages) {
        pages.put(String.join("-", words) + "." + SECTION, page(command, words));
        command.getSubcommands().forEach((name, child) -> {
            List<String> below = new ArrayList<>(words);
            below.add(name);
            collect(child, below, pages);
        });
    }

    private String page(CommandLine command, List<String> words) {
        CommandSpec spec = command.getCommandSpec();
        String name = String.join("-", words);
        StringBuilder page = new StringBuilder();
        page.append(".TH ")
                .append(escaped(name.toUpperCase(Locale.ROOT)))
                .append(' ')
                .append(SECTION)
                .append(" \"\" Tidemark \"Tidemark Manual\"\n");
        page.append(".SH NAME\n")
                .append(escaped(name))
                .append(" \\- ")
                .append(escaped(description(spec)))
                .append('\n');
        page.append(".SH SYNOPSIS\n");
        synopsis(page, command, words);
        if (!spec.positionalParameters().isEmpty()) {
            page.append(".SH ARGUMENTS\n");
            for (PositionalParamSpec parameter : spec.positionalParameters()) {
                page.append(".TP\n\\fI").append(escaped(parameter.paramLabel())).append("\\fR\n");
                text(page, parameter.description());
            }
        }
        if (!command.getSubcommands().isEmpty()) {
            page.append(".SH VERBS\n");
            command.getSubcommands().forEach((verb, child) -> {
                page.append(".TP\n\\fB").append(escaped(verb)).append("\\fR\n");
                page.append(escaped(description(child.getCommandSpec()))).append('\n');
            });
        }
        page.append(".SH OPTIONS\n");
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                option(page, option);
            }
        }
        page.append(".SH EXIT STATUS\n");
        text(page, root.getCommandSpec().usageMessage().footer());
        seeAlso(page, command, words);
        return page.toString();
    }

    private static void synopsis(StringBuilder page, CommandLine command, List<String> words) {
        page.append("\\fB").append(escaped(String.join(" ", words))).append("\\fR");
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (option.required()) {
                page.append(" \\fB").append(escaped(option.longestName())).append("\\fR \\fI");
                page.append(escaped(option.paramLabel())).append("\\fR");
            }
        }
        page.append(" [\\fIOPTION\\fR]...");
        for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
            String label = "\\fI" + escaped(parameter.paramLabel()) + "\\fR"
                    + (parameter.arity().max() > 1 ? "..." : "");
            page.append(parameter.arity().min() > 0 ? " " + label : " [" + label + "]");
        }
        page.append(command.getSubcommands().isEmpty() ? "\n" : " \\fIVERB\\fR\n");
    }

    private static void option(StringBuilder page, OptionSpec option) {
        page.append(".TP\n");
        List<String> names = new ArrayList<>();
        for (String name : option.names()) {
            names.add("\\fB" + escaped(name) + "\\fR");
        }
        page.append(String.join(", ", names));
        if (option.arity().max() > 0) {
            page.append(" \\fI").append(escaped(option.paramLabel())).append("\\fR");
        }
        page.append('\n');
        text(page, option.description());
    }

    private static void seeAlso(StringBuilder page, CommandLine command, List<String> words) {
        List<String> others = new ArrayList<>();
        if (words.size() > 1) {
            others.add(String.join("-", words.subList(0, words.size() - 1)));
        }
        command.getSubcommands().keySet().forEach(verb -> others.add(String.join("-", words) + "-" + verb));
        if (others.isEmpty()) {
            return;
        }
        page.append(".SH SEE ALSO\n");
        for (int index = 0; index < others.size(); index++) {
            page.append(".BR ")
                    .append(escaped(others.get(index)))
                    .append(" (")
                    .append(SECTION)
                    .append(')');
            page.append(index < others.size() - 1 ? ",\n" : "\n");
        }
    }

    private static String description(CommandSpec spec) {
        return String.join(" ", spec.usageMessage().description());
    }

    private static void text(StringBuilder page, String... lines) {
        for (String line : lines) {
            if (!line.isBlank()) {
                page.append(escaped(line.replace("%n", " "))).append('\n');
            }
        }
    }

    /** A dash is a dash and no hyphen, so that it can be copied; what would begin a request does not. */
    private static String escaped(String text) {
        String plain =
                text.replace("%%", "%").replace("\\", "\\e").replace("-", "\\-").replace("…", "...");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
