package dev.stele.nio;

import dev.stele.node.Name;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.net.URI;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// A path in one volume: bytes without redundant slashes, and beside them, made when first wanted, where each element
/// starts, each element as the [Name] the volume looks up, and the text. Immutable; the caches may be filled twice by
/// racing threads, with equal values.
final class DaxPath implements Path {
    /// Stands in [#names()] for an element of more than 255 bytes, so that the walk fails only when it gets there.
    static final Name TOO_LONG = Name.of("too long");

    private static final Name[] NO_NAMES = {};
    private static final byte SLASH = '/';
    private static final byte DOT = '.';

    private final DaxFileSystem fileSystem;
    private final byte[] bytes;
    /// Whose elements this one's begin with; null where that is nobody's, or the names are known.
    private DaxPath base;
    /// The walk to the directory of the last element, and to this path, where that is a directory.
    private LastWalk walkToDirectory;
    private LastWalk walk;
    private int[] starts;
    private Name[] names;
    private String text;
    private int hash;

    private DaxPath(DaxFileSystem fileSystem, byte[] normalBytes) {
        this.fileSystem = fileSystem;
        this.bytes = normalBytes;
    }

    static DaxPath of(DaxFileSystem fileSystem, String text) {
        return ofBytes(fileSystem, NameCodec.encode(text));
    }

    /// @param bytes any but NUL; redundant slashes are dropped. The array becomes the path's own.
    static DaxPath ofBytes(DaxFileSystem fileSystem, byte[] bytes) {
        return new DaxPath(fileSystem, withoutRedundantSlashes(bytes));
    }

    /// @throws ProviderMismatchException where the path is another provider's
    static DaxPath of(Path path) {
        Objects.requireNonNull(path);
        if (path instanceof DaxPath own) {
            return own;
        }
        throw new ProviderMismatchException();
    }

    private static byte[] withoutRedundantSlashes(byte[] bytes) {
        int length = 0;
        byte[] result = bytes.clone();
        for (byte b : bytes) {
            if (b != SLASH || length == 0 || result[length - 1] != SLASH) {
                result[length++] = b;
            }
        }
        if (length > 1 && result[length - 1] == SLASH) {
            length--;
        }
        return length == bytes.length ? bytes : Arrays.copyOf(result, length);
    }

    // What the volume's walk needs

    /// The elements as names; null stands for `.`, `..` and the empty path's one element, [#TOO_LONG] for what is.
    /// The caller does not change the array.
    Name[] names() {
        Name[] known = names;
        if (known == null) {
            // All that is in one directory shares the names on the way there, and their hashes.
            DaxPath before = base;
            Name[] shared = before == null ? NO_NAMES : before.names();
            known = Arrays.copyOf(shared, getNameCount());
            for (int i = shared.length; i < known.length; i++) {
                known[i] = nameOf(i);
            }
            // A thread that sees the array without a lock must see what is in it.
            VarHandle.releaseFence();
            names = known;
            if (before != null && shared.length == known.length - 1) {
                walkToDirectory = before.walk();
            }
            base = null;
        }
        return known;
    }

    /// Of the walk to the directory that holds the last element; one for all paths that were made of that directory's.
    LastWalk walkToDirectory() {
        LastWalk known = walkToDirectory;
        if (known == null) {
            known = new LastWalk();
            walkToDirectory = known;
        }
        return known;
    }

    private LastWalk walk() {
        LastWalk known = walk;
        if (known == null) {
            known = new LastWalk();
            walk = known;
        }
        return known;
    }

    private Name nameOf(int index) {
        int start = start(index);
        int end = end(index);
        if (isDots(start, end)) {
            return null;
        }
        return end - start > Name.MAX_BYTES ? TOO_LONG : Name.of(Arrays.copyOfRange(bytes, start, end));
    }

    /// Empty, `.` or `..`.
    private boolean isDots(int start, int end) {
        int length = end - start;
        return length == 0
                || length == 1 && bytes[start] == DOT
                || length == 2 && bytes[start] == DOT && bytes[start + 1] == DOT;
    }

    /// Whether the path is empty or ends in `.`.
    boolean endsInDot() {
        int count = getNameCount();
        return count > 0 && end(count - 1) - start(count - 1) < 2 && isDots(start(count - 1), end(count - 1));
    }

    /// Whether the path is a root, empty, or ends in `.` or `..`.
    boolean endsInDots() {
        Name[] all = names();
        return all.length == 0 || all[all.length - 1] == null;
    }

    /// Whether both paths are one and the same but for their last elements. False for the root, which has none.
    boolean isBeside(DaxPath other) {
        int count = getNameCount();
        if (count == 0 || other.getNameCount() != count) {
            return false;
        }
        int end = start(count - 1);
        return Arrays.equals(bytes, 0, end, other.bytes, 0, other.start(count - 1));
    }

    /// This directory's entry of that name.
    DaxPath child(Name name) {
        byte[] joined = beforeChild(name.byteCount());
        name.copyTo(joined, joined.length - name.byteCount());
        DaxPath child = new DaxPath(fileSystem, joined);
        Name[] known = names;
        if (known != null && bytes.length > 0) {
            Name[] longer = Arrays.copyOf(known, known.length + 1);
            longer[known.length] = name;
            VarHandle.releaseFence();
            child.names = longer;
            child.walkToDirectory = walk();
        }
        return child;
    }

    /// This path's bytes and a slash, where one is needed, with room for so many more.
    private byte[] beforeChild(int byteCount) {
        boolean needsSlash = bytes.length > 0 && bytes[bytes.length - 1] != SLASH;
        byte[] joined = Arrays.copyOf(bytes, bytes.length + (needsSlash ? 1 : 0) + byteCount);
        if (needsSlash) {
            joined[bytes.length] = SLASH;
        }
        return joined;
    }

    /// The elements as bytes, for a walk that meets symbolic links.
    List<byte[]> elements() {
        List<byte[]> elements = new ArrayList<>();
        for (int i = 0; i < getNameCount(); i++) {
            elements.add(Arrays.copyOfRange(bytes, start(i), end(i)));
        }
        return elements;
    }

    /// The path's own bytes; the caller does not change them.
    byte[] bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    // Elements

    private int[] starts() {
        int[] known = starts;
        if (known == null) {
            known = isEmpty() ? new int[1] : findStarts();
            VarHandle.releaseFence();
            starts = known;
        }
        return known;
    }

    private int[] findStarts() {
        int[] found = new int[8];
        int count = 0;
        for (int at = isAbsolute() ? 1 : 0; at < bytes.length; ) {
            if (count == found.length) {
                found = Arrays.copyOf(found, count * 2);
            }
            found[count++] = at;
            while (at < bytes.length && bytes[at] != SLASH) {
                at++;
            }
            at++;
        }
        return Arrays.copyOf(found, count);
    }

    private int start(int index) {
        return starts()[index];
    }

    private int end(int index) {
        int[] known = starts();
        return index == known.length - 1 ? bytes.length : known[index + 1] - 1;
    }

    private DaxPath slice(int start, int end) {
        return new DaxPath(fileSystem, Arrays.copyOfRange(bytes, start, end));
    }

    @Override
    public DaxFileSystem getFileSystem() {
        return fileSystem;
    }

    @Override
    public boolean isAbsolute() {
        return bytes.length > 0 && bytes[0] == SLASH;
    }

    @Override
    public DaxPath getRoot() {
        return isAbsolute() ? fileSystem.root() : null;
    }

    @Override
    public DaxPath getFileName() {
        int start = bytes.length;
        while (start > 0 && bytes[start - 1] != SLASH) {
            start--;
        }
        if (start == 0) {
            return this;
        }
        return start == bytes.length ? null : slice(start, bytes.length);
    }

    @Override
    public DaxPath getParent() {
        int count = getNameCount();
        if (count <= 1) {
            return count == 0 ? null : getRoot();
        }
        return slice(0, start(count - 1) - 1);
    }

    @Override
    public int getNameCount() {
        return starts().length;
    }

    @Override
    public DaxPath getName(int index) {
        return subpath(index, index + 1);
    }

    @Override
    public DaxPath subpath(int beginIndex, int endIndex) {
        if (beginIndex < 0 || endIndex > getNameCount() || beginIndex >= endIndex) {
            throw new IllegalArgumentException("no elements " + beginIndex + " to " + endIndex + " in '" + this + "'");
        }
        return slice(start(beginIndex), end(endIndex - 1));
    }

    @Override
    public boolean startsWith(Path other) {
        if (!(Objects.requireNonNull(other) instanceof DaxPath that) || that.fileSystem != fileSystem) {
            return false;
        }
        if (that.isEmpty() || that.isAbsolute() != isAbsolute()) {
            return that.isEmpty() && isEmpty();
        }
        int length = that.bytes.length;
        boolean onBoundary = length == bytes.length || length == 1 && isAbsolute()
                || length < bytes.length && bytes[length] == SLASH;
        return onBoundary && Arrays.equals(bytes, 0, length, that.bytes, 0, length);
    }

    @Override
    public boolean endsWith(Path other) {
        if (!(Objects.requireNonNull(other) instanceof DaxPath that) || that.fileSystem != fileSystem) {
            return false;
        }
        if (that.isEmpty() || that.isAbsolute()) {
            return Arrays.equals(bytes, that.bytes);
        }
        int from = bytes.length - that.bytes.length;
        boolean onBoundary = from == 0 || from > 0 && bytes[from - 1] == SLASH;
        return onBoundary && Arrays.equals(bytes, from, bytes.length, that.bytes, 0, that.bytes.length);
    }

    // Algebra

    @Override
    public DaxPath normalize() {
        List<byte[]> kept = new ArrayList<>();
        int named = 0;
        for (byte[] element : elements()) {
            if (isDot(element)) {
                continue;
            }
            if (!isDotDot(element)) {
                kept.add(element);
                named++;
            } else if (named > 0) {
                kept.removeLast();
                named--;
            } else if (!isAbsolute()) {
                kept.add(element);
            }
        }
        return kept.size() == getNameCount() ? this : build(isAbsolute(), kept);
    }

    static boolean isDot(byte[] element) {
        return element.length == 1 && element[0] == DOT;
    }

    static boolean isDotDot(byte[] element) {
        return element.length == 2 && element[0] == DOT && element[1] == DOT;
    }

    DaxPath build(boolean absolute, List<byte[]> elements) {
        int length = absolute ? 1 : 0;
        for (byte[] element : elements) {
            length += element.length + 1;
        }
        byte[] joined = new byte[length];
        int at = 0;
        if (absolute) {
            joined[at++] = SLASH;
        }
        for (byte[] element : elements) {
            System.arraycopy(element, 0, joined, at, element.length);
            at += element.length;
            joined[at++] = SLASH;
        }
        return new DaxPath(fileSystem, Arrays.copyOf(joined, elements.isEmpty() ? at : at - 1));
    }

    private static byte[] join(byte[] base, byte[] relative) {
        if (base.length == 0 || relative.length == 0) {
            return base.length == 0 ? relative : base;
        }
        int slash = base[base.length - 1] == SLASH ? 0 : 1;
        byte[] joined = Arrays.copyOf(base, base.length + slash + relative.length);
        joined[base.length + slash - 1] = SLASH;
        System.arraycopy(relative, 0, joined, base.length + slash, relative.length);
        return joined;
    }

    @Override
    public DaxPath resolve(Path other) {
        DaxPath that = of(other);
        if (that.isAbsolute()) {
            return that;
        }
        DaxPath resolved = new DaxPath(fileSystem, join(bytes, that.bytes));
        resolved.base = isEmpty() ? null : this;
        return resolved;
    }

    @Override
    public DaxPath resolve(String other) {
        return resolve(of(fileSystem, other));
    }

    @Override
    public DaxPath relativize(Path other) {
        DaxPath that = of(other);
        if (that.equals(this)) {
            return new DaxPath(fileSystem, new byte[0]);
        }
        if (that.isAbsolute() != isAbsolute()) {
            throw new IllegalArgumentException("'other' is different type of Path");
        }
        if (isEmpty()) {
            return that;
        }
        boolean dotted = hasDots() || that.hasDots();
        return relativize(dotted ? normalize() : this, dotted ? that.normalize() : that);
    }

    private boolean hasDots() {
        for (Name name : names()) {
            if (name == null) {
                return true;
            }
        }
        return false;
    }

    private DaxPath relativize(DaxPath from, DaxPath to) {
        List<byte[]> base = from.isEmpty() ? List.of() : from.elements();
        List<byte[]> goal = to.isEmpty() ? List.of() : to.elements();
        int common = 0;
        while (common < base.size() && common < goal.size() && Arrays.equals(base.get(common), goal.get(common))) {
            common++;
        }
        List<byte[]> result = new ArrayList<>();
        for (byte[] element : base.subList(common, base.size())) {
            if (isDotDot(element)) {
                throw new IllegalArgumentException("Unable to compute relative path from " + this + " to " + to);
            }
            result.add(new byte[] {DOT, DOT});
        }
        result.addAll(goal.subList(common, goal.size()));
        return build(false, result);
    }

    @Override
    public DaxPath toAbsolutePath() {
        return isAbsolute() ? this : fileSystem.root().resolve(this);
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        boolean follow = Options.followLinks(options);
        return fileSystem.call(this, null, volume -> fileSystem.resolver().realPath(this, follow));
    }

    @Override
    public URI toUri() {
        return DaxUri.of(this);
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] kinds, WatchEvent.Modifier... modifiers)
            throws IOException {
        Objects.requireNonNull(watcher);
        if (!(watcher instanceof DaxWatchService own) || own.fileSystem() != fileSystem) {
            throw new ProviderMismatchException();
        }
        return own.register(this, kinds, modifiers);
    }

    @Override
    public int compareTo(Path other) {
        return Arrays.compareUnsigned(bytes, ((DaxPath) other).bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DaxPath that && that.fileSystem == fileSystem && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            known = Arrays.hashCode(bytes);
            hash = known;
        }
        return known;
    }

    @Override
    public String toString() {
        String known = text;
        if (known == null) {
            known = NameCodec.decode(bytes);
            text = known;
        }
        return known;
    }
}
