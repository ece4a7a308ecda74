package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The book of faults names tests that there are, and a test for each divergence. */
class FaultBookTest {
    private static final Path PROJECT = project();
    private static final Map<String, String> SOURCES = FaultBook.sources(PROJECT);
    private static final Hazards HAZARDS = Hazards.in(HazardsTest.TESTS);

    @Test
    void every_line_of_the_book_names_a_test_that_there_is() throws IOException {
        assertThat(faults(book())).isEmpty();
    }

    @Test
    void the_book_is_found_from_the_front_page() throws IOException {
        assertThat(Files.readString(PROJECT.resolve("README.md"))).contains("(docs/faults.md)");
    }

    @Test
    void a_book_that_tells_what_is_not_so_goes_red() throws IOException {
        // given
        List<String> book = new ArrayList<>(book());
        book.removeIf(line -> line.startsWith("| #17 "));
        book.replaceAll(line -> line.startsWith("| #1 ")
                ? line.replace(
                        "a_checkpoint_whose_answer_was_lost_is_created_once",
                        "a_deletion_whose_answer_was_lost_is_not_merged_again")
                : line);
        book.addAll(List.of(
                "",
                "| fault | test |",
                "|---|---|",
                "| a test that was renamed | `LostAnswersIT#there_is_no_such_thing` |",
                "| a method that is no test | `LostAnswersIT#register` |",
                "| a class that is not there | `NobodyIT#there_is_no_such_thing` |",
                "| no test at all | — |"));
        // when, then
        assertThat(faults(book))
                .containsExactly(
                        "LostAnswersIT#a_deletion_whose_answer_was_lost_is_not_merged_again does not say that it plays #1",
                        "there is no test LostAnswersIT#there_is_no_such_thing",
                        "there is no test LostAnswersIT#register",
                        "there is no test NobodyIT#there_is_no_such_thing",
                        "no test is named for: no test at all",
                        "#17 is not in the book");
    }

    private static List<String> faults(List<String> book) {
        return FaultBook.faults(book, SOURCES, HAZARDS);
    }

    private static List<String> book() throws IOException {
        return Files.readAllLines(PROJECT.resolve("docs/faults.md"));
    }

    private static Path project() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("mvnw"))) {
            here = here.resolve("..").normalize();
        }
        return here;
    }
}
