package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.DayView;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The last weeks of a machine, day by day in UTC: a column a week, oldest first, Monday on top. */
public record Calendar(List<Week> weeks) {
    static final int WEEKS = 12;

    /** What a day can say. */
    public enum State {
        VERIFIED("●", "restore point, verified"),
        TAKEN("◐", "restore point, not verified"),
        DAMAGED("✕", "restore point, damaged"),
        DELETED("◌", "taken, and deleted since"),
        FAILED("!", "tried in vain: no restore point"),
        NONE("–", "no restore point"),
        /** Before the machine was registered, and after today. */
        OUTSIDE("", "");

        private final String shape;
        private final String word;

        State(String shape, String word) {
            this.shape = shape;
            this.word = word;
        }

        public String shape() {
            return shape;
        }

        public String word() {
            return word;
        }

        public String style() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** One day. */
    public record Day(LocalDate date, State state, int points) {
        public String text() {
            return date + ": " + state.word() + (points > 1 ? " (" + points + " restore points)" : "");
        }
    }

    /** Seven days. */
    public record Week(LocalDate monday, List<Day> days) {
        public Week {
            days = List.copyOf(days);
        }
    }

    public Calendar {
        weeks = List.copyOf(weeks);
    }

    /** The first day that is shown. */
    static LocalDate first(Instant now) {
        return now.atZone(ZoneOffset.UTC)
                .toLocalDate()
                .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                .minusWeeks(WEEKS - 1L);
    }

    static Calendar of(List<DayView> days, Instant registeredAt, Instant now) {
        Map<LocalDate, DayView> known = days.stream().collect(Collectors.toMap(DayView::day, Function.identity()));
        LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
        LocalDate registered = registeredAt.atZone(ZoneOffset.UTC).toLocalDate();
        LocalDate day = first(now);
        List<Week> weeks = new ArrayList<>();
        for (int week = 0; week < WEEKS; week++) {
            List<Day> column = new ArrayList<>();
            LocalDate monday = day;
            for (int weekday = 0; weekday < 7; weekday++, day = day.plusDays(1)) {
                Optional<DayView> view = Optional.ofNullable(known.get(day));
                boolean outside = day.isAfter(today) || (day.isBefore(registered) && view.isEmpty());
                column.add(new Day(
                        day,
                        outside ? State.OUTSIDE : view.map(Calendar::state).orElse(State.NONE),
                        view.map(DayView::points).orElse(0)));
            }
            weeks.add(new Week(monday, column));
        }
        return new Calendar(weeks);
    }

    /** The best that there is of the day: that is what one could go back to. */
    private static State state(DayView day) {
        if (day.verified() > 0) {
            return State.VERIFIED;
        }
        if (day.points() > day.damaged()) {
            return State.TAKEN;
        }
        if (day.damaged() > 0) {
            return State.DAMAGED;
        }
        if (day.failed() > 0) {
            return State.FAILED;
        }
        return day.deleted() > 0 ? State.DELETED : State.NONE;
    }
}
