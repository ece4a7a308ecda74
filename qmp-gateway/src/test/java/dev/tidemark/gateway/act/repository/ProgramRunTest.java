package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs that misbehave in a child's ways. */
class ProgramRunTest {
    @Test
    void sabotaged_one_that_behaves_is_a_success() throws Exception {
        run("exit 0").requireSuccess("behave");
    }

    @Test
    void what_it_complains_of_is_told_in_one_bounded_line() {
        assertThatThrownBy(
                        () -> run("printf 'one\\ntwo\\033[31m\\n' >&2; exit 3").requireSuccess("do it"))
                .isInstanceOf(RepositoryException.class)
                .hasMessage("cannot do it: one; two?[31m");
        assertThatThrownBy(() -> run("exit 3").requireSuccess("do it")).hasMessage("cannot do it: exit code 3");
    }

    @Test
    void a_flood_neither_blocks_it_nor_fills_the_memory() throws Exception {
        ProgramRun.Ended ended =
                run("head -c 20000000 /dev/zero | tr '\\0' x; head -c 20000000 /dev/zero | tr '\\0' y >&2");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.errors().length()).isLessThan(100_000);
    }

    @Test
    void one_that_does_not_end_is_killed() {
        long before = System.nanoTime();
        assertThatThrownBy(() -> new ProgramRun(List.of("sleep", "600"), Duration.ofMillis(300), share -> {}).toEnd())
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("did not end");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void it_sees_nothing_of_our_environment_and_reads_nothing() throws Exception {
        ProgramRun.Ended ended = run("cat >&2; env | sort >&2");
        assertThat(ended.errors()).contains("LC_ALL=C").doesNotContain("JAVA_HOME", "HOME=");
    }

    @Test
    void one_that_is_not_there_is_an_error_of_ours() {
        assertThatThrownBy(
                        () -> new ProgramRun(List.of("/nowhere/program"), Duration.ofSeconds(1), share -> {}).toEnd())
                .isInstanceOf(IOException.class);
    }

    @Test
    void progress_is_read_while_it_runs() throws Exception {
        List<Double> shares = new ArrayList<>();
        new ProgramRun(
                        List.of(
                                "/bin/sh",
                                "-c",
                                "printf '    (12.50/100%%)\\r'; sleep 1; printf '    (100.00/100%%)\\r\\n'"),
                        Duration.ofSeconds(30),
                        shares::add)
                .toEnd();
        assertThat(shares).contains(0.125);
    }

    private static ProgramRun.Ended run(String script) throws Exception {
        return new ProgramRun(List.of("/bin/sh", "-c", script), Duration.ofSeconds(60), share -> {}).toEnd();
    }
}
