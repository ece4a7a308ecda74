package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.RepositoryUseView;
import java.util.List;
import java.util.Optional;

/** Where backups lie, and what of them the log knows to be there. */
public record RepositoriesPage(Frame frame, List<Entry> entries) {
    /**
     * One repository.
     *
     * @param directory empty if this coordinator knows none of that name
     * @param use empty if nothing that the reader reaches lies in it
     */
    public record Entry(String name, Optional<String> directory, Optional<RepositoryUseView> use) {}

    public RepositoriesPage {
        entries = List.copyOf(entries);
    }
}
