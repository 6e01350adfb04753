package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;

/// An append found room for a part only. The part stands in the file: to try again from the start would have it there
/// twice.
final class PartAppended extends VolumeException {
    private static final long serialVersionUID = 1L;

    /// Where the append began, in bytes.
    final long offset;
    /// How much of it is there.
    final long byteCount;

    PartAppended(long offset, long byteCount) {
        super(Errno.ENOSPC);
        this.offset = offset;
        this.byteCount = byteCount;
    }
}
