package dev.stele.nio;

import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The elements of a path before its last: as names, made when first wanted, and where the walk along them ended last.
/// The paths of all that is in one directory share one, so that who works in one directory walks there once, as the
/// kernel does with its cache of names.
///
/// What a walk has found is right as long as no directory lost its name since before that walk ([Volume#removals()]).
final class Stem {
    private static final Name[] NO_NAMES = {};
    private static final byte SLASH = '/';
    /// Of a path with one element or none.
    static final Stem NONE = new Stem(null, new byte[0], 0);

    private record End(long start, long removals, long directory) {
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
    long directory(long start, long removals) {
        End known = end;
        return known != null && known.removals == removals && known.start == start ? known.directory : 0;
    }

    /// @param removals as of before the walk
    void note(long start, long removals, long directory) {
        end = new End(start, removals, directory);
    }
}
