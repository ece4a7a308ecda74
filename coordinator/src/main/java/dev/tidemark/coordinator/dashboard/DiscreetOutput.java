package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.security.Confidential;
import gg.jte.TemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one way on which a text from elsewhere gets into a page, whatever template writes it: what this reader may not know is taken out,
 * characters that are obeyed and not shown are made visible, and the rest is escaped for its place.
 */
final class DiscreetOutput extends OwaspHtmlTemplateOutput {
    private final boolean knowsData;

    DiscreetOutput(TemplateOutput output, boolean knowsData) {
        super(output);
        this.knowsData = knowsData;
    }

    @Override
    public void writeUserContent(@Nullable String text) {
        super.writeUserContent(text == null ? null : harmless(knowsData ? text : Confidential.withoutAddresses(text)));
    }

    /** A direction override in a name would turn round what follows it; nobody sees a control character. */
    static String harmless(String text) {
        if (text.codePoints().noneMatch(DiscreetOutput::isObeyed)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            if (isObeyed(character)) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", character));
            } else {
                shown.appendCodePoint(character);
            }
        });
        return shown.toString();
    }

    private static boolean isObeyed(int character) {
        int type = Character.getType(character);
        return (type == Character.CONTROL && character != '\n' && character != '\t')
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
