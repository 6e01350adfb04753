package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/// D5: a process that forks (to start another) loses neither what it has stored nor what it stores from then on; its
/// child is not watched.
class ForkedTest {
    private static final long PAGE = Medium.PAGE_BYTES;

    @Test
    void startingAProcessByForkLosesNoStore() throws Exception {
        Process forking = new ProcessBuilder(List.of(System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Djdk.lang.Process.launchMechanism=FORK", "-cp", System.getProperty("java.class.path"),
                Forking.class.getName())).redirectErrorStream(true).start();
        String output = new String(forking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, forking.waitFor(), output);
        assertEquals("stored before: 3 9, after: 4 9, again: nothing", output.strip());
    }

    /// Runs in a JVM of its own, whose way to start processes is fork(2).
    static final class Forking {
        private Forking() {
        }

        public static void main(String[] arguments) throws Exception {
            try (Medium medium = MemoryMedium.createAsPmem(1 << 20); Arena arena = Arena.ofConfined()) {
                Mmu mmu = Mmu.ofKernel(medium);
                MemorySegment pages = mmu.reserve(true, 16 * PAGE, arena);
                mmu.showMedium(pages.address(), pages.byteSize(), Access.READ_WRITE, 0);
                mmu.watch(pages.address(), pages.byteSize());
                pages.set(JAVA_LONG, 3 * PAGE, 1);
                pages.set(JAVA_LONG, 9 * PAGE, 1);
                fork();
                String before = told(mmu, pages);
                pages.set(JAVA_LONG, 9 * PAGE, 2);
                fork();
                pages.set(JAVA_LONG, 4 * PAGE, 2);
                System.out.println("stored before: " + before + ", after: " + told(mmu, pages) + ", again: "
                        + told(mmu, pages));
            }
        }

        private static void fork() throws Exception {
            new ProcessBuilder("true").start().waitFor();
        }

        private static String told(Mmu mmu, MemorySegment pages) {
            StringJoiner told = new StringJoiner(" ").setEmptyValue("nothing");
            mmu.collect(pages.address(), pages.byteSize(), (address, byteCount) -> {
                for (long at = address; at < address + byteCount; at += PAGE) {
                    told.add(Long.toString((at - pages.address()) / PAGE));
                }
            });
            return told.toString();
        }
    }
}
