package dev.tidemark.gateway.link;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * The coordinators of which any answers any question, and the one that does at present. When that one does not answer any more, all that
 * still waits for it is given up, so that it is asked of the next one.
 */
final class Coordinators {
    private final List<URI> addresses;
    private final Set<Flight> inFlight = new HashSet<>();
    private int current;

    /** Something that was sent and is waited for. */
    static final class Flight {
        private final Future<?> answer;

        private Flight(Future<?> answer) {
            this.answer = answer;
        }
    }

    Coordinators(List<URI> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a gateway needs a coordinator");
        }
        List<URI> roots = new ArrayList<>();
        for (URI address : addresses) {
            String scheme = address.getScheme();
            if (!"http".equals(scheme) && !"https".equals(scheme)) {
                throw new IllegalArgumentException("a coordinator's URL begins with http or https, not " + scheme);
            }
            String text = address.toString();
            roots.add(text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : address);
        }
        this.addresses = List.copyOf(roots);
    }

    int count() {
        return addresses.size();
    }

    synchronized URI current() {
        return addresses.get(current);
    }

    /** Something was sent to this one. */
    synchronized Flight sent(URI to, Future<?> answer) {
        Flight flight = new Flight(answer);
        if (to.equals(current())) {
            inFlight.add(flight);
        } else {
            answer.cancel(true);
        }
        return flight;
    }

    synchronized void landed(Flight flight) {
        inFlight.remove(flight);
    }

    /** This one did not answer. Whoever says so second changes nothing. */
    synchronized void failed(URI coordinator) {
        if (count() > 1 && coordinator.equals(current())) {
            current = (current + 1) % addresses.size();
            inFlight.forEach(flight -> flight.answer.cancel(true));
            inFlight.clear();
        }
    }
}
