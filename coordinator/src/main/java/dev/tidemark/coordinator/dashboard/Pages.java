package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Permission;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** From a page to its HTML, and to the browser with all that keeps others out of it. */
public final class Pages {
    /** Nothing inline and nothing from elsewhere: what slipped through the escaping would still not run. */
    static final String POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
            + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private final TemplateEngine engine = TemplateEngine.createPrecompiled(ContentType.Html);

    /** The page as its reader may know it. */
    byte[] html(String template, Object page, boolean knowsData) {
        Utf8ByteOutput output = new Utf8ByteOutput();
        engine.render(template, page, new DiscreetOutput(output, knowsData));
        return output.toByteArray();
    }

    /** Writes the page for whoever asks. */
    void write(HttpServletRequest request, HttpServletResponse response, int status, String template, Object page)
            throws IOException {
        byte[] html = html(template, page, Callers.mayNow(Permission.DATA));
        response.setStatus(status);
        response.setContentType("text/html;charset=UTF-8");
        protect(response, POLICY);
        response.setContentLength(html.length);
        if (!request.getMethod().equals("HEAD")) {
            response.getOutputStream().write(html);
        }
    }

    /** No referrer at all would take the origin out of forms, by which we know our own. */
    static void protect(HttpServletResponse response, String policy) {
        response.setHeader("Content-Security-Policy", policy);
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    }
}
