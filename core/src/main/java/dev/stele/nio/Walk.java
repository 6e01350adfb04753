package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Entry;
import dev.stele.volume.Volume;
import java.util.Arrays;

/// A walk under way: the directories that it has passed, by their numbers, none of them pinned. What it has met, and
/// that it has met nothing, counts only once [#requireSame] has passed: until then a number may have been another
/// directory's by the time that the walk looked in there.
///
/// Where the walk starts is not among them: that is the root, or pinned.
class Walk {
    static final ThreadLocal<Walk> OF_THREAD = ThreadLocal.withInitial(Walk::new);

    /// What was found last.
    final Entry end = new Entry();
    private long[] passed = new long[16];
    private int count;
    private long removals;

    /// Each thread has one at a time.
    static Walk begin(Volume volume) {
        Walk walk = OF_THREAD.get();
        walk.removals = volume.removals();
        walk.count = 0;
        return walk;
    }

    /// The walk looks in there next, or ends there.
    void pass(long inode) {
        if (count == passed.length) {
            passed = Arrays.copyOf(passed, 2 * count);
        }
        passed[count++] = inode;
    }

    /// @throws VolumeException ESTALE where the walk must be taken again
    void requireSame(Volume volume) {
        for (int i = 0; i < count; i++) {
            if (!volume.isSame(passed[i], removals)) {
                throw new VolumeException(Errno.ESTALE);
            }
        }
    }

    long removals() {
        return removals;
    }

    long[] passed() {
        return Arrays.copyOf(passed, count);
    }
}
