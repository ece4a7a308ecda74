package dev.tidemark.coordinator.drill;

import dev.tidemark.schema.crash.CrashPoint;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** A run as one file to keep and to hand on: no script, nothing from elsewhere; to be read on a telephone and on paper. */
final class HtmlReport {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>Tidemark crash drill</title>
            <style>
            :root{color-scheme:light}
            body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1b1b;background:#fff}
            h2{margin-top:2.2rem}table{border-collapse:collapse;width:100%}
            th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ddd}
            thead th{border-bottom:2px solid #888}tbody th{font-weight:600}
            .PASS{color:#11662b}.FAIL{color:#a4001d;font-weight:bold}
            .verdict{font-size:1.15rem;border-left:.35rem solid;padding:.4rem .8rem}
            code{font-size:.88em;overflow-wrap:anywhere}.n{white-space:nowrap;font-variant-numeric:tabular-nums}.name{min-width:22rem}
            details{font-size:.9em;color:#444}summary{cursor:pointer}ul{margin:.3rem 0;padding-left:1.2rem}
            @media(max-width:640px){
            body{margin:1rem auto;padding:0 .8rem}table,tbody,tr,th,td{display:block}thead{display:none}
            tr{border-bottom:1px solid #bbb;padding:.5rem 0}th,td{border:0;padding:.1rem 0}.name{min-width:0}
            td[data-of]::before{content:attr(data-of) ": ";color:#555}}
            @media print{body{margin:0;max-width:none}tr{break-inside:avoid}}
            </style></head><body>
            """;

    private static final DateTimeFormatter TO_THE_MILLISECOND =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Report report;
    private final Map<String, String> versions;
    private final StringBuilder page = new StringBuilder(HEAD);
    private String[] columns = {};

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
        page.append("<h1>Tidemark crash drill</h1>\n<p class=\"verdict ")
                .append(report.failedCount() == 0 ? "PASS" : "FAIL")
                .append("\">")
                .append(escaped(report.summary()))
                .append("</p>\n");
        page.append("""
                <p>Processes were ended with SIGKILL while the system stood at a named point of its work, and started again.
                Nobody helped. What must hold after any crash was then judged by asking QEMU through a monitor of its own, the
                database, and the files of the repository.</p>
                """);
        table("What took part");
        row("begun", report.begun().toString());
        row("seed", Long.toString(report.seed()));
        row("lanes at once", Integer.toString(report.jobs()));
        versions.forEach(this::row);
        end();
        invariants();
        workflows();
        scenarios();
        points();
        page.append("</body></html>\n");
    }

    private void invariants() {
        table("What was judged after each scenario", "invariant", "what has to hold", "held", "broken");
        for (Invariant invariant : Invariant.values()) {
            row(
                    invariant.name(),
                    invariant.text(),
                    count(result -> result.course().held().contains(invariant)),
                    count(result ->
                            result.course().broken().filter(invariant::equals).isPresent()));
        }
        end();
        page.append("""
                <p>A scenario ends at the first invariant that is broken; what comes after that was not judged. Where nothing was
                acknowledged to the client, there was nothing to judge about it.</p>
                """);
    }

    private void workflows() {
        table("Workflows", "workflow", "scenarios", "passed", "failed", "seconds at most");
        for (Workflow workflow : Workflow.values()) {
            List<Result> of = report.results().stream()
                    .filter(result -> result.name().startsWith(workflow.word() + "/"))
                    .toList();
            long failed = of.stream().filter(Result::isFailed).count();
            double longest = of.stream().mapToDouble(Result::seconds).max().orElse(0);
            row(
                    workflow.word(),
                    Integer.toString(of.size()),
                    Long.toString(of.size() - failed),
                    Long.toString(failed),
                    seconds(longest));
        }
        end();
    }

    private void scenarios() {
        table(
                "Scenarios",
                "verdict",
                "doing what / at which point / who was killed",
                "killed (UTC)",
                "what was seen",
                "seconds");
        for (Result result : report.results()) {
            page.append("<tr><td class=\"")
                    .append(result.verdict())
                    .append("\">")
                    .append(result.verdict())
                    .append("</td><td class=\"name\"><code>")
                    .append(escaped(result.name()))
                    .append("</code></td>");
            cell(
                    "killed (UTC)",
                    result.course().killed().map(TO_THE_MILLISECOND::format).orElse("not"));
            page.append("<td>").append(escaped(result.detail()));
            details(result);
            page.append("</td>");
            cell("seconds", seconds(result.seconds()));
            page.append("</tr>\n");
        }
        end();
        page.append("""
                <p>A point with @2 was passed for the second time since the workflow began. A machine is used for several scenarios
                in a row, so that later ones meet what earlier ones left: the command that shows one again plays those before it too.
                With --all, scenarios with the same victims are played together, each on a machine of its own and with one kill for
                all: then the seconds are those of all together.</p>
                """);
    }

    /** For who wants to know of this one: what held, and how to see it again. */
    private void details(Result result) {
        page.append(result.isFailed() ? "<details open>" : "<details>")
                .append("<summary>")
                .append(result.course().held().size())
                .append(" invariants held</summary><ul>");
        for (Invariant invariant : Invariant.values()) {
            boolean isBroken =
                    result.course().broken().filter(invariant::equals).isPresent();
            if (isBroken || result.course().held().contains(invariant)) {
                page.append(isBroken ? "<li class=\"FAIL\">" : "<li>")
                        .append(invariant)
                        .append(isBroken ? " broken" : " held")
                        .append("</li>");
            }
        }
        page.append("</ul>see it again: <code>")
                .append(escaped(result.replay(report.seed())))
                .append("</code></details>");
    }

    private void points() {
        table("Crash points", "point", "in", "passed in this run", "scenarios that killed there", "failed");
        for (CrashPoint point : CrashPoint.values()) {
            List<Result> there = new ArrayList<>();
            for (Result result : report.results()) {
                Scenario.parsed(result.name())
                        .filter(scenario -> scenario.moment().point() == point)
                        .ifPresent(scenario -> there.add(result));
            }
            row(
                    point.name(),
                    point.component().name().toLowerCase(Locale.ROOT),
                    report.passed().contains(point) ? "yes" : "no",
                    Integer.toString(there.size()),
                    Long.toString(there.stream().filter(Result::isFailed).count()));
        }
        end();
    }

    private void table(String title, String... titles) {
        columns = titles;
        page.append("<h2>").append(title).append("</h2>\n<table>\n");
        if (titles.length > 0) {
            page.append("<thead><tr>");
            for (String each : titles) {
                page.append("<th>").append(each).append("</th>");
            }
            page.append("</tr></thead>\n");
        }
        page.append("<tbody>\n");
    }

    private void row(String name, String... values) {
        page.append("<tr><th>").append(escaped(name)).append("</th>");
        for (int index = 0; index < values.length; index++) {
            cell(index + 1 < columns.length ? columns[index + 1] : "", values[index]);
        }
        page.append("</tr>\n");
    }

    /** @param of the column's title, shown beside the value where there is no room for columns */
    private void cell(String of, String value) {
        page.append(value.matches("[0-9.]+") ? "<td class=\"n\"" : "<td")
                .append(of.isEmpty() ? "" : " data-of=\"" + escaped(of) + "\"")
                .append('>')
                .append(escaped(value))
                .append("</td>");
    }

    private void end() {
        page.append("</tbody></table>\n");
    }

    private String count(Predicate<Result> which) {
        return Long.toString(report.results().stream().filter(which).count());
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
