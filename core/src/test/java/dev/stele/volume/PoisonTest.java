package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.UnreadableException;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.FileExtent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Memory that has lost its bytes (P-1 to P-7): whoever meets it is told which byte of which file, all else goes on,
/// and the block is whole again once all of it has been written anew. Never does the JVM end (P7).
class PoisonTest {
    private static final int BLOCK = (int) Geometry.BLOCK_BYTES;
    private static final int LINE = 64;
    private static final int BYTES = 3 * BLOCK + 100;

    private final SimMedium medium = SimMedium.create(4 << 20);
    private final MemorySegment buffer = Arena.ofAuto().allocate(4 * BLOCK);
    private Volume volume;
    private long file;

    @BeforeEach
    void make() {
        Volume.format(medium, new FormatOptions("poison", new UUID(1, 2), 3, 4, 16, 0, 0, 1));
        volume = Volume.open(medium, new OpenOptions(false, () -> 7, false));
        file = volume.create(volume.root(), Name.of("f"), 0644, 0, 0);
        write(0, BYTES, 1, Durability.SYNC);
        volume.sync();
        write(0, 8, 1, Durability.SYNC);
    }

    @AfterEach
    void close() {
        volume.close();
    }

    private void write(long offset, int byteCount, int value, Durability durability) {
        buffer.asSlice(0, byteCount).fill((byte) value);
        assertEquals(byteCount, volume.write(file, offset, buffer, 0, byteCount, durability));
    }

    /// Where a byte of the file stands.
    private long at(long offset) {
        FileExtent extent = volume.extents(file, offset, 1).getFirst();
        return extent.mediumOffset() + offset - extent.fileOffset();
    }

    private void poison(long offset, int byteCount) {
        medium.poison(at(offset), byteCount);
    }

    private void requireBytes(long offset, int byteCount, int value) {
        assertEquals(byteCount, volume.read(file, offset, buffer, 0, byteCount));
        for (int i = 0; i < byteCount; i++) {
            assertEquals(value, buffer.get(JAVA_BYTE, i), "byte " + (offset + i));
        }
    }

    @Test
    @DisplayName("P-1, P-2: a read gives out what stands before the bad line, then EIO with the place in the file")
    void aReadStopsAtTheBadLineAndNamesIt() {
        poison(BLOCK + 5 * LINE, 1);
        assertEquals(BLOCK + 5 * LINE, volume.read(file, 0, buffer, 0, BYTES));
        assertEquals(5 * LINE - 10, volume.read(file, BLOCK + 10, buffer, 0, 2 * BLOCK));
        UnreadableException bad = assertThrows(UnreadableException.class,
                () -> volume.read(file, BLOCK + 5 * LINE + 3, buffer, 0, 10));
        assertEquals(Errno.EIO, bad.errno());
        assertEquals(at(BLOCK + 5 * LINE) + 3, bad.at());
        assertTrue(bad.getMessage().startsWith("byte " + (BLOCK + 5 * LINE + 3) + " of the file"), bad.getMessage());
        requireBytes(BLOCK + 6 * LINE, BLOCK, 1);
        requireBytes(0, BLOCK, 1);
        assertFalse(volume.isReadOnly());
    }

    @Test
    @DisplayName("P-2: the rest of the volume is as good as before")
    void allElseGoesOn() {
        poison(0, BLOCK);
        long other = volume.create(volume.root(), Name.of("g"), 0644, 0, 0);
        assertEquals(9, volume.append(other, buffer, 0, 9, Durability.SYNC) + 9);
        volume.rename(volume.root(), Name.of("f"), volume.root(), Name.of("h"), Volume.RenameMode.REPLACE);
        requireBytes(BLOCK, BLOCK, 1);
        volume.sync();
        Attributes attributes = new Attributes();
        volume.attributes(file, attributes);
        assertEquals(BYTES, attributes.sizeBytes);
    }

    @Test
    @DisplayName("P-4: a write of the whole block repairs it, whichever way it is made durable")
    void aWriteOfTheWholeBlockRepairsIt() {
        for (Durability durability : Durability.values()) {
            poison(BLOCK, BLOCK);
            write(BLOCK, BLOCK, 2, durability);
            requireBytes(BLOCK, BLOCK, 2);
            requireBytes(2 * BLOCK, BLOCK, 1);
            volume.sync(file, false);
        }
    }

    @Test
    @DisplayName("P-4: so does one that begins before it and ends behind it, or that covers all of its bad lines")
    void aWriteOverTheBadLinesRepairsThem() {
        poison(BLOCK, BLOCK);
        write(BLOCK - 10, BLOCK + 20, 3, Durability.DEFERRED);
        requireBytes(0, BLOCK - 10, 1);
        requireBytes(BLOCK - 10, BLOCK + 20, 3);
        requireBytes(2 * BLOCK + 10, BLOCK - 10, 1);
        poison(2 * BLOCK + LINE, 2 * LINE);
        write(2 * BLOCK + LINE - 3, 2 * LINE + 5, 4, Durability.DSYNC);
        requireBytes(2 * BLOCK + 10, LINE - 13, 1);
        requireBytes(2 * BLOCK + LINE - 3, 2 * LINE + 5, 4);
        requireBytes(2 * BLOCK + 3 * LINE + 2, LINE, 1);
        assertEquals(0, medium.poisonedLineCount());
    }

    @Test
    @DisplayName("P-4: a write that leaves a bad byte uncovered is EIO with the place of that byte, and stores nothing")
    void aWriteOfAPartIsRefused() {
        poison(BLOCK + LINE, 2 * LINE);
        for (Durability durability : Durability.values()) {
            VolumeException refused = assertThrows(VolumeException.class,
                    () -> write(BLOCK + LINE, LINE, 5, durability), durability.toString());
            assertEquals(Errno.EIO, refused.errno());
            assertFalse(refused.getMessage().contains("\n"));
            if (durability != Durability.ATOMIC) {
                assertEquals("byte " + (BLOCK + LINE) + " of the file",
                        refused.getMessage().replaceAll(" of the file.*", " of the file"));
            }
        }
        requireBytes(BLOCK, LINE, 1);
        requireBytes(BLOCK + 3 * LINE, LINE, 1);
        assertFalse(volume.isReadOnly());
        write(0, BYTES, 6, Durability.SYNC);
        requireBytes(0, BYTES, 6);
    }

    @Test
    @DisplayName("P-6: bad blocks that a file gives up are whole when somebody gets them")
    void freedBlocksAreRepairedByTheirNextOwner() {
        poison(0, BYTES);
        volume.unlink(volume.root(), Name.of("f"));
        volume.sync();
        file = volume.create(volume.root(), Name.of("f"), 0644, 0, 0);
        long free = volume.statistics().freeBlocks();
        for (long offset = 0; offset < (free - 20) * BLOCK; offset += BLOCK) {
            write(offset, BLOCK, 8, Durability.DEFERRED);
        }
        assertEquals(0, medium.poisonedLineCount());
        requireBytes(0, BLOCK, 8);
    }

    @Test
    @DisplayName("P-7, P7: bad structures are EIO, not the end of the JVM; what does not need them goes on")
    void badStructuresAreExceptions() {
        long directory = volume.mkdir(volume.root(), Name.of("d"), 0755, 0, 0);
        for (int i = 0; i < 30; i++) {
            volume.create(directory, Name.of("name " + i), 0644, 0, 0);
        }
        volume.sync();
        MemorySegment whole = medium.durableBytes();
        MemorySegment zeros = Arena.ofAuto().allocate(BLOCK);
        int tried = 0;
        for (long at = BLOCK; at < medium.sizeBytes(); at += BLOCK) {
            if (whole.asSlice(at, BLOCK).mismatch(zeros) >= 0) {
                try (SimMedium copy = SimMedium.create(medium.sizeBytes())) {
                    copy.restore(whole);
                    copy.poison(at, LINE);
                    useAll(copy, directory);
                }
                tried++;
            }
        }
        assertTrue(tried > 8, "only " + tried + " blocks hold anything");
    }

    private void useAll(SimMedium copy, long directory) {
        try (Volume damaged = Volume.open(copy, new OpenOptions(false, () -> 9, false))) {
            Attributes attributes = new Attributes();
            tried(() -> damaged.read(file, 0, buffer, 0, BYTES));
            tried(() -> damaged.lookup(directory, Name.of("name 7")));
            tried(() -> damaged.readDirectory(directory, 0, (name, inode, type, cookie) -> true));
            tried(() -> damaged.attributes(directory, attributes));
            tried(() -> damaged.create(damaged.root(), Name.of("new"), 0644, 0, 0));
            tried(() -> damaged.write(file, 0, buffer, 0, 100, Durability.SYNC));
            tried(() -> damaged.unlink(directory, Name.of("name 3")));
            tried(damaged::sync);
        } catch (VolumeException refused) {
            assertTrue(refused.errno() == Errno.EIO || refused.errno() == Errno.EUCLEAN
                    || refused.errno() == Errno.EROFS, refused.getMessage());
        }
    }

    private static void tried(Runnable action) {
        try {
            action.run();
        } catch (VolumeException typed) {
            assertFalse(typed.getMessage().contains("\n"));
        }
    }

    /// Until sums were taken of a copy this was the end of the JVM.
    @Test
    void aSumOfWhatCannotBeReadIsAnError() {
        medium.poison(Inode.at(file) & -BLOCK, LINE);
        MemorySegment segment = medium.metadata().segment();
        for (int i = 0; i < 3; i++) {
            assertThrows(InternalError.class,
                    () -> dev.stele.format.Crc32c.of(segment, Inode.at(file) & -BLOCK, BLOCK));
        }
        medium.restore(medium.durableBytes());
    }
}
