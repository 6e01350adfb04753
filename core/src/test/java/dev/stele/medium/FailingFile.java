package dev.stele.medium;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/// A file whose disk fails: at the n-th thing that is asked of it, once or from then on. What a power cut may leave of
/// it is known all the time.
final class FailingFile implements BackingFile {
    /// What goes wrong.
    ///
    /// @param errno EIO from anything; ENOSPC only from what needs room: writes, growth, allocation
    /// @param forGood whether whatever follows fails likewise
    /// @param isShort whether half of a failing write is done nevertheless
    record Fault(Errno errno, boolean forGood, boolean isShort) {
    }

    private final RecordedFile file;
    private Fault fault;
    private int succeeding;
    private int calls;
    private int struck;
    private boolean struckSync;
    private boolean closed;
    /// the file as it was after the last call: what differs now was stored through a mapping
    private byte[] seen;

    FailingFile(OwnedFile file) {
        this.file = new RecordedFile(file);
        this.seen = this.file.content();
    }

    /// Stores through mappings since the last call may reach the disk from now on.
    private void noticeStores() {
        if (closed) {
            return;
        }
        byte[] now = file.content();
        for (int at = 0; at < now.length; at += Medium.PAGE_BYTES) {
            int end = Math.min(at + Medium.PAGE_BYTES, now.length);
            if (at >= seen.length || !Arrays.equals(now, at, end, seen, at, Math.min(end, seen.length))) {
                file.stored(MemorySegment.ofArray(now).asSlice(at, end - at), at);
            }
        }
        seen = now;
    }

    /// @param calls that succeed before one fails
    void fail(Fault next, int calls) {
        fault = next;
        succeeding = calls;
        struck = 0;
        struckSync = false;
    }

    void heal() {
        fault = null;
    }

    /// Calls so far that could have failed.
    int calls() {
        return calls;
    }

    int struck() {
        return struck;
    }

    /// Whether a sync was among what failed: after that nothing is promised.
    boolean hasStruckSync() {
        return struckSync;
    }

    /// A disk after a power cut now.
    byte[] cut(Random random) {
        noticeStores();
        return file.cut(file.effectCount(), random);
    }

    private boolean strikes(boolean needsRoom) {
        if (fault != null && fault.errno == Errno.ENOSPC && !needsRoom) {
            return false;
        }
        calls++;
        boolean now = fault != null && (struck == 0 || fault.forGood) && succeeding-- <= 0;
        struck += now ? 1 : 0;
        return now;
    }

    private VolumeException failure() {
        return new VolumeException(fault.errno, "injected " + fault.errno);
    }

    @Override
    public long sizeBytes() {
        return file.sizeBytes();
    }

    @Override
    public long read(MemorySegment to, long at) {
        return file.read(to, at);
    }

    @Override
    public void write(MemorySegment from, long at) {
        noticeStores();
        if (strikes(true)) {
            if (fault.isShort) {
                file.write(from.asSlice(0, from.byteSize() / 2), at);
                seen = file.content();
            }
            throw failure();
        }
        file.write(from, at);
        seen = file.content();
    }

    @Override
    public void sync() {
        noticeStores();
        if (strikes(false)) {
            struckSync = true;
            throw failure();
        }
        file.sync();
    }

    @Override
    public void truncate(long sizeBytes) {
        noticeStores();
        if (strikes(sizeBytes > file.sizeBytes())) {
            throw failure();
        }
        file.truncate(sizeBytes);
        seen = file.content();
    }

    @Override
    public void allocate(long at, long byteCount) {
        if (strikes(true)) {
            throw failure();
        }
        file.allocate(at, byteCount);
    }

    @Override
    public int descriptor() {
        return file.descriptor();
    }

    @Override
    public void close() {
        noticeStores();
        closed = true;
        file.close();
    }
}
