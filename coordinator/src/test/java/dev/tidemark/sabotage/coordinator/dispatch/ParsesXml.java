package dev.tidemark.sabotage.coordinator.dispatch;

import javax.xml.parsers.DocumentBuilderFactory;

/** Breaks the rule that nothing parses with features on. */
public final class ParsesXml {
    private ParsesXml() {}

    /** An attempt. */
    public static String parser() {
        return DocumentBuilderFactory.newDefaultInstance().getClass().getName();
    }
}
