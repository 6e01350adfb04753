package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Finding;
import dev.stele.error.CorruptionException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Run;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.PassThroughMedium;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.XattrMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Inodes whose checksum is right and whose fields contradict each other: no block is handed out twice for it.
class UntrueInodesTest {
    private static final int BLOCK = Geometry.BLOCK_BYTES;
    private static final Name FILE = Name.of("file");
    private static final Name OTHER = Name.of("other");

    private final Medium memory = MemoryMedium.create(4 << 20);
    private final Medium medium = new OutlivesItsVolume(memory);
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes = arena.allocate(BLOCK, 8);
    private Volume volume;
    private long file;
    private long other;

    @BeforeEach
    void build() {
        Volume.format(medium, new FormatOptions("untrue", new UUID(1, 2), 3, 4, 0, 1, 1, 1));
        open();
        file = create(FILE);
        other = create(OTHER);
        write(other, 0, 9, BLOCK);
        write(other, BLOCK, 9, BLOCK);
    }

    @AfterEach
    void close() {
        volume.close();
        memory.close();
        arena.close();
    }

    private void open() {
        volume = Volume.open(medium, new OpenOptions(false, System::nanoTime, false));
    }

    private long create(Name name) {
        return volume.create(volume.root(), name, 0644, 1, 1);
    }

    private void write(long inode, long offset, int content, long byteCount) {
        volume.write(inode, offset, bytes.fill((byte) content), 0, byteCount, Durability.DSYNC);
    }

    /// The inode says otherwise from the next open on.
    private void change(Consumer<MemorySegment> change) {
        volume.close();
        MemorySegment inode = arena.allocate(Inode.BYTES, 64)
                .copyFrom(medium.metadata().segment().asSlice(Inode.at(file), Inode.BYTES));
        change.accept(inode);
        Inode.seal(inode, 0);
        medium.metadata().put(Inode.at(file), inode, 0, Inode.BYTES);
        open();
    }

    /// Every block that can be had is written to, and none of them is one of the other file.
    private void assertNothingIsHandedOutTwice() {
        long filler = create(Name.of("filler"));
        VolumeException full = null;
        for (long at = 0; full == null; at += BLOCK) {
            long offset = at;
            try {
                write(filler, offset, 1, BLOCK);
            } catch (VolumeException e) {
                full = e;
            }
        }
        assertEquals(Errno.ENOSPC, full.errno(), full.getMessage());
        assertOtherIsUntouched();
    }

    private void assertOtherIsUntouched() {
        MemorySegment read = arena.allocate(2 * BLOCK, 8);
        assertEquals(2 * BLOCK, volume.read(other, 0, read, 0, 2 * BLOCK));
        assertEquals(-1, read.mismatch(arena.allocate(2 * BLOCK, 8).fill((byte) 9)));
    }

    /// The blocks that nobody owns and that are not free are told by the check, and free after the repair.
    private void assertLost(long blockCount) {
        volume.close();
        List<Finding> found = Check.run(medium).findings();
        long lost = 0;
        for (Finding each : found) {
            lost += each instanceof Finding.MarkedUsed marked ? marked.blockCount() : 0;
        }
        assertEquals(blockCount, lost, found::toString);
        assertTrue(Check.repair(medium).isClean());
        assertEquals(List.of(), Check.run(medium).findings());
        open();
        assertOtherIsUntouched();
    }

    @Test
    void anUnlinkedFileThatDeniesItsBlocksLosesThem() {
        write(file, 0, 5, BLOCK);
        write(file, 5 * BLOCK, 5, BLOCK);
        change(inode -> Inode.blockCount(inode, 0, 0));
        volume.unlink(volume.root(), FILE);
        assertNull(volume.damage());
        assertNothingIsHandedOutTwice();
        assertLost(2);
    }

    @Test
    void anUnlinkedFileThatDeniesItsAttributesLosesTheirBlock() {
        volume.setXattr(file, Name.of("user.a"), new byte[] {1}, XattrMode.SET);
        change(inode -> Inode.blockCount(inode, 0, 0));
        volume.unlink(volume.root(), FILE);
        assertNull(volume.damage());
        assertNothingIsHandedOutTwice();
        assertLost(1);
    }

    @Test
    void anUnlinkedFileThatClaimsBlocksItDoesNotHaveGivesBackNone() {
        long free = volume.statistics().freeBlocks();
        change(inode -> Inode.blockCount(inode, 0, 1000));
        volume.unlink(volume.root(), FILE);
        assertNull(volume.damage());
        assertEquals(free, volume.statistics().freeBlocks());
        assertNothingIsHandedOutTwice();
        assertLost(0);
    }

    @Test
    void aFileThatClaimsFewerBlocksThanItGivesBackIsTold() {
        write(file, 0, 5, BLOCK);
        write(file, 5 * BLOCK, 5, BLOCK);
        change(inode -> Inode.blockCount(inode, 0, 1));
        assertThrows(CorruptionException.class, () -> volume.unlink(volume.root(), FILE));
        assertTrue(volume.isReadOnly());
        assertOtherIsUntouched();
    }

    /// The bytes of a file are not taken for the tree of its blocks.
    @Test
    void anEmptyFileThatDeniesItsBlocksIsNoPlaceForInlineBytes() {
        volume.allocate(file, 0, BLOCK, true);
        change(inode -> Inode.blockCount(inode, 0, 0));
        long others = volume.extents(other, 0, BLOCK).getFirst().mediumOffset() / BLOCK;
        bytes.fill((byte) 0).set(JAVA_LONG, 8, Run.of(others, 1));
        volume.write(file, 0, bytes, 0, 16, Durability.DSYNC);
        write(file, 0, 7, 200);
        assertOtherIsUntouched();
        MemorySegment read = arena.allocate(BLOCK);
        assertEquals(200, volume.read(file, 0, read, 0, BLOCK));
        assertEquals(7, read.get(JAVA_BYTE, 199));
        assertNothingIsHandedOutTwice();
    }

    @Test
    void inlineBytesWithATreeAreTold() {
        long others = volume.extents(other, 0, BLOCK).getFirst().mediumOffset() / BLOCK;
        bytes.fill((byte) 0).set(JAVA_LONG, 8, Run.of(others, 1));
        volume.write(file, 0, bytes, 0, 16, Durability.DSYNC);
        change(inode -> Inode.rootCount(inode, 0, 1));
        assertThrows(CorruptionException.class, () -> write(file, 0, 7, 200));
        assertOtherIsUntouched();
        assertFalse(Check.run(medium).isClean());
    }

    private static final class OutlivesItsVolume extends PassThroughMedium {
        OutlivesItsVolume(Medium other) {
            super(other);
        }

        @Override
        public String description() {
            return "memory";
        }

        @Override
        public void close() {
            // closed by the test
        }
    }
}
