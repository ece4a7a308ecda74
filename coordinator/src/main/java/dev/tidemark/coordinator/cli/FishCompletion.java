package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A completion script for fish, which picocli does not write: a line for each verb and each option, told apart by the verbs before. */
final class FishCompletion {
    private final String program;
    private final CommandLine root;

    FishCompletion(CommandLine root) {
        this.root = root;
        this.program = root.getCommandName();
    }

    String script() {
        StringBuilder script = new StringBuilder();
        script.append("# Made by: ").append(program).append(" completion fish\n");
        functions(script);
        script.append("complete -c ").append(program).append(" -f\n");
        command(script, root, List.of());
        return script.toString();
    }

    /** Which verbs were typed: what begins with a dash is none, nor is what an option takes. */
    private void functions(StringBuilder script) {
        Set<String> takers = new TreeSet<>();
        collectTakers(root, takers);
        script.append("function __").append(program).append("_verbs\n");
        script.append("    set -l skip no\n");
        script.append("    for word in (commandline -opc)[2..-1]\n");
        script.append("        if test $skip = yes\n            set skip no\n");
        script.append("        else if contains -- $word ").append(String.join(" ", takers));
        script.append("\n            set skip yes\n");
        script.append("        else if not string match -q -- '-*' $word\n            echo $word\n");
        script.append("        end\n    end\nend\n");
        script.append("function __").append(program).append("_at\n");
        script.append("    set -l verbs (__").append(program).append("_verbs)\n");
        script.append("    test (count $verbs) -ge (count $argv); or return 1\n");
        script.append("    for index in (seq (count $argv))\n");
        script.append("        test \"$verbs[$index]\" = \"$argv[$index]\"; or return 1\n");
        script.append("    end\nend\n");
        script.append("function __").append(program).append("_just\n");
        script.append("    set -l verbs (__").append(program).append("_verbs)\n");
        script.append("    test \"$verbs\" = \"$argv\"\nend\n");
    }

    private static void collectTakers(CommandLine command, Set<String> takers) {
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (option.arity().max() > 0) {
                takers.addAll(List.of(option.names()));
            }
        }
        command.getSubcommands().values().forEach(child -> collectTakers(child, takers));
    }

    private void command(StringBuilder script, CommandLine command, List<String> verbs) {
        CommandSpec spec = command.getCommandSpec();
        boolean isGroup = !command.getSubcommands().isEmpty();
        String condition = "__" + program + (isGroup ? "_just " : "_at ") + String.join(" ", verbs);
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                option(script, option, condition.strip());
            }
        }
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            String values = values(parameter);
            if (!values.isEmpty()) {
                line(script, condition.strip())
                        .append(" -a ")
                        .append(quoted(values))
                        .append('\n');
            }
        }
        command.getSubcommands().forEach((name, child) -> {
            line(script, condition.strip())
                    .append(" -a ")
                    .append(name)
                    .append(" -d ")
                    .append(quoted(summary(child)))
                    .append('\n');
            List<String> below = new ArrayList<>(verbs);
            below.add(name);
            command(script, child, below);
        });
    }

    private void option(StringBuilder script, OptionSpec option, String condition) {
        StringBuilder line = line(script, condition);
        for (String name : option.names()) {
            line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        if (option.arity().max() > 0) {
            String values = values(option);
            if (!values.isEmpty()) {
                line.append(" -x -a ").append(quoted(values));
            } else {
                line.append(takesPath(option) ? " -r -F" : " -x");
            }
        }
        line.append(" -d ")
                .append(quoted(String.join(" ", option.description())))
                .append('\n');
    }

    private StringBuilder line(StringBuilder script, String condition) {
        return script.append("complete -c ").append(program).append(" -n ").append(quoted(condition));
    }

    private static boolean takesPath(ArgSpec argument) {
        return argument.type().equals(Path.class)
                || List.of("FILE", "DIR", "SOCKET").contains(argument.paramLabel());
    }

    private static String values(ArgSpec argument) {
        if (!argument.type().isEnum()) {
            return "";
        }
        StringJoiner values = new StringJoiner(" ");
        for (Object value : argument.type().getEnumConstants()) {
            values.add(value.toString().toLowerCase(Locale.ROOT));
        }
        return values.toString();
    }

    private static String summary(CommandLine command) {
        return String.join(" ", command.getCommandSpec().usageMessage().description());
    }

    private static String quoted(String text) {
        return "'" + text.replace("%n", " ").replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
