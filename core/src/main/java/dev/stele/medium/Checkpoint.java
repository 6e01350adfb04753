package dev.stele.medium;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// Changes many pages of an image file at once, all or nothing, on any disk: a double write with a checksum.
///
/// Checkpoint *n* is made in five steps:
///
/// 1. write its pages into an **area** behind the volume, in the same file, apart from the area of *n*-1;
/// 2. sync: its area, everything stored to file data before, and *n*-1's pages in place are now durable;
/// 3. write the **header** ([CheckpointHeader]), which names the area and its checksum;
/// 4. sync: from here on *n* has happened;
/// 5. write its pages in place. No sync: that is step 2 of *n*+1, or [#close].
///
/// Opening reads the header; if it and its area are whole, the area's pages are written in place, again if need be.
/// A disk may lose or keep, in any combination, every sector written since the last sync that returned. The power may
/// fail:
///
/// - **K1** during steps 1 and 2. The header is *n*-1's, or there is none. If its area is whole it is replayed: every
///   page it names is set to its state *n*-1 whatever arrived of step 5 of *n*-1. The area of *n* is elsewhere. *n*-1
///   is found.
/// - **K2** during steps 3 and 4. Old and new header share a sector, so one of them is there; if a disk tears it, none
///   is, by its checksum. Without one, or with *n*-1's, the pages in place are those of *n*-1 (durable since step 2).
///   With *n*'s, its area is durable since step 2, and so is the file data it refers to: *n* is found. The header must
///   not be written before step 2 ends: metadata of *n* could arrive without the data it refers to, and show freed
///   blocks (P8).
/// - **K3** during step 5 and until step 4 of *n*+1. The header of *n* and its area are durable: like K1.
/// - **K4** while opening replays. The header and its area are not touched: the next opening replays again.
/// - **K5** during [#close]. The pages in place are synced before the header is cleared, the header before the area is
///   cut off.
/// - **K6** during growth. As K5, and only then does the volume extend over where the area was.
///
/// Replaying *n* later, after data was stored to the volume, does no harm: a page that *n* names is metadata in *n*,
/// and a freed block is not used for anything else before a later checkpoint is complete; that one replaces the header.
///
/// A write that fails leaves all this true. If it fails in steps 1 to 4, the caller gives the pages again with the next
/// checkpoint; if in step 5, the header stays until a later checkpoint holds those pages, too. A sync that fails is
/// final: the kernel may have dropped what it could not write and will not say so again, so nothing is promised any
/// more.
///
/// Used under the monitor of its medium.
final class Checkpoint {
    private static final int PAGE = Medium.PAGE_BYTES;
    private static final int PART_PAGES = 256;

    /// Takes one page of a checkpoint that is replayed.
    interface PageSink {
        void page(long index, MemorySegment content);
    }

    private final BackingFile file;
    private final long volumeBytes;
    private long sequence;
    /// the area that opening would replay now; empty if none
    private long liveAt;
    private long liveEnd;
    /// whether pages of the live area may be missing in place, because a write failed
    private boolean isIncomplete;
    /// whether the file may be longer than the volume for our sake
    private boolean hasArea;
    /// the failed sync that ended all promises, or null
    private VolumeException broken;

    /// @param live the checkpoint that was found in the file and replayed in place, or null
    Checkpoint(BackingFile file, long volumeBytes, CheckpointHeader live) {
        this.file = file;
        this.volumeBytes = volumeBytes;
        this.sequence = live == null ? 0 : live.sequence();
        this.liveAt = live == null ? volumeBytes : live.areaAt();
        this.liveEnd = live == null ? volumeBytes : live.areaEnd();
        this.hasArea = live != null;
    }

    /// The header of a whole checkpoint, or null.
    static CheckpointHeader find(BackingFile file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(PAGE);
            if (file.read(page, CheckpointHeader.AT) < PAGE) {
                return null;
            }
            CheckpointHeader header = CheckpointHeader.decode(page, file.sizeBytes());
            return header != null && isWhole(file, header) ? header : null;
        }
    }

    private static boolean isWhole(BackingFile file, CheckpointHeader header) {
        CRC32C crc = new CRC32C();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment part = arena.allocate((long) PART_PAGES * PAGE);
            long at = header.areaAt();
            while (at < header.areaEnd()) {
                MemorySegment chunk = part.asSlice(0, Math.min(part.byteSize(), header.areaEnd() - at));
                if (file.read(chunk, at) < chunk.byteSize()) {
                    return false;
                }
                crc.update(chunk.asByteBuffer());
                at += chunk.byteSize();
            }
        }
        return (int) crc.getValue() == header.areaCrc();
    }

    /// Hands over the pages of a whole checkpoint, each once, in ascending order; what it names outside the volume, or
    /// the header's own page, it cannot have written and leaves out.
    static void replay(BackingFile file, CheckpointHeader header, PageSink sink) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate((long) PART_PAGES * Long.BYTES);
            MemorySegment contents = arena.allocate((long) PART_PAGES * PAGE);
            long contentsAt = header.areaAt() + CheckpointHeader.listBytes(header.pageCount());
            for (long done = 0; done < header.pageCount(); done += PART_PAGES) {
                long count = Math.min(PART_PAGES, header.pageCount() - done);
                file.read(list.asSlice(0, count * Long.BYTES), header.areaAt() + done * Long.BYTES);
                file.read(contents.asSlice(0, count * PAGE), contentsAt + done * PAGE);
                for (long each = 0; each < count; each++) {
                    long index = list.get(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), each * Long.BYTES);
                    if (index >= 0 && index < header.volumeBytes() / PAGE && index * PAGE != CheckpointHeader.AT) {
                        sink.page(index, contents.asSlice(each * PAGE, PAGE));
                    }
                }
            }
        }
    }

    /// Makes file data durable and, if there are any, the pages; see the steps above.
    ///
    /// @param pages indices in ascending order
    /// @param contents of the pages, in the same order
    /// @throws VolumeException EIO or ENOSPC; the pages belong to the next checkpoint then
    void write(long[] pages, MemorySegment contents) {
        requireSound();
        if (pages.length == 0) {
            sync();
            return;
        }
        CheckpointHeader header = writeArea(pages, contents);
        sync();
        try {
            writeHeader(header);
        } catch (VolumeException failed) {
            // it may have arrived nevertheless: neither area may be written over
            liveAt = Math.min(liveAt, header.areaAt());
            liveEnd = Math.max(liveEnd, header.areaEnd());
            throw failed;
        }
        sync();
        sequence = header.sequence();
        liveAt = header.areaAt();
        liveEnd = header.areaEnd();
        isIncomplete = true;
        writeInPlace(pages, contents);
        isIncomplete = false;
    }

    private CheckpointHeader writeArea(long[] pages, MemorySegment contents) {
        long areaBytes = CheckpointHeader.areaBytes(pages.length);
        // K1: not over the area that opening would replay
        long at = volumeBytes + areaBytes <= liveAt ? volumeBytes : liveEnd;
        hasArea = true;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(CheckpointHeader.listBytes(pages.length));
            for (int each = 0; each < pages.length; each++) {
                assert each == 0 || pages[each - 1] < pages[each];
                list.set(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), (long) each * Long.BYTES, pages[each]);
            }
            CRC32C crc = new CRC32C();
            crc.update(list.asByteBuffer());
            long contentBytes = (long) pages.length * PAGE;
            for (long done = 0; done < contentBytes; done += Math.min(contentBytes - done, 1 << 30)) {
                crc.update(contents.asSlice(done, Math.min(contentBytes - done, 1 << 30)).asByteBuffer());
            }
            file.write(list, at);
            file.write(contents.asSlice(0, contentBytes), at + list.byteSize());
            return new CheckpointHeader(sequence + 1, volumeBytes, at, pages.length, (int) crc.getValue());
        }
    }

    private void writeHeader(CheckpointHeader header) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(PAGE);
            header.encode(page);
            file.write(page, CheckpointHeader.AT);
        }
    }

    /// Neighbours go in one write.
    private void writeInPlace(long[] pages, MemorySegment contents) {
        int first = 0;
        for (int next = 1; next <= pages.length; next++) {
            if (next == pages.length || pages[next] != pages[next - 1] + 1) {
                file.write(contents.asSlice((long) first * PAGE, (long) (next - first) * PAGE), pages[first] * PAGE);
                first = next;
            }
        }
    }

    /// Leaves a file that needs no replay and ends with the volume. Nothing where there was no checkpoint.
    ///
    /// @throws VolumeException EIO; the file needs its replay then
    void close() {
        if (liveEnd > volumeBytes && !isIncomplete && broken == null) {
            sync();
            try (Arena arena = Arena.ofConfined()) {
                file.write(arena.allocate(PAGE), CheckpointHeader.AT);
            }
            sync();
            liveAt = volumeBytes;
            liveEnd = volumeBytes;
        }
        if (hasArea && liveEnd == volumeBytes && broken == null) {
            file.truncate(volumeBytes);
            hasArea = false;
        }
    }

    /// Whether pages in place may be older than the last checkpoint, because a write failed.
    boolean isIncomplete() {
        return isIncomplete;
    }

    /// The failed sync that ended all promises, or null.
    VolumeException failure() {
        return broken;
    }

    /// @throws VolumeException EIO once a sync has failed
    void requireSound() {
        if (broken != null) {
            throw broken;
        }
    }

    private void sync() {
        try {
            file.sync();
        } catch (VolumeException failed) {
            throw syncFailed(failed);
        }
    }

    /// Remembers that a sync has failed, here or of a part of the file.
    VolumeException syncFailed(VolumeException cause) {
        broken = new VolumeException(Errno.EIO, "the disk under the image failed to write back (" + cause.getMessage()
                + "): what was stored since the last sync may be lost; close the volume and run `stele check`");
        return broken;
    }
}
