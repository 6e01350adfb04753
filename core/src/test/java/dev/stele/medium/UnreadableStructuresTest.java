package dev.stele.medium;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.cpu.Native;
import dev.stele.format.DirectoryBlock;
import dev.stele.format.JournalRecord;
import dev.stele.format.OrphanBlock;
import dev.stele.format.TreeNode;
import dev.stele.format.XattrBlock;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// P7: the first look at a structure on a page that cannot be read is an error that Java code sees, compiled or not. A
/// JVM that cannot step over the instruction that the compiler chose ends instead, and this test with it.
class UnreadableStructuresTest {
    private static final int PAGE = Medium.PAGE_BYTES;
    private static final int COMPILED = 30_000;

    @TempDir
    Path directory;

    private void look(LongConsumer initialise, LongConsumer verify, MemorySegment segment) {
        initialise.accept(0);
        for (int i = 0; i < COMPILED; i++) {
            verify.accept(0);
        }
        for (int i = 0; i < 20; i++) {
            assertThrows(InternalError.class, () -> {
                verify.accept(PAGE);
                Medium.awaitFaults();
            });
        }
    }

    @Test
    void ofEveryKind() throws IOException {
        Path path = directory.resolve("image");
        Files.write(path, new byte[2 * PAGE]);
        int descriptor = Native.open(path, Native.O_RDWR);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment s = dev.stele.cpu.Mapping.map(arena, descriptor, 0, 2 * PAGE,
                    Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED);
            Native.truncate(descriptor, PAGE);
            look(at -> {
                TreeNode.initialise(s, at, 0, 7, 1);
                TreeNode.seal(s, at);
            }, at -> TreeNode.verify(s, at, 7, 1), s);
            look(at -> { }, at -> TreeNode.verifyHeader(s, at, 7, 1), s);
            look(at -> {
                DirectoryBlock.initialise(s, at, 0, 7);
                DirectoryBlock.seal(s, at);
            }, at -> DirectoryBlock.verify(s, at, 7), s);
            look(at -> { }, at -> DirectoryBlock.verifyHeader(s, at, 7), s);
            look(at -> OrphanBlock.initialise(s, at, 0), at -> OrphanBlock.verify(s, at), s);
            look(at -> {
                XattrBlock.initialise(s, at, 0, 7, 0, 0);
                XattrBlock.seal(s, at);
            }, at -> XattrBlock.verify(s, at, 7), s);
            long[] sum = new long[1];
            look(at -> { }, at -> sum[0] += JournalRecord.entryBytes(s, at), s);
        } finally {
            Native.close(descriptor);
        }
    }
}
