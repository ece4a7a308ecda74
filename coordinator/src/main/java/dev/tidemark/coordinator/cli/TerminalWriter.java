package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Terminal;
import java.io.IOException;
import java.io.Writer;

/** Lets picocli write its help to standard output. */
final class TerminalWriter extends Writer {
    private final Terminal terminal;

    TerminalWriter(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void write(char[] characters, int offset, int length) throws IOException {
        terminal.result(new String(characters, offset, length));
    }

    @Override
    public void flush() {
        // Each write is complete.
    }

    @Override
    public void close() {
        // The process closes its streams.
    }
}
