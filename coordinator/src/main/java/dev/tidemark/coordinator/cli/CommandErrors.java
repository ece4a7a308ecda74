package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.show.Output;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.cli.show.Text;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one place where throwables become messages and exit codes. */
final class CommandErrors {
    private static final int SUGGESTIONS_MAX = 3;

    private final Session session;

    CommandErrors(Session session) {
        this.session = session;
    }

    /** The arguments make no sense; nothing was sent. */
    int misused(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        Terminal terminal = session.terminal();
        session.output().printError(String.valueOf(mistake.getMessage()), "");
        if (mistake instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                terminal.note("did you mean: "
                        + String.join(", ", suggestions.subList(0, Math.min(SUGGESTIONS_MAX, suggestions.size())))
                        + "?");
            }
        }
        usage(command);
        return ExitCode.USAGE.number();
    }

    /** A verb ended with a throwable. */
    int failed(Exception failure, CommandLine command, ParseResult parsed) {
        ExitCode exitCode = switch (failure) {
            case Failure known
            when known.document().path("code").asString("").equals(Session.USAGE_CODE) -> {
                session.output().printError(known.detail(), known.remedy());
                usage(command);
                yield known.exitCode();
            }
            case Failure known -> {
                session.output().printProblem(known.detail(), known.remedy(), known.document());
                yield known.exitCode();
            }
            case Output.Unwritable unwritable -> {
                session.output().printError(String.valueOf(unwritable.getMessage()), "");
                yield ExitCode.FAILED;
            }
            default -> {
                unexpected(failure);
                yield ExitCode.FAILED;
            }
        };
        return exitCode.number();
    }

    private void unexpected(Exception failure) {
        boolean traced = !session.terminal().environment("TIDEMARK_TRACE").isEmpty();
        session.output()
                .printError(
                        "unexpected: " + failure,
                        traced ? "report this" : "report this, with what TIDEMARK_TRACE=1 adds to it");
        if (traced) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            session.terminal().noteRaw(trace.toString());
        }
    }

    private void usage(CommandLine command) {
        Help help = command.getHelp();
        String verbs = command.getSubcommands().isEmpty()
                ? ""
                : "verbs: " + String.join(", ", command.getSubcommands().keySet());
        session.terminal().noteRaw("usage: " + help.synopsis("usage: ".length()));
        if (!verbs.isEmpty()) {
            new Page().line(verbs).render(session.terminal().width()).forEach(session.terminal()::note);
        }
        session.terminal()
                .note("help:  " + Text.harmless(command.getCommandSpec().qualifiedName()) + " --help");
    }
}
