package dev.tidemark.coordinator;

import dev.tidemark.coordinator.cli.Monitoring;
import dev.tidemark.coordinator.monitor.tracing.Collector;
import dev.tidemark.coordinator.security.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a receiver of traces is shown, out of a file: on the command line whoever lists processes would read it. */
final class TraceHeaders {
    /** RFC 9110: a token, and what can be seen. */
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \\t]*([!-~](?:[ -~]*[!-~])?)");

    private TraceHeaders() {}

    /** Where spans are sent, if that was said. */
    static Optional<Collector> collector(Monitoring monitoring) throws IOException {
        if (monitoring.traces().isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> headers = monitoring.traceHeaders().isEmpty()
                ? Map.of()
                : read(monitoring.traceHeaders().get());
        return Optional.of(new Collector(monitoring.traces().get(), headers));
    }

    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line : SecretFile.text(file, "trace header").lines().toList()) {
            Matcher header = LINE.matcher(line.strip());
            if (line.isBlank()) {
                continue;
            }
            // What it says instead is not repeated: it may be the secret.
            if (!header.matches() || headers.put(header.group(1), header.group(2)) != null) {
                throw new IOException(file + " has a line that is not 'Name: value', or a name twice");
            }
        }
        if (headers.isEmpty()) {
            throw new IOException(file + " holds no header");
        }
        return headers;
    }
}
