package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Attributes;
import dev.stele.node.Entry;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/// Walks paths, as `path_resolution(7)` has it (N7).
///
/// The straight walk takes one lookup for each element and hopes that every element but the last is a directory. Where
/// the volume answers that one is not, or where an element is `.` or `..`, the walk starts again, slowly, looking at
/// each element for a symbolic link. Where it met none, the way to the last element's directory is noted ([Stem])
/// and not walked again until a directory on that way is removed or moved.
///
/// A walk pins nothing. That the directories passed were themselves all the while is asked at its end ([Walk]), and of
/// the last element's directory once more when it was looked in; where one was not, nothing that the walk met counts.
final class Resolver {
    /// As many links as Linux follows in one walk (`MAXSYMLINKS`).
    static final int MAX_LINKS = 40;
    private static final int MAX_TRIES = 1000;
    /// What was found under a path's last name.
    private static final ThreadLocal<Entry> END = ThreadLocal.withInitial(Entry::new);

    private final Volume volume;

    Resolver(Volume volume) {
        this.volume = volume;
    }

    /// Where a path ends.
    ///
    /// @param directory the directory that holds the last element, or the inode itself where there is no last element
    /// @param name the last element, no symbolic link unless links are not followed; null for a root, `.` and `..`
    /// @param inode what has that name, 0 where nothing has
    record Place(long directory, Name name, long inode) {
        boolean exists() {
            return inode != 0;
        }
    }

    /// What a walk has found may be gone, or another's number, by the time it is looked at: ESTALE. Then the name leads
    /// somewhere else by now and the walk is taken again, but not for ever: an entry of a damaged directory may lead
    /// nowhere.
    private static boolean mustWalkAgain(VolumeException e, int triesSoFar) {
        return e.errno() == Errno.ESTALE && triesSoFar < MAX_TRIES;
    }

    private <T> T settled(Supplier<T> walk) {
        for (int tries = 1; ; tries++) {
            try {
                return walk.get();
            } catch (VolumeException e) {
                if (!mustWalkAgain(e, tries)) {
                    throw e;
                }
            }
        }
    }

    /// @throws VolumeException ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG
    long find(DaxPath path, boolean followLast) {
        return find(volume.root(), path, followLast);
    }

    /// @param start where a relative path starts
    long find(long start, DaxPath path, boolean followLast) {
        long inode = findOrZero(start, path, followLast);
        if (inode == 0) {
            throw new VolumeException(Errno.ENOENT);
        }
        return inode;
    }

    /// @return 0 where the last element is missing; the same for a missing directory on the way is ENOENT
    long findOrZero(long start, DaxPath path, boolean followLast) {
        return settled(() -> tryToFind(start, path, followLast));
    }

    private long tryToFind(long start, DaxPath path, boolean followLast) {
        if (path.isRoot()) {
            return origin(start, path);
        }
        long inode = straight(start, path, followLast, null);
        return inode >= 0 ? inode : walk(start, path.elements(), path.isAbsolute(), followLast, null).inode();
    }

    /// Finds and reads in one go: what is read is of what had the name meanwhile.
    ///
    /// @param start where a relative path starts
    /// @return false where the last element is missing
    boolean attributes(long start, DaxPath path, boolean followLast, Attributes into) {
        for (int tries = 1; ; tries++) {
            try {
                return tryAttributes(start, path, followLast, into);
            } catch (VolumeException e) {
                if (!mustWalkAgain(e, tries)) {
                    throw e;
                }
            }
        }
    }

    private boolean tryAttributes(long start, DaxPath path, boolean followLast, Attributes into) {
        if (path.isRoot()) {
            volume.attributes(origin(start, path), into);
            return true;
        }
        long inode = straight(start, path, followLast, into);
        return inode >= 0 ? inode != 0 : attributesOfPinned(start, path, followLast, into);
    }

    /// The straight walk to the last element, which there is.
    ///
    /// @param into null, or takes the attributes of what was found
    /// @return the inode, 0 where the last element is missing, -1 where the straight walk cannot tell
    private long straight(long start, DaxPath path, boolean followLast, Attributes into) {
        long removals = volume.removals();
        long directory = straightToDirectory(start, path);
        Name last = path.lastName();
        if (directory >= 0 && isName(last)) {
            try {
                Entry end = END.get();
                boolean exists = lookup(directory, removals, last, end, into);
                if (!(exists && followLast && isLink(end))) {
                    return exists ? end.inode : 0;
                }
            } catch (VolumeException e) {
                if (e.errno() != Errno.ENOTDIR) {
                    throw e;
                }
            }
        }
        return -1;
    }

    private static boolean isName(Name name) {
        return name != null && name != DaxPath.TOO_LONG;
    }

    /// Looks up in the directory where a walk ended.
    ///
    /// @param removals as of before the walk
    /// @param into null, or takes the attributes of what has the name
    /// @return whether anything has
    /// @throws VolumeException ESTALE where it may have been another directory
    private boolean lookup(long directory, long removals, Name name, Entry entry, Attributes into) {
        boolean exists;
        try {
            exists = volume.lookup(directory, name, entry, into);
        } catch (VolumeException e) {
            requireSame(directory, removals);
            throw e;
        }
        requireSame(directory, removals);
        return exists;
    }

    private void requireSame(long directory, long removals) {
        if (!volume.isSame(directory, removals)) {
            throw new VolumeException(Errno.ESTALE);
        }
    }

    private boolean attributesOfPinned(long start, DaxPath path, boolean followLast, Attributes into) {
        Place place = tryToPin(start, path, followLast);
        if (place == null) {
            return false;
        }
        try {
            volume.attributes(place.inode(), into);
        } finally {
            volume.unpin(place.inode());
        }
        return true;
    }

    /// The directory that holds the path's last element, whether or not that exists.
    long directoryOf(long start, DaxPath path) {
        for (int tries = 1; ; tries++) {
            try {
                return tryDirectoryOf(start, path);
            } catch (VolumeException e) {
                if (!mustWalkAgain(e, tries)) {
                    throw e;
                }
            }
        }
    }

    private long tryDirectoryOf(long start, DaxPath path) {
        long directory = straightToDirectory(start, path);
        if (directory >= 0) {
            return directory;
        }
        List<byte[]> elements = path.elements();
        elements.removeLast();
        long inode = walk(start, elements, path.isAbsolute(), true, null).inode();
        if (inode == 0) {
            throw new VolumeException(Errno.ENOENT);
        }
        return inode;
    }

    /// @throws VolumeException what is wrong with the directory that would hold the last element
    void requireDirectoryOf(long start, DaxPath path) {
        requireDirectory(directoryOf(start, path));
    }

    /// The last element, where `directory` is one.
    ///
    /// @param dots what to fail with where it is empty, `.` or `..`, or where the path is the root
    Name lastName(long directory, DaxPath path, Errno dots) {
        Name last = path.lastName();
        if (last == null || last == DaxPath.TOO_LONG) {
            // That there is no directory to look in comes first.
            requireDirectory(directory);
            throw new VolumeException(last == null ? dots : Errno.ENAMETOOLONG);
        }
        return last;
    }

    /// Like [#find], and says under which name of which directory.
    Place place(long start, DaxPath path, boolean followLast) {
        return settled(() -> tryPlace(start, path, followLast));
    }

    private Place tryPlace(long start, DaxPath path, boolean followLast) {
        if (path.lastName() != null) {
            long removals = volume.removals();
            long directory = directoryOf(start, path);
            Name name = lastName(directory, path, Errno.EINVAL);
            Entry entry = END.get();
            boolean exists = lookup(directory, removals, name, entry, null);
            if (!exists || !followLast || !isLink(entry)) {
                return new Place(directory, name, exists ? entry.inode : 0);
            }
        }
        return walk(start, path.elements(), path.isAbsolute(), followLast, null);
    }

    /// Whether the path's last element is a symbolic link itself, wherever that leads.
    boolean endsInLink(long start, DaxPath path) {
        return settled(() -> {
            Name last = path.lastName();
            Entry entry = END.get();
            long removals = volume.removals();
            return last != null && lookup(tryDirectoryOf(start, path), removals, last, entry, null) && isLink(entry);
        });
    }

    /// Finds what exists and pins it: what the path leads to once the pin holds is what was pinned, and stays it.
    ///
    /// @return null where the path leads to nothing; else the caller unpins the inode
    Place pinned(long start, DaxPath path, boolean followLast) {
        return settled(() -> tryToPin(start, path, followLast));
    }

    private Place tryToPin(long start, DaxPath path, boolean followLast) {
        while (true) {
            Place place = tryPlace(start, path, followLast);
            if (!place.exists()) {
                return null;
            }
            volume.pin(place.inode());
            boolean right = false;
            try {
                right = place.equals(tryPlace(start, path, followLast));
            } finally {
                if (!right) {
                    volume.unpin(place.inode());
                }
            }
            if (right) {
                return place;
            }
        }
    }

    /// The path without links, `.` and `..`; without following links, only `.` goes, and `..` behind what is no link.
    DaxPath realPath(DaxPath path, boolean followLinks) {
        return settled(() -> tryRealPath(path, followLinks));
    }

    private DaxPath tryRealPath(DaxPath path, boolean followLinks) {
        DaxPath absolute = path.toAbsolutePath();
        List<byte[]> trail = new ArrayList<>();
        if (followLinks) {
            Place place = walk(volume.root(), absolute.elements(), true, true, trail);
            if (!place.exists()) {
                throw new VolumeException(Errno.ENOENT);
            }
            return absolute.build(true, trail);
        }
        DaxPath result = withoutDots(absolute);
        find(result, false);
        return result;
    }

    /// A `..` behind a link leads to the parent of the link's target, so it stays, and so does every `..` right after
    /// it.
    private DaxPath withoutDots(DaxPath absolute) {
        List<byte[]> kept = new ArrayList<>();
        boolean keepDots = false;
        for (byte[] element : absolute.elements()) {
            if (DaxPath.isDot(element) || element.length == 0) {
                continue;
            }
            if (!DaxPath.isDotDot(element)) {
                kept.add(element);
                keepDots = false;
            } else if (keepDots || isLink(find(absolute.build(true, kept), false))) {
                kept.add(element);
                keepDots = true;
            } else if (!kept.isEmpty()) {
                kept.removeLast();
            }
        }
        return absolute.build(true, kept);
    }

    private long origin(long start, DaxPath path) {
        return path.isAbsolute() ? volume.root() : start;
    }

    /// What holds the path's last element, or the place where the walk starts where there is no element before it.
    ///
    /// @return the inode, -1 where the straight walk cannot tell
    /// @throws VolumeException ENOENT
    private long straightToDirectory(long start, DaxPath path) {
        long origin = origin(start, path);
        Stem stem = path.stem();
        long known = stem.directory(volume, origin, volume.removals());
        return known != 0 ? known : walkToDirectory(origin, stem);
    }

    private long walkToDirectory(long origin, Stem stem) {
        Name[] names = stem.names();
        if (names.length == 0) {
            return origin;
        }
        Walk walk = Walk.begin(volume);
        long inode = straight(origin, names, walk);
        if (inode == 0) {
            throw new VolumeException(Errno.ENOENT);
        }
        if (inode < 0 || isLink(walk.end)) {
            return -1;
        }
        if (walk.end.type == FileType.DIRECTORY.number()) {
            stem.note(origin, walk);
        }
        return inode;
    }

    /// Walks along the names.
    ///
    /// @return the inode, 0 where there is none, -1 where the straight walk cannot tell
    private long straight(long start, Name[] names, Walk walk) {
        long inode = start;
        for (int i = 0; i < names.length && inode > 0; i++) {
            inode = step(inode, names[i], walk);
        }
        walk.requireSame(volume);
        return inode;
    }

    private long step(long directory, Name name, Walk walk) {
        if (!isName(name)) {
            return -1;
        }
        try {
            if (!volume.lookup(directory, name, walk.end)) {
                return 0;
            }
        } catch (VolumeException e) {
            if (e.errno() == Errno.ENOTDIR) {
                return -1;
            }
            throw e;
        }
        walk.pass(walk.end.inode);
        return walk.end.inode;
    }

    private static long missing(boolean last) {
        if (last) {
            return 0;
        }
        throw new VolumeException(Errno.ENOENT);
    }

    /// @param trail null, or takes the names from the root to where the walk ends
    private Place walk(long start, List<byte[]> path, boolean absolute, boolean followLast, List<byte[]> trail) {
        Walk walk = Walk.begin(volume);
        Place place;
        try {
            place = walk(start, path, absolute, followLast, trail, walk);
        } catch (VolumeException e) {
            walk.requireSame(volume);
            throw e;
        }
        walk.requireSame(volume);
        return place;
    }

    private Place walk(
            long start, List<byte[]> path, boolean absolute, boolean followLast, List<byte[]> trail, Walk walk) {
        Deque<byte[]> ahead = new ArrayDeque<>(path);
        long at = absolute ? volume.root() : start;
        Place place = new Place(at, null, at);
        int linkCount = 0;
        while (!ahead.isEmpty()) {
            place = step(at, ahead.poll(), trail);
            boolean last = ahead.isEmpty();
            if (!place.exists()) {
                missing(last);
                return place;
            }
            if (place.name() == null || last && !followLast || !isLink(place.inode())) {
                at = place.inode();
                walk.pass(at);
                continue;
            }
            if (++linkCount > MAX_LINKS) {
                throw new VolumeException(Errno.ELOOP);
            }
            byte[] target = volume.readlink(place.inode());
            boolean fromRoot = target[0] == '/';
            at = fromRoot ? volume.root() : place.directory();
            turnBack(trail, fromRoot);
            pushFront(ahead, target);
            place = new Place(at, null, at);
        }
        return place;
    }

    private Place step(long directory, byte[] element, List<byte[]> trail) {
        boolean dotDot = DaxPath.isDotDot(element);
        if (element.length == 0 || DaxPath.isDot(element) || dotDot) {
            requireDirectory(directory);
            long to = dotDot ? volume.parent(directory) : directory;
            if (dotDot && trail != null && !trail.isEmpty()) {
                trail.removeLast();
            }
            return new Place(to, null, to);
        }
        if (element.length > Name.MAX_BYTES) {
            // That there is no directory to look in comes first.
            requireDirectory(directory);
        }
        Name name = Name.of(element);
        if (trail != null) {
            trail.add(element);
        }
        return new Place(directory, name, volume.lookup(directory, name));
    }

    private static void turnBack(List<byte[]> trail, boolean toRoot) {
        if (trail != null && toRoot) {
            trail.clear();
        } else if (trail != null) {
            trail.removeLast();
        }
    }

    /// The target's elements come next. A slash at its end asks for a directory, as `.` does.
    private static void pushFront(Deque<byte[]> ahead, byte[] target) {
        if (target[target.length - 1] == '/') {
            ahead.push(new byte[] {'.'});
        }
        int end = target.length;
        for (int at = target.length - 1; at >= -1; at--) {
            if (at < 0 || target[at] == '/') {
                if (at + 1 < end) {
                    ahead.push(Arrays.copyOfRange(target, at + 1, end));
                }
                end = at;
            }
        }
    }

    private void requireDirectory(long inode) {
        if (typeOf(inode) != FileType.DIRECTORY) {
            throw new VolumeException(Errno.ENOTDIR);
        }
    }

    private static boolean isLink(Entry entry) {
        return entry.type == FileType.SYMLINK.number();
    }

    private boolean isLink(long inode) {
        return typeOf(inode) == FileType.SYMLINK;
    }

    private FileType typeOf(long inode) {
        Attributes attributes = new Attributes();
        volume.attributes(inode, attributes);
        return attributes.type();
    }
}
