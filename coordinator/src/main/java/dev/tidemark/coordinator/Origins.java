package dev.tidemark.coordinator;

import dev.tidemark.coordinator.view.OriginView;
import dev.tidemark.coordinator.view.StorageUnavailable;
import dev.tidemark.schema.id.OperationId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where operations come from, of those that were asked about last; of others the log is asked. */
final class Origins {
    private static final Logger LOG = LoggerFactory.getLogger(Origins.class);
    private static final int KNOWN_MAX = 4096;

    private final Function<OperationId, Optional<OriginView>> log;
    private final Map<OperationId, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<OperationId, Known> eldest) {
            return size() > KNOWN_MAX;
        }
    };

    private record Known(OriginView view, boolean handedOut) {}

    Origins(Function<OperationId, Optional<OriginView>> log) {
        this.log = log;
    }

    /** It is about to be appended: whoever is woken by that need not ask the log. */
    void remember(OriginView view) {
        synchronized (known) {
            known.put(view.origin().operation(), new Known(view, false));
        }
    }

    /** Empty if nobody can tell, which keeps nobody from working. */
    Optional<OriginView> of(OperationId operation) {
        synchronized (known) {
            Known cached = known.get(operation);
            if (cached != null) {
                return Optional.of(cached.view());
            }
        }
        try {
            Optional<OriginView> found = log.apply(operation);
            found.ifPresent(this::remember);
            return found;
        } catch (StorageUnavailable unavailable) {
            LOG.debug("nobody can tell where {} comes from", operation, unavailable);
            return Optional.empty();
        }
    }

    /** Whether it is handed out for the first time, as far as is remembered here. */
    boolean isHandedOutFirst(OperationId operation) {
        synchronized (known) {
            Known cached = known.get(operation);
            if (cached == null || cached.handedOut()) {
                return false;
            }
            known.put(operation, new Known(cached.view(), true));
            return true;
        }
    }
}
