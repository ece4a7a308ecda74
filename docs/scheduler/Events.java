import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The log as it grows. Goes on where it was when the connection breaks; whoever waits for a machine is woken by its events. */
final class Events implements Runnable {
    private static final String PATH = "/v1/events?type=backup-completed.v1&type=backup-failed.v1&type=backup-aborted.v1&type=machine-removed.v1";
    private final Coordinator coordinator;
    private final Map<String, Semaphore> news = new ConcurrentHashMap<>();
    private String lastEventId = "";

    Events(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    void await(String machine, Instant until) throws InterruptedException {
        long milliseconds = Math.max(1, Duration.between(Time.now(), until).toMillis());
        Semaphore bell = bell(machine);
        if (bell.tryAcquire(milliseconds, TimeUnit.MILLISECONDS)) {
            bell.drainPermits();
        }
    }

    private Semaphore bell(String machine) {
        return news.computeIfAbsent(machine, id -> new Semaphore(0));
    }

    @Override
    public void run() {
        while (true) {
            try {
                listen();
                Thread.sleep(500);
            } catch (IOException broken) {
                pause();
            } catch (InterruptedException interrupted) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen() throws IOException, InterruptedException {
        HttpRequest.Builder request = coordinator.request(PATH).header("Accept", "text/event-stream");
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        HttpResponse<InputStream> response = coordinator.client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() == 400) {
                // Another log than the one we knew: listen from now on, and have everybody look.
                lastEventId = "";
            }
            if (response.statusCode() != 200) {
                throw new IOException("events: " + response.statusCode());
            }
            if (lastEventId.isEmpty()) {
                news.values().forEach(Semaphore::release);
            }
            String id = lastEventId;
            String data = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id:")) {
                    id = line.substring(3).strip();
                } else if (line.startsWith("data:")) {
                    data = line.substring(5).strip();
                } else if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        bell(Json.read(data).text("vmId")).release();
                    }
                    lastEventId = id;
                    data = "";
                }
            }
        }
    }
}
