package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.schema.json.EventNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is around every page.
 *
 * @param caller who reads it; empty before somebody has signed in
 * @param stream the address that tells when to fetch it again; empty if it never changes
 */
public record Frame(String title, Optional<Identity> caller, Instant now, String section, Optional<String> stream) {
    /** A browser hears only of events whose names it was told. */
    public static final String EVENTS = "progress "
            + String.join(" ", EventNames.all().keySet().stream().sorted().toList());

    /** One entry of the menu. */
    public record Entry(String word, String address, boolean current) {}

    static Frame of(String title, Identity caller, Instant now, String section, String stream) {
        return new Frame(title, Optional.of(caller), now, section, Optional.of(stream));
    }

    /** For a page that stays as it is. */
    Frame still() {
        return new Frame(title, caller, now, section, Optional.empty());
    }

    /** What this reader may open. */
    public List<Entry> menu() {
        List<Entry> menu = new ArrayList<>();
        caller.ifPresent(reader -> {
            menu.add(entry("Machines", "/ui"));
            menu.add(entry("Repositories", "/ui/repositories"));
            menu.add(entry("Gateways", Addresses.GATEWAYS));
            if (reader.may(Permission.AUDIT)) {
                menu.add(entry("Audit", "/ui/audit"));
                menu.add(entry("Drills", "/ui/drills"));
            }
        });
        return menu;
    }

    /** Whether histories can be asked for. */
    public boolean mayAudit() {
        return caller.map(reader -> reader.may(Permission.AUDIT)).orElse(false);
    }

    private Entry entry(String word, String address) {
        return new Entry(word, address, address.equals(section));
    }

    /** As it is written beside the way out. */
    public String reader() {
        return caller.map(known -> known.name() + " · " + known.role().word()
                        + (known.scope().isAll() ? "" : " · " + known.scope().text()))
                .orElse("");
    }
}
