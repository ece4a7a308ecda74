package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.Callers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code /ui/drills}: reports of crash drills, as {@code drill run --html} writes them, from the home directory's {@code drills}. */
@RestController
public final class DrillResource {
    /** No part of the pages: it runs nothing, and may not even know where it is. */
    private static final String SANDBOX =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,120}\\.(html|json)");
    private static final long BYTES_MAX = 16L * 1024 * 1024;
    private static final int REPORTS_MAX = 200;

    private final Pages pages;
    private final Path directory;
    private final Clock clock;

    public DrillResource(Pages pages, Path directory, Clock clock) {
        this.pages = pages;
        this.directory = directory;
        this.clock = clock;
    }

    @GetMapping("/ui/drills")
    void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Frame frame = Frame.of("Drills", Callers.current(), clock.instant(), "/ui/drills", "/ui/stream")
                .still();
        pages.write(request, response, 200, "drills.jte", new DrillsPage(frame, reports()));
    }

    @GetMapping("/ui/drills/{report}")
    void report(@PathVariable("report") String name, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Path file = directory.resolve(name);
        if (!NAME.matcher(name).matches() || !isReport(file)) {
            throw notFound();
        }
        byte[] content;
        try (InputStream input = Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            content = input.readNBytes((int) BYTES_MAX);
        } catch (NoSuchFileException gone) {
            throw notFound();
        }
        Pages.protect(response, SANDBOX);
        response.setContentType(name.endsWith(".html") ? "text/html;charset=UTF-8" : "application/json;charset=UTF-8");
        response.setContentLength(content.length);
        if (!request.getMethod().equals("HEAD")) {
            response.getOutputStream().write(content);
        }
    }

    private List<DrillsPage.Report> reports() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<DrillsPage.Report> reports = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = String.valueOf(file.getFileName());
                if (NAME.matcher(name).matches() && isReport(file)) {
                    BasicFileAttributes facts =
                            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                    reports.add(
                            new DrillsPage.Report(name, facts.lastModifiedTime().toInstant(), facts.size()));
                }
            }
        }
        reports.sort(Comparator.comparing(DrillsPage.Report::writtenAt).reversed());
        return reports.subList(0, Math.min(REPORTS_MAX, reports.size()));
    }

    /** A link could lead anywhere. */
    private static boolean isReport(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) < BYTES_MAX;
    }

    private static Refusal notFound() {
        return Refusal.notFound("REPORT_NOT_FOUND", "there is no such report", "See the list of reports.");
    }
}
