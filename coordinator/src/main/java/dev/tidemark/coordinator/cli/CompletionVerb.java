package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark completion}: what a shell needs to complete verbs and options, made from what this version takes. */
@Command(name = "completion", description = "Writes a completion script: source <(tidemark completion bash).")
@SuppressWarnings("NullAway.Init") // picocli fills what is required before it calls
final class CompletionVerb implements Callable<Integer> {
    /** The shells for which there is one. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    @Parameters(index = "0", paramLabel = "SHELL", description = "bash, zsh or fish.")
    private Shell shell;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        spec.commandLine().getOut().print(script(root, shell));
        spec.commandLine().getOut().flush();
        return ExitCode.OK.number();
    }

    static String script(CommandLine root, Shell shell) {
        return switch (shell) {
            case BASH -> bash(root);
            case ZSH -> zsh(root);
            case FISH -> new FishCompletion(root).script();
        };
    }

    private static String bash(CommandLine root) {
        return AutoComplete.bash(root.getCommandName(), root);
    }

    /** By bash's, which zsh can run; loaded by name, it completes already the first time. */
    private static String zsh(CommandLine root) {
        String name = root.getCommandName();
        return "#compdef " + name + "\n"
                + "autoload -U +X compinit && compinit\n"
                + "autoload -U +X bashcompinit && bashcompinit\n"
                // Bash's own; it only tunes what is shown.
                + "(( $+functions[compopt] )) || compopt() { : }\n"
                + bash(root)
                + "if [[ ${funcstack[1]:-} = _" + name + " ]]; then\n"
                + "  _bash_complete -o default -F _complete_" + name + "\n"
                + "fi\n";
    }
}
