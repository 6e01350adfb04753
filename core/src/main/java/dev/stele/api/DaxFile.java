package dev.stele.api;

import dev.stele.mapping.MappedRange;
import dev.stele.nio.OpenFile;
import dev.stele.node.Attributes;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.List;
import java.util.Objects;

/// A file of a volume, by offset and memory segment, and what only direct access can do with it.
///
/// Positions and lengths are bytes. Every method may be called from any thread, and readers do not wait for each other.
/// Segments must be native memory: a segment of an arena, a mapped one, or that of a direct buffer.
///
/// Every method throws `ClosedChannelException` when the file is closed, `NonWritableChannelException` or
/// `NonReadableChannelException` when it was not opened for that, and `FileSystemException` with the file's name when
/// the volume refuses: full, read-only, damaged, sealed.
public final class DaxFile implements Closeable {
    private final OpenFile file;

    DaxFile(OpenFile file) {
        this.file = file;
        file.ownedBy(this);
    }

    private <T> T reading(OpenFile.Operation<T> operation) throws IOException {
        if (!file.isReadable()) {
            throw new NonReadableChannelException();
        }
        return file.run(operation);
    }

    private <T> T writing(OpenFile.Operation<T> operation) throws IOException {
        if (!file.isWritable()) {
            throw new NonWritableChannelException();
        }
        T result = file.run(operation);
        file.modified();
        return result;
    }

    private interface Change {
        void apply(Volume volume, long inode);
    }

    private void change(Change change) throws IOException {
        writing((volume, inode) -> {
            change.apply(volume, inode);
            return null;
        });
    }

    private static MemorySegment requireNative(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("the segment must be native memory");
        }
        return segment;
    }

    /// The name it was opened by.
    public String path() {
        return file.path();
    }

    public long sizeBytes() throws IOException {
        return reading(DaxFile::size);
    }

    private static long size(Volume volume, long inode) {
        Attributes attributes = new Attributes();
        volume.attributes(inode, attributes);
        return attributes.sizeBytes;
    }

    // Reading and writing: one copy between the segment and the medium

    /// Fills the segment from the file.
    ///
    /// @return bytes read; less than the segment holds only at the end of the file, where it is 0
    public long read(long offset, MemorySegment into) throws IOException {
        return read(offset, into, 0, into.byteSize());
    }

    /// @param intoAt where in the segment the bytes go
    /// @return bytes read
    public long read(long offset, MemorySegment into, long intoAt, long byteCount) throws IOException {
        requireNative(into);
        Objects.checkFromIndexSize(intoAt, byteCount, into.byteSize());
        return reading((volume, inode) -> volume.read(inode, offset, into, intoAt, byteCount));
    }

    /// Writes the segment, as durable when it returns as the options ask with which the file was opened.
    public void write(long offset, MemorySegment from) throws IOException {
        write(offset, from, 0, from.byteSize(), file.durability());
    }

    /// @param fromAt where in the segment the bytes are
    /// @param durability DEFERRED to the next sync; DSYNC and SYNC, durable when this returns; ATOMIC, besides all or
    ///     nothing after a crash
    public void write(long offset, MemorySegment from, long fromAt, long byteCount, Durability durability)
            throws IOException {
        requireNative(from);
        Objects.checkFromIndexSize(fromAt, byteCount, from.byteSize());
        Objects.requireNonNull(durability);
        writing((volume, inode) -> volume.write(
                inode, offset, from, fromAt, byteCount, durability, file.syncErrors()));
    }

    /// Writes at the end of the file. Whoever else appends comes before or after, never between.
    ///
    /// @return offset at which the bytes stand
    public long append(MemorySegment from) throws IOException {
        return append(from, file.durability());
    }

    /// See [#append(MemorySegment)].
    public long append(MemorySegment from, Durability durability) throws IOException {
        requireNative(from);
        Objects.requireNonNull(durability);
        return writing((volume, inode) -> volume.append(
                inode, from, 0, from.byteSize(), durability, file.syncErrors()));
    }

    /// Makes durable everything stored in this file before the call, through whichever door, with its size and times.
    public void sync() throws IOException {
        file.run((volume, inode) -> {
            volume.sync(inode, false, file.syncErrors());
            return null;
        });
    }

    /// As [#sync()], without the times.
    public void syncData() throws IOException {
        file.run((volume, inode) -> {
            volume.sync(inode, true, file.syncErrors());
            return null;
        });
    }

    // Mapping

    /// Maps a range to read and write: [#map(MapMode, long, long, MapOption...)].
    ///
    /// @param offset from the start of the file, in bytes; need not be a multiple of anything
    /// @param byteCount need not be one either, and may be more than 2 GiB
    public DaxMapping map(long offset, long byteCount) throws IOException {
        return map(MapMode.READ_WRITE, offset, byteCount);
    }

    /// Maps a range. The bytes are those of the medium itself, shared at once with everybody who maps, reads or writes
    /// the file.
    ///
    /// READ_WRITE allocates the range, zeroed, before it returns, and the file grows where it ends sooner: no store can
    /// fail for want of space. READ_ONLY allocates nothing and shows zeros for holes, and behind the end of the file
    /// until it grows. PRIVATE keeps its stores to itself; it needs no writable file or volume. Where the file changes
    /// under a mapping (cut, punched, deleted, its volume closed) access is never a fault: the mapping keeps the bytes
    /// it showed, or zeros.
    ///
    /// @throws java.nio.file.FileSystemException where there is no space; where a sealed file has no block for part of
    ///     the range; with [MapOption#SYNC] where no store can be made durable by flushing it: on an image file and on
    ///     volatile memory
    /// @throws NonWritableChannelException for READ_WRITE, where the file was not opened for writing
    public DaxMapping map(MapMode mode, long offset, long byteCount, MapOption... options) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            return map(mode, offset, byteCount, arena, arena::close, options);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// Maps a range for as long as the arena lives; closing the mapping does not end it. A confined arena is closed a
    /// hundred times as fast as a shared one, and serves one thread.
    public DaxMapping map(MapMode mode, long offset, long byteCount, Arena arena, MapOption... options)
            throws IOException {
        return map(mode, offset, byteCount, arena, () -> { }, options);
    }

    private DaxMapping map(MapMode mode, long offset, long byteCount, Arena arena, Runnable onClose,
            MapOption... options) throws IOException {
        Objects.checkFromIndexSize(offset, byteCount, Long.MAX_VALUE);
        OpenFile.Operation<DaxMapping> mapping = (volume, inode) -> {
            volume.requireMappable(mode, options);
            if (mode == MapMode.READ_WRITE && byteCount > 0 && size(volume, inode) < offset + byteCount) {
                // Unlike truncating, this never takes back what another appends meanwhile; all of it at once, so that
                // it stands in one place.
                volume.allocate(inode, offset, byteCount, false);
            }
            MappedRange range = volume.map(inode, offset, byteCount, mode, null, arena, options);
            return new DaxMapping(volume, inode, file.syncErrors(), offset, mode, range, onClose);
        };
        return mode == MapMode.READ_WRITE ? writing(mapping) : reading(mapping);
    }

    // Size and extents, as `fallocate(2)` has them

    /// Cuts the file, or extends it with a hole.
    public void truncate(long sizeBytes) throws IOException {
        change((volume, inode) -> volume.truncate(inode, sizeBytes));
    }

    /// Sees to it that writing to the range cannot fail for want of space. Holes are filled with zeros, and the file
    /// grows where it ends sooner.
    public void allocate(long offset, long byteCount) throws IOException {
        change((volume, inode) -> volume.allocate(inode, offset, byteCount, false));
    }

    /// Gives back the blocks of the range, which reads as zeros from now on. The size stays.
    public void punchHole(long offset, long byteCount) throws IOException {
        change((volume, inode) -> volume.punchHole(inode, offset, byteCount));
    }

    /// Makes the range read as zeros, keeping its blocks; the file grows where it ends sooner.
    public void zeroRange(long offset, long byteCount) throws IOException {
        change((volume, inode) -> volume.zeroRange(inode, offset, byteCount, false));
    }

    /// Removes the range; what follows moves down. Offset and length are multiples of 4096.
    public void collapseRange(long offset, long byteCount) throws IOException {
        change((volume, inode) -> volume.collapseRange(inode, offset, byteCount));
    }

    /// Inserts a hole; what follows moves up. Offset and length are multiples of 4096.
    public void insertRange(long offset, long byteCount) throws IOException {
        change((volume, inode) -> volume.insertRange(inode, offset, byteCount));
    }

    /// @return offset of the first byte at or behind `offset` that is in no hole; -1 where there is none
    public long seekData(long offset) throws IOException {
        return reading((volume, inode) -> volume.seekData(inode, offset));
    }

    /// @return offset of the first hole at or behind `offset`; the end of the file is one; -1 behind it
    public long seekHole(long offset) throws IOException {
        return reading((volume, inode) -> volume.seekHole(inode, offset));
    }

    /// Where the bytes of the range stand on the medium.
    public List<Volume.FileExtent> extents(long offset, long byteCount) throws IOException {
        return reading((volume, inode) -> volume.extents(inode, offset, byteCount));
    }

    /// Forbids any change of where the file's bytes stand, until it is unsealed, also after opening the volume again:
    /// truncating, appending, allocating, punching, collapsing, inserting, and writing [Durability#ATOMIC], which puts
    /// new blocks in the place of old ones, fail. The bytes themselves may be stored and written to in place; names
    /// may be made and removed. Before it returns every hole below the end of the file has a block of zeros, and where
    /// they stand is durable: from here on a store that is flushed needs no sync, ever.
    public void seal() throws IOException {
        change((volume, inode) -> volume.seal(inode, true));
    }

    /// Ends [#seal()]. Refused while anything maps the file, for the mapping may rely on it.
    public void unseal() throws IOException {
        change((volume, inode) -> volume.seal(inode, false));
    }

    /// Lets the file go. Mappings stay.
    @Override
    public void close() {
        file.release();
    }

    @Override
    public String toString() {
        return file.path();
    }
}
