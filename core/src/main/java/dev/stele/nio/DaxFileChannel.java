package dev.stele.nio;

import dev.stele.error.VolumeException;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/// A `FileChannel` on a file of a volume, or on a directory, which can be opened for reading and forced but not read.
///
/// Nothing here blocks, so `begin` and `end` of the JDK's channels come down to looking for an interrupt before an
/// operation and after it: either closes the channel, with the same exceptions. Positional operations take no lock
/// (N5).
final class DaxFileChannel extends FileChannel {
    private final OpenFile file;
    private final Options.Open how;

    /// Guards `position`, and makes relative operations follow each other.
    private final Object positionLock = new Object();
    private long position;

    DaxFileChannel(OpenFile file, Options.Open how) {
        this.file = file;
        this.how = how;
        file.ownedBy(this);
    }

    OpenFile file() {
        return file;
    }

    boolean isWritable() {
        return how.write;
    }

    // Entering and leaving

    private void requireOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void requireReadable() throws ClosedChannelException {
        requireOpen();
        if (!how.read) {
            throw new NonReadableChannelException();
        }
    }

    private void requireWritable() throws ClosedChannelException {
        requireOpen();
        if (!how.write) {
            throw new NonWritableChannelException();
        }
    }

    private int enter() throws IOException {
        closeIfInterrupted();
        return enterGate();
    }

    /// @throws AsynchronousCloseException if the channel was closed since it was seen open
    private int enterGate() throws AsynchronousCloseException {
        int ticket = file.gate().enter();
        if (ticket < 0) {
            throw new AsynchronousCloseException();
        }
        return ticket;
    }

    private void leave(int ticket) throws IOException {
        file.gate().leave(ticket);
        closeIfInterrupted();
    }

    private void closeIfInterrupted() throws IOException {
        if (isInterrupted()) {
            close();
            throw new ClosedByInterruptException();
        }
    }

    private boolean isInterrupted() {
        return !how.uninterruptible && Thread.currentThread().isInterrupted();
    }

    private IOException failure(VolumeException e) {
        return Failure.onChannel(e, file.path());
    }

    private interface Operation<T> {
        T run() throws IOException;
    }

    private <T> T call(Operation<T> operation) throws IOException {
        closeIfInterrupted();
        try {
            return inGate(operation);
        } finally {
            closeIfInterrupted();
        }
    }

    /// As [#call], blind to interrupts: who closes a channel waits for everybody inside, so nobody inside may close
    /// one.
    private <T> T inGate(Operation<T> operation) throws IOException {
        int ticket = enterGate();
        try {
            return operation.run();
        } catch (VolumeException e) {
            throw failure(e);
        } catch (InternalError fault) {
            throw failure(Failure.lost(fault));
        } finally {
            file.gate().leave(ticket);
        }
    }

    // Reading

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
        Objects.requireNonNull(target);
        requireNotNegative(offset, "Negative position");
        requireReadable();
        return readAt(target, offset);
    }

    private int readAt(ByteBuffer target, long offset) throws IOException {
        int ticket = enter();
        try {
            return Transfer.read(file, offset, target);
        } catch (VolumeException e) {
            throw failure(e);
        } catch (InternalError fault) {
            throw failure(Failure.lost(fault));
        } finally {
            leave(ticket);
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        Objects.requireNonNull(target);
        requireReadable();
        synchronized (positionLock) {
            int count = readAt(target, position);
            position += Math.max(0, count);
            return count;
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int first, int count) throws IOException {
        Objects.checkFromIndexSize(first, count, targets.length);
        requireReadable();
        synchronized (positionLock) {
            long read = call(() -> Transfer.read(file, position, targets, first, count));
            position += Math.max(0, read);
            return read;
        }
    }

    // Writing

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
        Objects.requireNonNull(source);
        requireNotNegative(offset, "Negative position");
        requireWritable();
        return writeAt(source, offset);
    }

    /// As `pwrite(2)` on Linux has it, a channel that appends writes at the end whatever the offset.
    ///
    /// @return bytes written
    private int writeAt(ByteBuffer source, long offset) throws IOException {
        int ticket = enter();
        try {
            if (!source.hasRemaining()) {
                return 0;
            }
            int written = source.isDirect() && !how.append
                    ? Transfer.writeDirect(file, offset, source, how.durability)
                    : Transfer.write(source, sink(offset));
            file.modified();
            return written;
        } catch (VolumeException e) {
            throw failure(e);
        } catch (InternalError fault) {
            throw failure(Failure.lost(fault));
        } finally {
            leave(ticket);
        }
    }

    private Transfer.Sink sink(long offset) {
        return how.append ? Transfer.atEnd(file, how.durability) : Transfer.at(file, offset, how.durability);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        Objects.requireNonNull(source);
        requireWritable();
        synchronized (positionLock) {
            int written = writeAt(source, position);
            position += written;
            return written;
        }
    }

    @Override
    public long write(ByteBuffer[] sources, int first, int count) throws IOException {
        Objects.checkFromIndexSize(first, count, sources.length);
        requireWritable();
        synchronized (positionLock) {
            int byteCount = Transfer.remaining(sources, first, count);
            return call(() -> {
                if (byteCount == 0) {
                    return 0L;
                }
                int written = Transfer.write(sources, first, count, byteCount, sink(position));
                position += written;
                file.modified();
                return (long) written;
            });
        }
    }

    // Position and size

    /// Of a channel that appends: the end of the file.
    @Override
    public long position() throws IOException {
        requireOpen();
        synchronized (positionLock) {
            return call(() -> how.append ? file.size() : position);
        }
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        requireOpen();
        requireNotNegative(newPosition, "Negative position");
        synchronized (positionLock) {
            call(() -> position = newPosition);
            return this;
        }
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return call(file::size);
    }

    @Override
    public FileChannel truncate(long newSize) throws IOException {
        requireOpen();
        requireNotNegative(newSize, "Negative size");
        requireWritable();
        synchronized (positionLock) {
            return call(() -> {
                if (newSize < file.size()) {
                    file.volume().truncate(file.inode(), newSize);
                    file.modified();
                }
                position = Math.min(position, newSize);
                return this;
            });
        }
    }

    @Override
    public void force(boolean metaData) throws IOException {
        requireOpen();
        call(() -> {
            file.sync(!metaData);
            return null;
        });
    }

    private static void requireNotNegative(long value, String complaint) {
        if (value < 0) {
            throw new IllegalArgumentException(complaint);
        }
    }

    // Transfers

    @Override
    public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
        requireOpen();
        if (!target.isOpen()) {
            throw new ClosedChannelException();
        }
        requireReadable();
        if (target instanceof DaxFileChannel that && !that.how.write) {
            throw new NonWritableChannelException();
        }
        requireNotNegative(offset | count, null);
        try {
            long available = Math.max(0, size() - offset);
            return new ChannelCopy(Math.min(count, available)).to(this, offset, target);
        } catch (ClosedChannelException e) {
            throw closedMeanwhile(e, target);
        }
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long offset, long count) throws IOException {
        requireOpen();
        if (!source.isOpen()) {
            throw new ClosedChannelException();
        }
        if (source instanceof DaxFileChannel that && !that.how.read) {
            throw new NonReadableChannelException();
        }
        requireWritable();
        requireNotNegative(offset | count, null);
        try {
            return new ChannelCopy(count).from(source, this, offset);
        } catch (ClosedChannelException e) {
            throw closedMeanwhile(e, source);
        }
    }

    /// An interrupt during a transfer closes both channels; who closes one of them interrupts nothing.
    private AsynchronousCloseException closedMeanwhile(ClosedChannelException cause, Channel other)
            throws IOException {
        if (cause instanceof ClosedByInterruptException || isInterrupted()) {
            close();
            other.close();
            return cause instanceof ClosedByInterruptException known ? known : new ClosedByInterruptException();
        }
        return cause instanceof AsynchronousCloseException known ? known : new AsynchronousCloseException();
    }

    /// Held by a transfer that moves the position, so that what moves it, too, comes before or after.
    Object positionLock() {
        return positionLock;
    }

    /// Copies inside one volume, from medium to medium, at both channels' own terms.
    ///
    /// @return bytes copied, or -1 where the two are on different volumes, overlap, or the target is to be written in
    ///     a way of its own
    long copyWithin(long offset, DaxFileChannel target, long targetOffset, long count) throws IOException {
        boolean direct = target.file.volume() == file.volume() && !target.how.append
                && target.how.durability == Volume.Durability.DEFERRED
                && (target.file.inode() != file.inode() || Math.abs(offset - targetOffset) >= count);
        if (!direct) {
            return -1;
        }
        return call(() -> target.inGate(() -> {
            long copied = file.volume().copyRange(file.inode(), offset, target.file.inode(), targetOffset, count);
            target.file.modified();
            return copied;
        }));
    }

    // Mapping

    @Override
    public MappedByteBuffer map(MapMode mode, long offset, long size) throws IOException {
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("Size exceeds Integer.MAX_VALUE");
        }
        // Every buffer over native memory is a MappedByteBuffer to the JDK; this one over a mapping is one in deed.
        return (MappedByteBuffer) mapSegment(mode, offset, size, Arena.ofAuto()).asByteBuffer();
    }

    @Override
    public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
        Objects.requireNonNull(mode, "Mode is null");
        Objects.requireNonNull(arena, "Arena is null");
        return mapSegment(mode, offset, size, arena);
    }

    private MemorySegment mapSegment(MapMode mode, long offset, long size, Arena arena) throws IOException {
        requireOpen();
        Objects.requireNonNull(mode, "Mode is null");
        requireNotNegative(offset, "Negative position");
        requireNotNegative(size, "Negative size");
        requireNotNegative(offset + size, "Position + size overflow");
        Mode ours = Mode.of(mode);
        if (ours.ofVolume != Volume.MapMode.READ_ONLY && !how.write) {
            throw new NonWritableChannelException();
        }
        requireReadable();
        return call(() -> mapped(ours, offset, size, arena));
    }

    private MemorySegment mapped(Mode mode, long offset, long size, Arena arena) throws IOException {
        boolean isReadOnly = mode.ofVolume == Volume.MapMode.READ_ONLY;
        file.volume().requireMappable(mode.ofVolume, mode.options);
        if (file.size() < offset + size) {
            extend(mode, offset, size);
        }
        MemorySegment mapped =
                file.volume().map(file.inode(), offset, size, mode.ofVolume, arena, mode.options);
        return isReadOnly ? mapped.asReadOnly() : mapped;
    }

    /// By allocating: unlike truncating, it never takes back what another has appended meanwhile. What will be stored
    /// to is allocated as one, so that it stands in one place; else the last byte alone, and the rest is a hole.
    private void extend(Mode mode, long offset, long size) throws IOException {
        if (!how.write) {
            throw new IOException("Channel not open for writing - cannot extend file to required size");
        }
        long end = offset + size;
        if (end > 0) {
            long from = mode == Mode.READ_WRITE && size > 0 ? offset : end - 1;
            file.volume().allocate(file.inode(), from, end - from, false);
        }
        file.modified();
    }

    private enum Mode {
        READ_ONLY(Volume.MapMode.READ_ONLY),
        READ_WRITE(Volume.MapMode.READ_WRITE),
        PRIVATE(Volume.MapMode.PRIVATE),
        READ_ONLY_SYNC(Volume.MapMode.READ_ONLY, Volume.MapOption.SYNC),
        READ_WRITE_SYNC(Volume.MapMode.READ_WRITE, Volume.MapOption.SYNC);

        private final Volume.MapMode ofVolume;
        private final Volume.MapOption[] options;

        Mode(Volume.MapMode ofVolume, Volume.MapOption... options) {
            this.ofVolume = ofVolume;
            this.options = options;
        }

        /// By name: only the JDK can make modes, and the module of the last two (`jdk.nio.mapmode`) need not be there.
        ///
        /// @throws UnsupportedOperationException on a mode that a later JDK has
        static Mode of(MapMode mode) {
            for (Mode each : values()) {
                if (each.name().equals(mode.toString())) {
                    return each;
                }
            }
            throw new UnsupportedOperationException(mode + " not supported");
        }
    }

    // Locks

    @Override
    public FileLock lock(long offset, long size, boolean shared) throws IOException {
        requireLockable(shared);
        FileLock lock = DaxFileLock.acquire(this, file, offset, size, shared);
        try {
            closeIfInterrupted();
        } catch (ClosedByInterruptException e) {
            throw new FileLockInterruptionException();
        }
        return requireStillOpen(lock);
    }

    @Override
    public FileLock tryLock(long offset, long size, boolean shared) throws IOException {
        requireLockable(shared);
        return requireStillOpen(DaxFileLock.acquire(this, file, offset, size, shared));
    }

    private void requireLockable(boolean shared) throws ClosedChannelException {
        if (shared) {
            requireReadable();
        } else {
            requireWritable();
        }
    }

    /// Who closes takes away the locks there are; one that came later must not stay.
    private FileLock requireStillOpen(FileLock lock) throws IOException {
        if (!isOpen()) {
            file.fileSystem().locks().removeAll(file);
            throw new AsynchronousCloseException();
        }
        return lock;
    }

    @Override
    protected void implCloseChannel() throws IOException {
        try {
            file.release();
        } catch (VolumeException e) {
            throw failure(e);
        }
    }

    @Override
    public String toString() {
        return file.path();
    }
}
