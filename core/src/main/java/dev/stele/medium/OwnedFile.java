package dev.stele.medium;

import dev.stele.cpu.Native;
import dev.stele.cpu.NativeException;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file or device under a medium, open and owned: one opener that writes, or several that read (I5). The lock is
/// the kernel's (`flock`), so it ends with its process, however that ends; another opener in the same process is
/// refused like any other.
final class OwnedFile implements BackingFile {
    private static final int PAGE = Medium.PAGE_BYTES;

    private final Path path;
    private final int descriptor;
    private final boolean readOnly;
    private volatile boolean closed;

    private OwnedFile(Path path, int descriptor, boolean readOnly) {
        this.path = path;
        this.descriptor = descriptor;
        this.readOnly = readOnly;
    }

    /// Opens what exists.
    ///
    /// @throws VolumeException EBUSY with the owner's name, or what `open(2)` says
    static OwnedFile open(Path path, boolean readOnly) {
        // O_NONBLOCK: a fifo without a writer would wait for one
        int access = readOnly ? Native.O_RDONLY : Native.O_RDWR;
        return lock(path, Native.open(path, access | Native.O_NONBLOCK), readOnly);
    }

    /// Creates a file of zeros.
    ///
    /// @throws VolumeException EEXIST
    static OwnedFile create(Path path, long sizeBytes) {
        OwnedFile file = lock(path, Native.open(path, Native.O_RDWR | Native.O_CREAT | Native.O_EXCL), false);
        try {
            file.truncate(sizeBytes);
            return file;
        } catch (RuntimeException failed) {
            file.close();
            file.delete();
            throw failed;
        }
    }

    /// Takes back a creation that came to nothing.
    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException left) {
            // the error that led here says more than this one
            assert left.getMessage() != null;
        }
    }

    private static OwnedFile lock(Path path, int descriptor, boolean readOnly) {
        try {
            if (!Native.lock(descriptor, (readOnly ? Native.LOCK_SH : Native.LOCK_EX) | Native.LOCK_NB)) {
                throw new VolumeException(Errno.EBUSY, LockOwner.refusal(Native.status(descriptor)));
            }
            return new OwnedFile(path, descriptor, readOnly);
        } catch (RuntimeException failed) {
            Native.close(descriptor);
            throw failed;
        }
    }

    Path path() {
        return path;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    Native.FileStatus status() {
        return Native.status(descriptor());
    }

    /// @throws IllegalStateException once closed: the number may be another file's by then
    @Override
    public int descriptor() {
        if (closed) {
            throw new IllegalStateException("the file is closed");
        }
        return descriptor;
    }

    @Override
    public long sizeBytes() {
        return status().sizeBytes();
    }

    @Override
    public long read(MemorySegment to, long at) {
        return Native.read(descriptor(), to, at);
    }

    /// Excludes [#allocate]: where that must write zeros it must not write them over what is written here.
    @Override
    public synchronized void write(MemorySegment from, long at) {
        try {
            Native.write(descriptor(), from, at);
        } catch (NativeException e) {
            throw full(e);
        }
    }

    /// Says whose space is missing: not the volume's.
    static VolumeException full(NativeException e) {
        return e.errno() == Errno.ENOSPC ? new VolumeException(Errno.ENOSPC,
                "no space left on the file system that holds the volume's file: free some there") : e;
    }

    @Override
    public void sync() {
        Native.syncData(descriptor());
    }

    @Override
    public void truncate(long sizeBytes) {
        Native.truncate(descriptor(), sizeBytes);
    }

    @Override
    public synchronized void allocate(long at, long byteCount) {
        try {
            Native.allocate(descriptor(), Native.FALLOC_FL_KEEP_SIZE, at, byteCount);
        } catch (NativeException e) {
            if (e.errno() != Errno.EOPNOTSUPP && e.number() != 38) {
                throw full(e);
            }
            allocateByWriting(at, byteCount);
        }
    }

    /// For file systems without `fallocate`: writes zeros over pages that read as zeros. Nobody stores to a range
    /// before it is allocated, so no store is lost.
    synchronized void allocateByWriting(long at, long byteCount) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zeros = arena.allocate(PAGE);
            MemorySegment page = arena.allocate(PAGE);
            for (long each = at & -PAGE; each < at + byteCount; each += PAGE) {
                MemorySegment part = page.asSlice(0, Math.min(PAGE, at + byteCount - each));
                long present = Native.read(descriptor(), part, each);
                if (part.asSlice(0, present).mismatch(zeros.asSlice(0, present)) < 0) {
                    write(zeros.asSlice(0, part.byteSize()), each);
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            // a mapping somewhere may keep the open file, and so the lock, alive longer than the descriptor
            Native.lock(descriptor, Native.LOCK_UN);
            Native.close(descriptor);
        }
    }
}
