package dev.stele.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;

/// Machine code as a processor without a better instruction gets it.
class ClflushTest extends CacheLinesContract {
    @BeforeAll
    static void onThisProcessor() {
        assumeTrue(Processor.isX86(), "x86-64 only");
    }

    @Override
    CacheLines lines() {
        return new CodePageLines(X86Code.source(X86Code.LineFlush.CLFLUSH, X86Code.LineFlush.CLFLUSH));
    }
}
