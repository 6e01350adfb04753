package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.util.concurrent.atomic.AtomicLong;

/// What one open handle, of a file or of the volume, has been told of failed syncs: it is told of each once, whoever
/// called the sync that failed. A new handle is told of an old failure only if nobody was (W-6).
///
/// From [Volume#errorsOf] and [Volume#errors()]; given to the syncs of the handle.
public final class SyncErrors {
    private final Vnode v;
    private final ErrorSequence common;
    private final AtomicLong own = new AtomicLong();
    private final AtomicLong shared = new AtomicLong();

    /// @param v the file, null for a handle of the volume
    /// @param common failures that are not one file's; of a handle of the volume, all
    SyncErrors(Vnode v, ErrorSequence common) {
        this.v = v;
        this.common = common;
        ErrorSequence file = file();
        own.setPlain(file == null ? 0 : file.sample());
        shared.setPlain(common.sample());
    }

    private ErrorSequence file() {
        return v == null ? null : v.errorsIfAny();
    }

    /// The handle is told now, by an exception of its own.
    void told() {
        advance(file(), own);
        advance(common, shared);
    }

    /// @return whether there was something to tell; true for one of many threads
    private static boolean advance(ErrorSequence errors, AtomicLong since) {
        if (errors == null) {
            return false;
        }
        long before = since.get();
        return errors.isBehind(before) && since.compareAndSet(before, errors.see());
    }

    /// @throws VolumeException EIO where a sync has failed that this handle was not told of
    void check() {
        ErrorSequence file = file();
        boolean isFile = advance(file, own);
        boolean isCommon = advance(common, shared);
        if (isFile || isCommon) {
            RuntimeException last = isFile ? file.last() : common.last();
            throw new VolumeException(Errno.EIO, "an earlier sync failed: " + last.getMessage());
        }
    }
}
