package dev.stele.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CacheLinesChoiceTest {
    /// Run in a JVM of its own: says what was chosen, and proves that it works.
    static final class Child {
        private static final int PR_SET_MDWE = 65;
        private static final int PR_MDWE_REFUSE_EXEC_GAIN = 1;

        public static void main(String[] args) {
            if (List.of(args).contains("forbid")) {
                Native.prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
            }
            if (List.of(args).contains("map")) {
                VolumeException refused = assertThrows(VolumeException.class, () -> Native.memfd("none", 0));
                System.out.println(refused.errno() + " " + refused.getMessage());
            }
            System.out.println(CacheLines.report());
            try {
                CacheLines.require().flush(Arena.ofAuto().allocate(4096, 64), 64, 128);
                CacheLines.require().drain();
                System.out.println("usable" + (CacheLines.require().canInvalidate() ? "" : ", not to invalidate"));
            } catch (VolumeException e) {
                System.out.println(e.errno() + " " + e.getMessage());
            }
        }
    }

    @Test
    void machineCodeIsTheBest() {
        CacheLinesChoice choice = CacheLinesChoice.detect("");
        assertEquals(Tier.CODE, choice.report().tier());
        assertEquals("", choice.report().reason());
        assertNotNull(choice.lines());
        assertSame(CacheLines.require(), CacheLines.require());
    }

    @Test
    void noneHasNoLinesAndSaysWhy() {
        CacheLinesChoice none = CacheLinesChoice.detect("none");
        assertNull(none.lines());
        assertEquals("none: stele.cpu.tier=none", none.report().toString());
    }

    @Test
    void anUnknownTierIsRefusedByName() {
        VolumeException refused = assertThrows(VolumeException.class, () -> CacheLinesChoice.detect("fast"));
        assertEquals(Errno.EINVAL, refused.errno());
        assertTrue(refused.getMessage().contains("fast"));
    }

    @Test
    void aPropertyForcesTheTier() throws Exception {
        assertTrue(run("-Dstele.cpu.tier=code").startsWith("machine code ("));
        assertEquals("the JDK's write-back (Unsafe.writebackMemory)\nusable, not to invalidate\n",
                run("-Dstele.cpu.tier=jdk", "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"));
        String none = run("-Dstele.cpu.tier=none");
        assertTrue(none.contains("EOPNOTSUPP this processor's caches cannot be flushed from here: stele.cpu.tier=none"),
                none);
    }

    @Test
    void withoutTheExportTheJdkTierSaysHowToGetIt() throws Exception {
        String refused = run("-Dstele.cpu.tier=jdk");
        assertTrue(refused.contains("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED"), refused);
        assertTrue(refused.contains("EOPNOTSUPP"), refused);
    }

    /// One code cache, large from the start: the JVM itself makes no code executable any more once the kernel refuses
    /// it.
    @Test
    void whereExecutableMemoryIsForbiddenTheNextTierServes() throws Exception {
        String fallen = run("forbid", "-XX:-SegmentedCodeCache",
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
        assertTrue(fallen.startsWith("the JDK's write-back (Unsafe.writebackMemory): no machine code: protect: "),
                fallen);
        assertTrue(fallen.endsWith("usable, not to invalidate\n"), fallen);
        String nothing = run("forbid", "-Xint");
        assertTrue(nothing.startsWith("none: no machine code: protect: "), nothing);
    }

    /// JDK 25 says there that it can, and jumps to address 0 when it should.
    @Test
    void withoutItsOptimisingCompilerTheJdkCannotWriteBack() throws Exception {
        for (String option : List.of("-Xint", "-XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=3")) {
            String refused = run("-Dstele.cpu.tier=jdk", option,
                    "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
            assertTrue(refused.contains("EOPNOTSUPP"), refused);
            assertTrue(refused.contains("run it without -Xint and -XX:TieredStopAtLevel"), refused);
        }
        assertTrue(run("-Xint").startsWith("machine code ("));
    }

    @Test
    void theBestInstructionOfEachProcessorIsTaken() {
        assertEquals("clwb + movntps", Processor.best("amd64", Set.of("clflush", "clwb", "clflushopt")).name());
        assertEquals("clflushopt + movntps", Processor.best("x86_64", Set.of("clflush", "clflushopt")).name());
        assertEquals("clflush + movntps", Processor.best("amd64", Set.of("clflush", "sse2")).name());
        assertEquals("dc cvap", Processor.best("aarch64", Set.of("fp", "dcpop")).name());
        assertEquals("dc cvac", Processor.best("aarch64", Set.of("fp")).name());
        assertThrows(VolumeException.class, () -> Processor.best("amd64", Set.of("sse2")));
        assertThrows(VolumeException.class, () -> Processor.best("riscv64", Set.of()));
    }

    @Test
    void onAnotherSystemEverythingIsRefusedByName() throws Exception {
        String other = run("-Dos.name=Plan 9");
        assertTrue(other.startsWith("none: no machine code: there are routines for Linux on x86-64 and aarch64 only"),
                other);
        assertTrue(run("map", "-Dos.name=Plan 9").contains("EOPNOTSUPP this is Plan 9: a medium needs Linux"));
    }

    private static String run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:InitialCodeCacheSize=32m",
                "-cp", System.getProperty("java.class.path")));
        List<String> arguments = new ArrayList<>();
        for (String each : options) {
            (each.startsWith("-") ? command : arguments).add(each);
        }
        command.add(Child.class.getName());
        command.addAll(arguments);
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), output);
        return output;
    }
}
