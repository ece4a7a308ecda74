package dev.tidemark.coordinator.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
    private static Table table() {
        return new Table()
                .column("NAME")
                .right("SIZE")
                .optional("NOTE")
                .column("WHY")
                .row("vda", "1.0 GiB", "a remark", "because it is what it is")
                .row("vdb", "-", "-", "-");
    }

    private static List<String> at(int width) {
        List<String> lines = new ArrayList<>();
        table().render(width, lines);
        return lines;
    }

    /** A row that asks all others how wide they are makes minutes of this; done once, it is a blink. */
    @Test
    @Timeout(300)
    void a_fleet_is_listed_without_every_row_asking_every_other() {
        Table fleet = new Table().column("NAME").column("STATE").optional("ID");
        for (int machine = 0; machine < 100_000; machine++) {
            fleet.row("vm-" + machine, "UP", "id-" + machine);
        }
        List<String> lines = new ArrayList<>();
        fleet.render(80, lines);
        assertThat(lines).hasSize(100_001).last().isEqualTo("vm-99999  UP     id-99999");
    }

    @Test
    void a_wide_page_shows_all() {
        assertThat(at(80))
                .containsExactly(
                        "NAME     SIZE  NOTE      WHY",
                        "vda   1.0 GiB  a remark  because it is what it is",
                        "vdb         -  -         -");
    }

    @Test
    void the_last_column_is_wrapped_before_anything_is_dropped() {
        assertThat(at(42))
                .containsExactly(
                        "NAME     SIZE  NOTE      WHY",
                        "vda   1.0 GiB  a remark  because it is",
                        "                         what it is",
                        "vdb         -  -         -");
    }

    @Test
    void then_optional_columns_go() {
        assertThat(at(32)).first().isEqualTo("NAME     SIZE  WHY");
    }

    @Test
    void at_last_each_row_is_a_block_of_its_own_with_everything() {
        assertThat(at(20)).contains("NAME  vda", "NOTE  a remark", "WHY   because it is");
    }

    private static final String LONG_NAME =
            "a-machine-with-a-name-that-is-as-long-as-anybody-would-make-one-and-then-some";

    private static List<String> fleet(int width, String... names) {
        Table table = new Table().column("NAME").column("STATE").column("HOST").optional("QEMU");
        for (String name : names) {
            table.row(name, "UP", "hv1", "7.2.22");
        }
        List<String> lines = new ArrayList<>();
        table.render(width, lines);
        return lines;
    }

    @Test
    void one_long_name_has_a_line_of_its_own_and_costs_the_others_nothing() {
        for (int width : new int[] {80, 90}) {
            assertThat(fleet(width, "db", LONG_NAME, "web-1", "web-2", "web-3"))
                    .containsExactly(
                            "NAME   STATE  HOST  QEMU",
                            "db     UP     hv1   7.2.22",
                            LONG_NAME,
                            "       UP     hv1   7.2.22",
                            "web-1  UP     hv1   7.2.22",
                            "web-2  UP     hv1   7.2.22",
                            "web-3  UP     hv1   7.2.22");
        }
        assertThat(fleet(120, "db", LONG_NAME, "web-1", "web-2", "web-3"))
                .contains(LONG_NAME + "  UP     hv1   7.2.22")
                .hasSize(6);
    }

    @Test
    void a_name_is_never_cut_also_if_the_page_is_narrower_than_it() {
        List<String> lines = fleet(40, "db", LONG_NAME, "web-1", "web-2", "web-3");
        assertThat(String.join("", lines)).contains(LONG_NAME);
        assertThat(lines).contains("web-3  UP     hv1   7.2.22").allMatch(line -> line.length() <= 40);
    }

    @Test
    void names_that_are_all_long_are_no_exceptions() {
        assertThat(fleet(80, LONG_NAME + 1, LONG_NAME + 2, LONG_NAME + 3))
                .first()
                .isEqualTo("NAME   " + LONG_NAME.substring(0, 73));
        assertThat(fleet(80, LONG_NAME, "db")).startsWith("NAME  STATE  HOST  QEMU", LONG_NAME);
    }

    @Test
    void no_line_is_wider_than_the_page() {
        for (int width = 1; width < 100; width++) {
            int limit = width;
            assertThat(at(width)).allMatch(line -> line.length() <= Math.max(limit, 3));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1048575, 1.0 MiB",
        "1572864, 1.5 MiB",
        "9223372036854775807, 8.0 EiB",
        "-1, -1 B"
    })
    void sizes_are_for_people(long bytes, String size) {
        assertThat(Text.size(bytes)).isEqualTo(size);
    }

    @Test
    void text_from_elsewhere_cannot_command_a_terminal() {
        assertThat(Text.harmless("a\u001b[2J\u0007\u202e\ud800z")).isEqualTo("a\\u001b[2J\\u0007\\u202e\\ud800z");
        assertThat(Text.harmless("Größe 数")).isEqualTo("Größe 数");
    }
}
