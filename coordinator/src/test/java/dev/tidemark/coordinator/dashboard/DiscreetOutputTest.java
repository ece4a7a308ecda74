package dev.tidemark.coordinator.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.api.edge.Problem;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;

/** The one way of texts into pages. */
class DiscreetOutputTest {
    private static final ProblemPage PAGE = new ProblemPage(
            new Frame("Problem", Optional.empty(), Samples.NOW, "", Optional.empty()),
            Problem.of(
                    400,
                    "BAD",
                    "job on nbd+unix:///tm-1?socket=/run/x.sock&export=2 said " + Samples.HOSTILE,
                    "see nbd://store:10809/web"));

    @Test
    void a_text_is_shown_and_not_obeyed() {
        Harmless.check(Samples.html("problem.jte", PAGE));
    }

    @Test
    void the_check_finds_what_the_template_engine_alone_lets_through() {
        StringOutput html = new StringOutput();
        TemplateEngine.createPrecompiled(ContentType.Html)
                .render("problem.jte", PAGE, new OwaspHtmlTemplateOutput(html));
        assertThatThrownBy(() -> Harmless.check(Jsoup.parse(html.toString())))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("direction");
    }

    @Test
    void addresses_of_exports_are_for_those_who_may_read_data() {
        assertThat(Samples.html("problem.jte", PAGE, true).text())
                .contains("nbd+unix:///tm-1?socket=/run/x.sock&export=2")
                .contains("nbd://store:10809/web");
        assertThat(Samples.html("problem.jte", PAGE, false).text())
                .doesNotContain("/tm-1")
                .doesNotContain("export=2")
                .doesNotContain("store")
                .contains("nbd:(not shown)");
    }
}
