package dev.stele.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// The tier of the JDK's own write-back, forced.
class JdkTierTest extends CacheLinesContract {
    @Override
    CacheLines lines() {
        return CacheLinesChoice.detect("jdk").lines();
    }

    @Test
    void saysSo() {
        assertEquals("the JDK's write-back (Unsafe.writebackMemory)",
                CacheLinesChoice.detect("jdk").report().toString());
    }
}
