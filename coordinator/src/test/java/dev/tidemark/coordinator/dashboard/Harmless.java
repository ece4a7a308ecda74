package dev.tidemark.coordinator.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** Holds a page against what the content security policy and a careful reader want of it. */
final class Harmless {
    /** What turns round or hides what stands beside it. */
    private static final Pattern OBEYED = Pattern.compile(
            "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

    private Harmless() {}

    static void check(Document page) {
        assertThat(page.select("script").eachAttr("src")).containsExactly("/ui/live.js");
        assertThat(page.select("script").html()).isBlank();
        assertThat(page.select("style, iframe, object, embed, base, img, meta[http-equiv]"))
                .isEmpty();
        for (Element element : page.getAllElements()) {
            for (Attribute attribute : element.attributes()) {
                assertThat(attribute.getKey())
                        .as(element.tagName())
                        .doesNotStartWith("on")
                        .isNotEqualTo("style");
                if (attribute.getKey().equals("href") || attribute.getKey().equals("src")) {
                    assertThat(attribute.getValue()).as(element.tagName()).matches("(/ui|#).*");
                }
            }
        }
        assertThat(OBEYED.matcher(page.outerHtml()).find())
                .as("control or direction characters")
                .isFalse();
    }
}
