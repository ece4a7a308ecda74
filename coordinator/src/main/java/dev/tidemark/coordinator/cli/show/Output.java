package dev.tidemark.coordinator.cli.show;

import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** Writes results to standard output in the chosen format, and what goes wrong to standard error. */
public final class Output {
    private final Terminal terminal;
    private final OutputFormat format;

    public Output(Terminal terminal, OutputFormat format) {
        this.terminal = terminal;
        this.format = format;
    }

    /** The result could not be written, for another reason than a reader that has gone. */
    public static final class Unwritable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Unwritable(IOException cause) {
            super("cannot write the result: " + cause.getMessage(), cause);
        }
    }

    /** The result: the page for people, the document for programs. */
    public void print(JsonNode document, Page page) {
        switch (format) {
            case TABLE -> write(joined(page));
            case JSON, NDJSON, CSV -> write(Documents.json(document));
            case YAML -> write(Documents.yaml(document));
        }
    }

    /**
     * One of many results without an end: a line for people and for programs that read JSON, a document of its own in YAML.
     *
     * @return whether somebody still reads
     */
    public boolean printOneOfMany(JsonNode document, String line) {
        return written(
                switch (format) {
                    case TABLE -> Text.harmless(line) + "\n";
                    case JSON, NDJSON, CSV -> Documents.jsonLine(document);
                    case YAML -> "---\n" + Documents.yaml(document);
                });
    }

    /**
     * A line that is a result as it stands.
     *
     * @return whether somebody still reads
     */
    public boolean printLine(String line) {
        return written(line);
    }

    /** A problem on standard error for people, and as a document where a program reads. */
    public void printProblem(String detail, String remedy, JsonNode document) {
        printError(detail, remedy);
        switch (format) {
            case TABLE -> {}
            case JSON, NDJSON, CSV -> write(Documents.json(document));
            case YAML -> write(Documents.yaml(document));
        }
    }

    /** A problem on standard error alone. */
    public void printError(String detail, String remedy) {
        terminal.note(
                terminal.colouredNotes()
                        ? "\u001b[1;31merror:\u001b[0m " + Text.harmless(detail)
                        : "error: " + Text.harmless(detail));
        if (!remedy.isEmpty()) {
            terminal.note("remedy: " + Text.harmless(remedy));
        }
    }

    private String joined(Page page) {
        StringBuilder text = new StringBuilder();
        for (String line : page.render(terminal.width())) {
            text.append(line).append('\n');
        }
        return text.toString();
    }

    private void write(String text) {
        // "tidemark … | head" is no error: who reads decides how much.
        boolean _ = written(text);
    }

    private boolean written(String text) {
        try {
            terminal.result(text);
            return true;
        } catch (IOException failure) {
            if (!String.valueOf(failure.getMessage()).contains("Broken pipe")) {
                throw new Unwritable(failure);
            }
            return false;
        }
    }
}
