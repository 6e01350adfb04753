package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HandoverTest {
    /// Both threads come to their end: nobody waits for a turn that nobody passes on.
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aLineGoesThereAndBack() throws Exception {
        Summary nanos = Handover.nanos();
        assertTrue(0 < nanos.p10() && nanos.p10() <= nanos.median() && nanos.median() <= nanos.p90(), nanos.toString());
    }
}
