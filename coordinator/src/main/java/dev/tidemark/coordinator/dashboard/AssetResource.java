package dev.tidemark.coordinator.dashboard;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What pages look like, and the script that keeps them fresh: three small files that come with the program. */
@RestController
public final class AssetResource {
    private final byte[] style = read("style.css");
    private final byte[] script = read("live.js");
    private final byte[] icon = read("icon.svg");

    @GetMapping("/ui/style.css")
    void style(HttpServletRequest request, HttpServletResponse response) throws IOException {
        write(request, response, "text/css;charset=UTF-8", style);
    }

    @GetMapping("/ui/live.js")
    void script(HttpServletRequest request, HttpServletResponse response) throws IOException {
        write(request, response, "text/javascript;charset=UTF-8", script);
    }

    @GetMapping("/ui/icon.svg")
    void icon(HttpServletRequest request, HttpServletResponse response) throws IOException {
        write(request, response, "image/svg+xml;charset=UTF-8", icon);
    }

    private static void write(HttpServletRequest request, HttpServletResponse response, String type, byte[] content)
            throws IOException {
        Pages.protect(response, Pages.POLICY);
        // Asked for again after an upgrade, within a minute.
        response.setHeader("Cache-Control", "private, max-age=60");
        response.setContentType(type);
        response.setContentLength(content.length);
        if (!request.getMethod().equals("HEAD")) {
            response.getOutputStream().write(content);
        }
    }

    private static byte[] read(String name) {
        try (InputStream file = AssetResource.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException("the program comes without " + name);
            }
            return file.readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
