package dev.tidemark.coordinator.drill;

import dev.tidemark.schema.crash.CrashPoint;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A run as one file to keep and to hand on: no script, nothing from elsewhere. */
final class HtmlReport {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Tidemark crash drill</title>
            <style>
            body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1b1b;background:#fff}
            table{border-collapse:collapse;width:100%}
            th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #ddd}
            th{border-bottom:2px solid #888}.PASS{color:#11662b}.FAIL{color:#a4001d;font-weight:bold}
            code{font-size:.9em;overflow-wrap:anywhere}td.n{text-align:right;white-space:nowrap}
            @media print{body{margin:0}}
            </style></head><body>
            """;

    private final Report report;
    private final Map<String, String> versions;
    private final StringBuilder page = new StringBuilder(HEAD);

    private HtmlReport(Report report, Map<String, String> versions) {
        this.report = report;
        this.versions = versions;
    }

    /** @param versions of what took part, by name */
    static String of(Report report, Map<String, String> versions) {
        HtmlReport html = new HtmlReport(report, versions);
        html.write();
        return html.page.toString();
    }

    private void write() {
        page.append("<h1>Tidemark crash drill</h1>\n<p class=\"")
                .append(report.failedCount() == 0 ? "PASS" : "FAIL")
                .append("\">")
                .append(escaped(report.summary()))
                .append("</p>\n");
        page.append(
                "<p>Processes were ended with SIGKILL while the system stood at a named point of its work, and started"
                        + " again. Nobody helped. What must hold after any crash was then judged by asking QEMU through a monitor"
                        + " of its own, the database, and the files of the repository.</p>\n");
        table("What took part");
        row("begun", report.begun().toString());
        row("seed", Long.toString(report.seed()));
        row("lanes at once", Integer.toString(report.jobs()));
        versions.forEach(this::row);
        page.append("</table>\n");
        table("What was judged after each scenario");
        for (Invariant invariant : Invariant.values()) {
            row(invariant.name(), invariant.text());
        }
        page.append("</table>\n");
        scenarios();
        points();
        page.append("</body></html>\n");
    }

    private void scenarios() {
        page.append(
                "<h2>Scenarios</h2>\n<p>Each name says what was being done, at which point, and who was killed there."
                        + " A point with @2 was passed for the second time.</p>\n<table>\n"
                        + "<tr><th>verdict</th><th>scenario</th><th>what was seen</th><th>seconds</th></tr>\n");
        for (Result result : report.results()) {
            page.append("<tr><td class=\"")
                    .append(result.verdict())
                    .append("\">")
                    .append(result.verdict())
                    .append("</td><td><code>")
                    .append(escaped(result.name()))
                    .append("</code></td><td>")
                    .append(escaped(result.detail()));
            if (result.isFailed()) {
                page.append("<br>see it again: <code>")
                        .append(escaped(result.replay(report.seed())))
                        .append("</code>");
            }
            page.append("</td><td class=\"n\">")
                    .append(String.format(Locale.ROOT, "%.1f", result.seconds()))
                    .append("</td></tr>\n");
        }
        page.append("</table>\n");
    }

    private void points() {
        Set<CrashPoint> missing = Arrays.stream(CrashPoint.values())
                .filter(point -> !report.passed().contains(point))
                .collect(Collectors.toCollection(() -> new java.util.TreeSet<>()));
        page.append("<h2>Crash points</h2>\n<p>")
                .append(report.passed().size())
                .append(" of ")
                .append(CrashPoint.values().length)
                .append(" were passed by the processes of this run.");
        if (!missing.isEmpty()) {
            page.append(" Not passed: ").append(missing).append('.');
        }
        page.append("</p>\n");
    }

    private void table(String title) {
        page.append("<h2>").append(title).append("</h2>\n<table>\n");
    }

    private void row(String name, String value) {
        page.append("<tr><th>")
                .append(escaped(name))
                .append("</th><td>")
                .append(escaped(value))
                .append("</td></tr>\n");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
