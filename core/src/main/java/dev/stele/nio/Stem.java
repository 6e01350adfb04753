package dev.stele.nio;

import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The elements of a path before its last: as names, made when first wanted, and where the walk along them ended last.
/// The paths of all that is in one directory share one, so that who works in one directory walks there once, as the
/// kernel does with its cache of names.
///
/// What a walk has found is right as long as no directory on the way was removed or moved since before that walk
/// ([Volume#isInPlace]): then every name on the way leads where it led.
final class Stem {
    private static final Name[] NO_NAMES = {};
    private static final byte SLASH = '/';
    /// Of a path with one element or none.
    static final Stem NONE = new Stem(null, new byte[0], 0);

    private static final class End {
        private final long start;
        /// The directories on the way, the one where it ended last.
        private final long[] passed;
        /// When all of them were in place. Threads may store to it in any order: each time is a right one.
        private long removals;

        End(long start, Walk walk) {
            this.start = start;
            this.passed = walk.passed();
            this.removals = walk.removals();
        }

        long directory() {
            return passed[passed.length - 1];
        }

        boolean isInPlace(Volume volume, long now) {
            if (removals == now) {
                return true;
            }
            for (long directory : passed) {
                if (!volume.isInPlace(directory, removals)) {
                    return false;
                }
            }
            removals = now;
            return true;
        }
    }

    /// Whose elements these begin with, all of which share its names; or null.
    private final DaxPath base;
    private final byte[] bytes;
    private final int endIndex;
    private Name[] names;
    /// Threads may note ends in any order: an old one is of an old count.
    private End end;

    /// The elements of a path's first bytes.
    ///
    /// @param base a path whose elements they begin with, or null
    Stem(DaxPath base, byte[] bytes, int endIndex) {
        this.base = base;
        this.bytes = bytes;
        this.endIndex = endIndex;
    }

    /// As [DaxPath#lastName()] has them. The caller does not change the array.
    Name[] names() {
        Name[] known = names;
        if (known == null) {
            known = makeNames();
            // A thread that sees the array without a lock must see what is in it.
            VarHandle.releaseFence();
            names = known;
        }
        return known;
    }

    private Name[] makeNames() {
        Name[] found = base == null ? NO_NAMES : base.names();
        int count = found.length;
        for (int start = afterSlashes(base == null ? 0 : base.bytes().length); start < endIndex; ) {
            int end = start;
            while (end < endIndex && bytes[end] != SLASH) {
                end++;
            }
            if (count == found.length) {
                found = Arrays.copyOf(found, count + 4);
            }
            found[count++] = DaxPath.nameOf(bytes, start, end);
            start = end + 1;
        }
        return count == found.length ? found : Arrays.copyOf(found, count);
    }

    private int afterSlashes(int index) {
        return index < endIndex && bytes[index] == SLASH ? index + 1 : index;
    }

    /// @param start where the walk would start
    /// @param removals as of now
    /// @return the directory's inode, 0 where that takes a walk
    long directory(Volume volume, long start, long removals) {
        End known = end;
        return known != null && known.start == start && known.isInPlace(volume, removals) ? known.directory() : 0;
    }

    /// @param walk that ended in the directory
    void note(long start, Walk walk) {
        end = new End(start, walk);
    }
}
