package dev.stele.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bytes are the assembly that is written beside them: `objdump` reads them back, where it is installed.
class DisassemblyTest {
    private static final Pattern INSTRUCTION = Pattern.compile("\\s*([0-9a-f]+):\\t[0-9a-f ]+\\t(.*)");
    private static final List<String> ROUTINES = List.of("FLUSH", "PERSIST", "WHILE", "DRAIN",
            "COPY", "ZERO", "INVALIDATE");

    @TempDir
    Path directory;

    @Test
    void x86() throws Exception {
        assumeTrue(installed("objdump"), "objdump is not installed");
        for (String routine : ROUTINES) {
            assertReadsBack(X86Code.class, routine, List.of("objdump", "-m", "i386:x86-64", "-M", "intel"));
        }
    }

    @Test
    void aarch64() throws Exception {
        assumeTrue(installed("aarch64-linux-gnu-objdump"), "objdump for aarch64 is not installed");
        for (String routine : ROUTINES) {
            assertReadsBack(Aarch64Code.class, routine, List.of("aarch64-linux-gnu-objdump", "-m", "aarch64"));
        }
    }

    @Test
    void olderInstructionsTakeThePlaceOfTheNewest() throws Exception {
        assumeTrue(installed("objdump"), "objdump is not installed");
        List<String> objdump = List.of("objdump", "-m", "i386:x86-64", "-M", "intel");
        List<String> newest = disassemble(x86(X86Code.LineFlush.CLWB).copy(), objdump);
        assertEquals(2, newest.stream().filter(line -> line.contains("clwb BYTE PTR [rax]")).count());
        assertEquals(newest.stream().map(line -> line.replace("clwb", "clflushopt")).toList(),
                disassemble(x86(X86Code.LineFlush.CLFLUSHOPT).copy(), objdump));
        assertEquals(newest.stream().map(line -> line.replace("clwb", "clflush")).toList(),
                disassemble(x86(X86Code.LineFlush.CLFLUSH).copy(), objdump));
    }

    private static CodePage.Source x86(X86Code.LineFlush flush) {
        return X86Code.source(flush, X86Code.LineFlush.CLFLUSH);
    }

    @Test
    @DisplayName("E5: write-back and invalidation are two routines: one keeps lines where it can, the other never does")
    void whatInvalidatesIsNotWhatWritesBack() throws Exception {
        assumeTrue(installed("objdump"), "objdump is not installed");
        List<String> objdump = List.of("objdump", "-m", "i386:x86-64", "-M", "intel");
        CodePage.Source newest = X86Code.source(X86Code.LineFlush.CLWB, X86Code.LineFlush.CLFLUSHOPT);
        List<String> flush = disassemble(newest.flush(), objdump);
        List<String> invalidate = disassemble(newest.invalidate(), objdump);
        assertEquals(1, flush.stream().filter(line -> line.contains(" clwb ")).count());
        assertEquals(0, flush.stream().filter(line -> line.contains("fence")).count());
        assertEquals(0, invalidate.stream().filter(line -> line.contains(" clwb ")).count());
        assertEquals(1, invalidate.stream().filter(line -> line.contains(" clflushopt ")).count());
        assertEquals(2, invalidate.stream().filter(line -> line.contains("mfence")).count());
        CodePage.Source oldest = X86Code.source(X86Code.LineFlush.CLFLUSH, X86Code.LineFlush.CLFLUSH);
        assertEquals(invalidate.stream().map(line -> line.replace("clflushopt", "clflush")).toList(),
                disassemble(oldest.invalidate(), objdump));
        assertEquals(1, disassemble(newest.persist(), objdump).stream()
                .filter(line -> line.contains("sfence")).count());
    }

    /// The word of `dc civac, x0` (the same manual), which neither variant of the clean replaces.
    @Test
    void invalidationOfAarch64() {
        for (Aarch64Code.LineFlush each : Aarch64Code.LineFlush.values()) {
            byte[] invalidate = Aarch64Code.source(each).invalidate();
            assertArrayEquals(new byte[] {0x20, 0x7e, 0x0b, (byte) 0xd5},
                    new byte[] {invalidate[12], invalidate[13], invalidate[14], invalidate[15]});
        }
    }

    /// The words of `dc cvac, x0` and `dc cvac, x4`, from the Arm architecture reference manual (C6.2, DC as SYS).
    @Test
    void theOlderCleanOfAarch64() {
        byte[] flush = Aarch64Code.source(Aarch64Code.LineFlush.CVAC).flush();
        assertArrayEquals(new byte[] {0x20, 0x7a, 0x0b, (byte) 0xd5},
                new byte[] {flush[12], flush[13], flush[14], flush[15]});
    }

    private void assertReadsBack(Class<?> code, String routine, List<String> objdump) throws Exception {
        Field field = code.getDeclaredField(routine);
        field.setAccessible(true);
        String listing = (String) field.get(null);
        List<String> written = new ArrayList<>();
        Listing.forEachLine(listing, line -> written.add(line.offset() + " " + line.instruction()));
        assertTrue(written.size() >= 2);
        assertEquals(written, disassemble(Listing.assemble(listing, (bytes, instruction) -> bytes), objdump));
    }

    private List<String> disassemble(byte[] code, List<String> objdump) throws IOException, InterruptedException {
        Path file = Files.write(directory.resolve("routine.bin"), code);
        List<String> command = new ArrayList<>(objdump);
        command.addAll(List.of("-D", "-b", "binary", "--insn-width=16", file.toString()));
        if (!objdump.contains("-M")) {
            command.remove("--insn-width=16");
        }
        List<String> lines = new ArrayList<>();
        for (String line : run(command).split("\n")) {
            Matcher found = INSTRUCTION.matcher(line);
            if (found.matches()) {
                String instruction = found.group(2).split("//")[0].strip().replaceAll("\\s+", " ");
                // some versions name the idle prefix in front, some inside
                instruction = instruction.replace("ds clflush", "clflush").replace("ds:[", "[");
                lines.add(Integer.parseInt(found.group(1), 16) + " " + instruction);
            }
        }
        return lines;
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    private static boolean installed(String program) {
        for (String directory : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}
