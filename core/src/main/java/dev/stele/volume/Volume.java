package dev.stele.volume;

import dev.stele.medium.Medium;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// An open volume: every POSIX operation by inode number, for the doors (`nio`, `fuse`, `cli`) to stand on.
///
/// Every method may be called from any thread. Each metadata operation is durable, all or nothing, when it returns, at
/// the cost of at most one drain (P1, P2); on media of granularity PAGE it is durable at the next [#sync()] or
/// checkpoint. Expected failures are `VolumeException` with the errno Linux would give; damage is
/// `CorruptionException`, after which the volume is read-only. Permissions are kept, not enforced.
public final class Volume implements AutoCloseable {

    public record Statistics(long blockCount, long freeBlocks, long usedInodes, int blockSizeBytes) {}

    public record Extent(long fileOffset, long mediumOffset, long byteCount, boolean unwritten) {}

    /// How durable a write is when it returns.
    public enum Durability { DEFERRED, DSYNC, SYNC, ATOMIC }

    public enum RenameMode { REPLACE, NOREPLACE, EXCHANGE }

    public enum XattrMode { SET, CREATE, REPLACE }

    public enum MapMode { READ_ONLY, READ_WRITE, PRIVATE }

    public interface EntryVisitor {
        /// @param cookie pass to [#readDirectory] to continue behind this entry; stable while the entry lives
        /// @param type as `d_type`
        /// @return false to stop
        boolean entry(Name name, long inode, int type, long cookie);
    }

    /// Creates an empty volume over everything on the medium. The root directory belongs to uid and gid with mode 0755.
    ///
    /// @param label up to 64 bytes of UTF-8
    public static void format(Medium medium, FormatOptions options) {
        throw new UnsupportedOperationException();
    }

    /// Recovers and opens. The volume owns the medium from here on and closes it.
    public static Volume open(Medium medium, OpenOptions options) {
        throw new UnsupportedOperationException();
    }

    public Medium medium() {
        throw new UnsupportedOperationException();
    }

    public boolean isReadOnly() {
        throw new UnsupportedOperationException();
    }

    public String label() {
        throw new UnsupportedOperationException();
    }

    public java.util.UUID uuid() {
        throw new UnsupportedOperationException();
    }

    /// Inode number of the root directory.
    public long root() {
        throw new UnsupportedOperationException();
    }

    /// @return the inode number, or 0 where there is no such name
    /// @throws dev.stele.error.VolumeException ENOTDIR, ESTALE
    public long lookup(long directory, Name name) {
        throw new UnsupportedOperationException();
    }

    /// The directory that holds `directory`; the root's parent is the root.
    public long parent(long directory) {
        throw new UnsupportedOperationException();
    }

    /// @param mode permission bits; the type is regular. EEXIST where the name is taken.
    public long create(long directory, Name name, int mode, int uid, int gid) {
        throw new UnsupportedOperationException();
    }

    public long mkdir(long directory, Name name, int mode, int uid, int gid) {
        throw new UnsupportedOperationException();
    }

    /// @param mode type bits FIFO, SOCKET, CHARACTER_DEVICE or BLOCK_DEVICE, and permission bits
    public long mknod(long directory, Name name, int mode, long device, int uid, int gid) {
        throw new UnsupportedOperationException();
    }

    /// @param target 1 to 4095 bytes, stored as they are
    public long symlink(long directory, Name name, byte[] target, int uid, int gid) {
        throw new UnsupportedOperationException();
    }

    public byte[] readlink(long inode) {
        throw new UnsupportedOperationException();
    }

    public void link(long inode, long directory, Name name) {
        throw new UnsupportedOperationException();
    }

    public void unlink(long directory, Name name) {
        throw new UnsupportedOperationException();
    }

    public void rmdir(long directory, Name name) {
        throw new UnsupportedOperationException();
    }

    public void rename(long fromDirectory, Name from, long toDirectory, Name to, RenameMode mode) {
        throw new UnsupportedOperationException();
    }

    /// Calls the visitor for every entry behind `cookie` (0: from the start), without `.` and `..`. Entries that exist
    /// for the whole walk are seen exactly once, whatever else is created or removed meanwhile.
    public void readDirectory(long directory, long cookie, EntryVisitor visitor) {
        throw new UnsupportedOperationException();
    }

    public void attributes(long inode, Attributes into) {
        throw new UnsupportedOperationException();
    }

    /// All of the change or nothing; a size change truncates or extends.
    public void setAttributes(long inode, AttributeChange change) {
        throw new UnsupportedOperationException();
    }

    /// @return the value, or null where there is none
    public byte[] getXattr(long inode, Name name) {
        throw new UnsupportedOperationException();
    }

    public void setXattr(long inode, Name name, byte[] value, XattrMode mode) {
        throw new UnsupportedOperationException();
    }

    /// @throws dev.stele.error.VolumeException ENODATA where there is none
    public void removeXattr(long inode, Name name) {
        throw new UnsupportedOperationException();
    }

    public List<Name> listXattrs(long inode) {
        throw new UnsupportedOperationException();
    }

    /// Keeps the inode and its bytes although its last name may go. Every pin needs one [#unpin]. ESTALE if it is gone.
    public void pin(long inode) {
        throw new UnsupportedOperationException();
    }

    public void unpin(long inode) {
        throw new UnsupportedOperationException();
    }

    /// @return bytes read, 0 at end of file
    public long read(long inode, long offset, MemorySegment into, long intoAt, long byteCount) {
        throw new UnsupportedOperationException();
    }

    /// Writes all of it or fails having written nothing or a prefix (ENOSPC); growing the file where it ends later.
    public long write(long inode, long offset, MemorySegment from, long fromAt, long byteCount, Durability durability) {
        throw new UnsupportedOperationException();
    }

    /// Writes at the end, atomically against other appends.
    ///
    /// @return the offset at which the bytes stand
    public long append(long inode, MemorySegment from, long fromAt, long byteCount, Durability durability) {
        throw new UnsupportedOperationException();
    }

    public void truncate(long inode, long sizeBytes) {
        throw new UnsupportedOperationException();
    }

    /// Owns blocks for the whole range; what was a hole reads as zeros. Grows the file unless `keepSize`.
    public void allocate(long inode, long offset, long byteCount, boolean keepSize) {
        throw new UnsupportedOperationException();
    }

    public void punchHole(long inode, long offset, long byteCount) {
        throw new UnsupportedOperationException();
    }

    public void zeroRange(long inode, long offset, long byteCount, boolean keepSize) {
        throw new UnsupportedOperationException();
    }

    /// Removes the range and moves what follows down. Offset and length are multiples of 4096.
    public void collapseRange(long inode, long offset, long byteCount) {
        throw new UnsupportedOperationException();
    }

    /// Moves what follows up and leaves a hole. Offset and length are multiples of 4096.
    public void insertRange(long inode, long offset, long byteCount) {
        throw new UnsupportedOperationException();
    }

    /// @return offset of the first data byte at or behind `offset`; ENXIO is reported as -1
    public long seekData(long inode, long offset) {
        throw new UnsupportedOperationException();
    }

    /// @return offset of the first hole at or behind `offset` (the end of file is one); -1 behind the end
    public long seekHole(long inode, long offset) {
        throw new UnsupportedOperationException();
    }

    public List<Extent> extents(long inode, long offset, long byteCount) {
        throw new UnsupportedOperationException();
    }

    /// @return bytes copied, less than asked only at the end of the source
    public long copyRange(long source, long sourceOffset, long target, long targetOffset, long byteCount) {
        throw new UnsupportedOperationException();
    }

    /// fsync, or fdatasync with `dataOnly`.
    public void sync(long inode, boolean dataOnly) {
        throw new UnsupportedOperationException();
    }

    /// Makes durable every store of every file, and all metadata.
    public void sync() {
        throw new UnsupportedOperationException();
    }

    /// A segment of the file's own bytes, truly mapped (`isMapped()`), living as long as the arena. READ_WRITE
    /// allocates (zeroed) first. The range may reach beyond the end of file only in whole pages the file owns.
    public MemorySegment map(long inode, long offset, long byteCount, MapMode mode, Arena arena) {
        throw new UnsupportedOperationException();
    }

    /// A slice of the medium's own mapping where the range is one written extent, else null. No system call.
    public MemorySegment slice(long inode, long offset, long byteCount) {
        throw new UnsupportedOperationException();
    }

    /// Forbids (or allows again) any change of the file's extents: ETXTBSY.
    public void seal(long inode, boolean sealed) {
        throw new UnsupportedOperationException();
    }

    public Statistics statistics() {
        throw new UnsupportedOperationException();
    }

    /// Extends medium and volume; multiples of 4096.
    public void grow(long newSizeBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
