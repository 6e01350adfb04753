package dev.stele.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.cpu.CacheLines;
import dev.stele.cpu.Granularity;
import dev.stele.cpu.Tier;
import dev.stele.error.VolumeException;
import dev.stele.medium.MemoryMedium;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Persistent memory on every tier, forced, each in a JVM of its own.
class MemoryTiersTest {
    /// Checks what is promised on the tier that this JVM was told to take.
    static final class Child {
        public static void main(String[] arguments) {
            if (CacheLines.report().tier() == Tier.NONE) {
                withoutATier();
            } else {
                MemoryChecks.copiesAndFills(Granularity.CACHE_LINE);
                MemoryChecks.countsLines();
                MemoryChecks.tellsInvalidationFromFlush();
                MemoryChecks.sendsEveryByte();
            }
            System.out.println(PersistentMemory.capabilities().tier() + " holds");
        }

        private static void withoutATier() {
            MemorySegment memory = Arena.global().allocate(8192);
            System.out.println(assertThrows(UnsupportedOperationException.class,
                    () -> PersistentMemory.of(memory, Granularity.CACHE_LINE)).getMessage());
            System.out.println(assertThrows(VolumeException.class,
                    () -> MemoryMedium.createAsPmem(1 << 20)).errno());
            System.out.println(assertThrows(UnsupportedOperationException.class,
                    () -> PersistentMemory.of(memory).invalidate(0, 64)).getMessage());
            MemoryChecks.copiesAndFills(Granularity.BYTE);
            MemoryChecks.copiesAndFills(Granularity.PAGE);
            System.out.println(PersistentMemory.of(memory).isPersistent() + " "
                    + PersistentMemory.capabilities().canFlush());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"code", "jdk"})
    @DisplayName("A7: the same on machine code and on the JDK's write-back")
    void everyTierKeepsThePromises(String tier) throws Exception {
        assertEquals(tier.toUpperCase(java.util.Locale.ROOT) + " holds\n", run(tier));
    }

    @Test
    @DisplayName("E6: without a tier nothing is persistent, lines are refused, and the rest is as before")
    void withoutATierItSaysSo() throws Exception {
        assertEquals("""
                this processor's caches cannot be flushed from here: stele.cpu.tier=none
                EOPNOTSUPP
                lines cannot be taken out of the caches from here: only machine code does that, and there is \
                none: stele.cpu.tier=none
                false false
                NONE holds
                """, run("none"));
    }

    private static String run(String tier) throws IOException, InterruptedException {
        List<String> command = Stream.of(System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED", "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-XX:+UseSerialGC", "-ea", "-Dstele.cpu.tier=" + tier, "-cp",
                System.getProperty("java.class.path"), Child.class.getName()).toList();
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), output);
        return output;
    }
}
