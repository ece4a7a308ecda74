package dev.tidemark.coordinator.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Status line and header fields of an answer; its body is never read. */
record ResponseHead(int status, Optional<String> retryAfter) {
    private static final int BYTES_MAX = 16 * 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
    private static final String RETRY_AFTER = "retry-after:";

    static ResponseHead read(InputStream in) throws IOException {
        int left = BYTES_MAX;
        while (true) {
            String line = line(in, left);
            left -= line.length();
            Matcher status = STATUS.matcher(line);
            if (!status.matches()) {
                throw new IOException("what answers does not speak HTTP/1.1");
            }
            Optional<String> retryAfter = Optional.empty();
            for (String field = line(in, left); !field.isEmpty(); field = line(in, left)) {
                left -= field.length();
                if (field.toLowerCase(Locale.ROOT).startsWith(RETRY_AFTER)) {
                    retryAfter =
                            Optional.of(field.substring(RETRY_AFTER.length()).strip());
                }
            }
            int code = Integer.parseInt(status.group(1));
            // 100 and its like: the answer comes behind it.
            if (code >= 200) {
                return new ResponseHead(code, retryAfter);
            }
        }
    }

    private static String line(InputStream in, int bytesMax) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended before the answer");
            }
            if (line.length() >= bytesMax) {
                throw new IOException("the answer's head has more than " + BYTES_MAX + " bytes");
            }
            line.append((char) next);
        }
        String text = line.toString();
        String ended = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        return new String(ended.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
    }
}
