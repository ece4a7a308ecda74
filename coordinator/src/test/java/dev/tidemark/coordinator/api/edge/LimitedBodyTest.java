package dev.tidemark.coordinator.api.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import org.junit.jupiter.api.Test;

/** A body that comes, but never to its end. */
class LimitedBodyTest {
    private static final ServletInputStream ENDLESS = new ServletInputStream() {
        @Override
        public int read() {
            return 'x';
        }

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    };

    @Test
    void a_body_that_trickles_is_given_up_when_its_time_is_over() {
        BodyTrouble trouble =
                catchThrowableOfType(BodyTrouble.class, () -> new LimitedBody(ENDLESS, 1 << 20, 0).readAllBytes());
        assertThat(trouble.problem().status()).isEqualTo(408);
        assertThat(trouble.problem().code()).isEqualTo("BODY_TOO_SLOW");
    }

    @Test
    void a_body_without_an_end_is_given_up_at_its_length() {
        BodyTrouble trouble =
                catchThrowableOfType(BodyTrouble.class, () -> new LimitedBody(ENDLESS, 1000, 60).readAllBytes());
        assertThat(trouble.problem().status()).isEqualTo(413);
        assertThat(trouble.problem().code()).isEqualTo("BODY_TOO_LARGE");
    }
}
