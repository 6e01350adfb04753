package dev.stele.medium;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/// What a small image should hold: metadata pages full of one stamp each, a superblock's first words in page 0, and one
/// data page that says which version it is at least of.
///
/// @param version number of the checkpoint
/// @param stamps of all pages of the volume
record ImageModel(long version, long[] stamps) {
    static final int PAGE = Medium.PAGE_BYTES;
    static final int FIRST_PAGES = 24;
    private static final long MAGIC = 0x4C4F56454C455453L;
    /// where the header of checkpoints stands
    private static final int HEADER_PAGE = 2;
    private static final int DATA_PAGE = 5;

    /// Version 0: an image of zeros but for its superblock.
    static ImageModel initial() {
        return new ImageModel(0, new long[FIRST_PAGES]);
    }

    static byte[] initialImage() {
        MemorySegment image = Arena.ofAuto().allocate((long) FIRST_PAGES * PAGE);
        image.copyFrom(superblock(FIRST_PAGES));
        return image.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    private static MemorySegment superblock(long blockCount) {
        return MemorySegment.ofBuffer(java.nio.ByteBuffer.allocateDirect(24)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putLong(MAGIC).putInt(1).putInt(PAGE).putLong(blockCount).flip());
    }

    /// The next version: some pages stamped anew through the metadata view, and before them the data page through the
    /// data view, which the operating system may write back at once.
    ImageModel store(Medium medium, RecordedFile file, Random random) {
        long next = version + 1;
        long[] after = java.util.Arrays.copyOf(stamps, (int) (medium.sizeBytes() / PAGE));
        MemorySegment data = filled(next);
        medium.data().put((long) DATA_PAGE * PAGE, data, 0, PAGE);
        file.stored(data, (long) DATA_PAGE * PAGE);
        int count = 1 + random.nextInt(8);
        for (int each = 0; each < count; each++) {
            int page = random.nextInt(after.length);
            if (page != HEADER_PAGE && page != DATA_PAGE && page != 0) {
                after[page] = next;
                medium.metadata().put((long) page * PAGE, filled(next), 0, PAGE);
            }
        }
        medium.metadata().put(0, superblock(after.length), 0, 24);
        // every version differs from every other
        medium.metadata().putLong(32, next);
        return new ImageModel(next, after);
    }

    private static MemorySegment filled(long stamp) {
        MemorySegment page = Arena.ofAuto().allocate(PAGE, 8);
        for (long at = 0; at < PAGE; at += Long.BYTES) {
            page.set(JAVA_LONG, at, stamp);
        }
        return page;
    }

    /// Whether the medium holds this version, by the number in page 0.
    boolean isIn(Medium medium) {
        return medium.metadata().segment().get(JAVA_LONG, 32) == version;
    }

    /// Every byte of metadata is this version's, and file data is not older.
    void assertIn(Medium medium, String context) {
        MemorySegment metadata = medium.metadata().segment();
        assertEquals(stamps.length, metadata.get(JAVA_LONG, 16), context);
        assertEquals((long) stamps.length * PAGE, medium.sizeBytes(), context);
        for (int page = 1; page < stamps.length; page++) {
            if (page == HEADER_PAGE) {
                continue;
            }
            for (long at = 0; at < PAGE; at += Long.BYTES) {
                long found = metadata.get(JAVA_LONG, (long) page * PAGE + at);
                if (page == DATA_PAGE) {
                    assertTrue(found >= version, () -> context + ": data older than its metadata");
                } else if (found != stamps[page]) {
                    assertEquals(stamps[page], found, context + ": version " + version + " page " + page);
                }
            }
        }
    }
}
