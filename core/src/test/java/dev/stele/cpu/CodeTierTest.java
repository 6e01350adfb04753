package dev.stele.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// The tier of machine code, forced.
class CodeTierTest extends CacheLinesContract {
    @Override
    CacheLines lines() {
        return CacheLinesChoice.detect("code").lines();
    }

    @Test
    void saysWhichInstructions() {
        CacheLines.Report report = CacheLinesChoice.detect("code").report();
        assertEquals(Tier.CODE, report.tier());
        assertEquals(Processor.best().name(), report.instructions());
        assertEquals("machine code (" + report.instructions() + ")", report.toString());
    }
}
