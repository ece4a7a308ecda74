package dev.tidemark.coordinator.view;

import java.util.Locale;

/** What a list of machines has to ask for machine by machine, and need not if nobody wants to see it. */
public enum MachinePart {
    DISKS("""
            (SELECT json_agg(json_build_object(
                        'name', d.name, 'node', d.node, 'format', d.format, 'virtualSize', d.virtual_size,
                        'file', d.file, 'persistentBitmaps', d.persistent_bitmaps) ORDER BY d.position)
               FROM tidemark.vm_disk d WHERE d.vm = v.id)"""),
    PENDING("""
            (SELECT o.id FROM tidemark.operation o
              WHERE o.vm = v.id AND o.ended_at IS NULL ORDER BY o.version DESC LIMIT 1)"""),
    LABELS("""
            (SELECT e.labels::text FROM tidemark.api_token_entry e
              WHERE e.act = 'LABELLED' AND e.vm = v.id ORDER BY e.sequence DESC LIMIT 1)""");

    private final String question;

    MachinePart(String question) {
        this.question = question;
    }

    /** As SQL, beside a row {@code v} of {@code tidemark.vm}. */
    String question() {
        return question;
    }

    String column() {
        return member();
    }

    /** The member of {@link MachineView} that has it. */
    public String member() {
        return name().toLowerCase(Locale.ROOT);
    }
}
