package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.event.FailureCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told of files that are held has the files' names. */
@SuppressWarnings("NullAway.Init")
class RepositoryExceptionTest {
    @TempDir
    Path directory;

    @Test
    void a_held_directory_and_what_is_in_it_are_told_by_their_names_and_other_descriptors_stay() throws Exception {
        try (Descriptor held = Descriptor.ofDirectory(directory)) {
            // given a message with the directory, a file in it, and a descriptor whose number begins like its own
            Path path = held.path();
            RepositoryException failure = new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, path + ": " + path + "/vda.qcow2 is not " + path + "7");
            // when
            RepositoryException spoken = failure.spoken(held, Path.of("/backups/$1"));
            // then
            assertThat(spoken.detail()).isEqualTo("/backups/$1: /backups/$1/vda.qcow2 is not " + path + "7");
        }
    }
}
