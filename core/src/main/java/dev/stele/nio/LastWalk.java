package dev.stele.nio;

import dev.stele.volume.Volume;

/// Where the walk to a directory ended last. The paths of all that is in the directory share it, so that who works in
/// one directory walks there once, as the kernel does with its cache of names.
///
/// What a walk has found is right as long as no directory lost its name since before that walk ([Volume#removals()]).
final class LastWalk {
    private record End(long start, long removals, long directory) {
    }

    /// Threads may note ends in any order: an old one is of an old count.
    private End end;

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
