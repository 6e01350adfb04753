package dev.stele.nio;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;

/// A held range of [FileLocks].
final class DaxFileLock extends FileLock {
    private final FileLocks locks;
    private final FileLocks.Range range;

    private DaxFileLock(FileChannel channel, OpenFile file, long position, long size, boolean shared) {
        super(channel, position, size, shared);
        this.locks = file.fileSystem().locks();
        this.range = locks.add(file, position, size);
    }

    private DaxFileLock(AsynchronousFileChannel channel, OpenFile file, long position, long size, boolean shared) {
        super(channel, position, size, shared);
        this.locks = file.fileSystem().locks();
        this.range = locks.add(file, position, size);
    }

    /// @param size 0 for all that is behind `position`
    /// @throws java.nio.channels.OverlappingFileLockException if any lock of this process overlaps
    static DaxFileLock acquire(FileChannel channel, OpenFile file, long position, long size, boolean shared) {
        return new DaxFileLock(channel, file, position, toTheEnd(position, size), shared);
    }

    static DaxFileLock acquire(AsynchronousFileChannel channel, OpenFile file, long position, long size,
            boolean shared) {
        return new DaxFileLock(channel, file, position, toTheEnd(position, size), shared);
    }

    private static long toTheEnd(long position, long size) {
        return size == 0 ? Long.MAX_VALUE - Math.max(0, position) : size;
    }

    @Override
    public boolean isValid() {
        return range.isHeld() && acquiredBy().isOpen();
    }

    @Override
    public void release() throws IOException {
        if (!acquiredBy().isOpen()) {
            throw new ClosedChannelException();
        }
        locks.remove(range);
    }
}
