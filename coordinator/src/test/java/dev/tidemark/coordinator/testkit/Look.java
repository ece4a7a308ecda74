package dev.tidemark.coordinator.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a person would complain about who looks at the page that a browser shows. */
public final class Look {
    private static final int TABS_MAX = 400;

    private final Browser browser;
    private final String tools = tools();

    public Look(Browser browser) {
        this.browser = browser;
    }

    /** By how many pixels the page is wider than what its window has for it beside the scroll bar. */
    public int overflow() {
        return browser.run("return document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
                .asInt(9999);
    }

    /** Texts whose contrast is below 4.5 (WCAG 2.2, level AA), with it. */
    public List<String> tooPale() {
        return texts("return tooPale()");
    }

    /** Texts that leave the window or their own box, or that lie over others. */
    public List<String> cutOrCovered() {
        return texts("return cutOrCovered()");
    }

    /** Controls that the tabulator does not reach, or that do not show that they have the focus. The page is not kept fresh from then on. */
    public List<String> keyboardTrouble() {
        // Whatever fetches itself again puts others in the place of those that are counted here.
        browser.run("window.fetch = () => new Promise(() => {}); return true");
        List<String> trouble = walked();
        boolean replaced =
                browser.run("return [...missing].some(one => !one.isConnected)").asBoolean(false);
        // What it had asked for before has come then, and no more will.
        return replaced ? walked() : trouble;
    }

    private List<String> walked() {
        List<String> trouble = new ArrayList<>(texts(
                "window.missing = new Set(reachable()); window.faint = new Set(); window.first = null; window.outside = 0;"
                        + "document.activeElement.blur(); window.scrollTo(0, 0); return []"));
        boolean done = false;
        for (int count = 0; count < TABS_MAX && !done; count++) {
            browser.tab();
            done = browser.run(tools
                            + "const now = document.activeElement; if (now === document.body) return ++outside > 1;"
                            + "if (now === first) return true; first = first || now;"
                            + "missing.delete(now); const style = getComputedStyle(now);"
                            + "if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2"
                            + "  || ratio(channels(style.outlineColor).rgb, ground(now.parentElement)) < 3) faint.add(named(now));"
                            + "return missing.size === 0")
                    .asBoolean(false);
        }
        trouble.addAll(texts("return [...missing].map(one => 'not reached: ' + named(one))"));
        trouble.addAll(texts("return [...faint].map(one => 'focus not seen: ' + one)"));
        return trouble;
    }

    private List<String> texts(String script) {
        List<String> found = new ArrayList<>();
        for (JsonNode one : browser.run(tools + script)) {
            found.add(one.asString(""));
        }
        return found;
    }

    private static String tools() {
        try (InputStream file = Look.class.getResourceAsStream("look.js")) {
            return new String(java.util.Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
