package dev.stele.nio;

import dev.stele.node.Listing;
import dev.stele.node.Name;
import java.io.IOException;
import java.net.URI;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/// A path in one volume: bytes without redundant slashes, and beside them, made when first wanted, its elements as the
/// [Name]s the volume looks up, and the text. Immutable; the caches may be filled twice by racing threads, with equal
/// values.
final class DaxPath implements Path {
    /// Stands among names for an element of more than 255 bytes, so that the walk fails only when it gets there.
    static final Name TOO_LONG = Name.of("too long");

    /// Stands in [#lastName] for `.` and `..`, and where there is no element.
    private static final Name DOTS = Name.of("dots");
    private static final byte SLASH = '/';
    private static final byte DOT = '.';

    private final DaxFileSystem fileSystem;
    private final byte[] bytes;
    /// The elements before the last one, the last one, and all of them, for paths that begin with this one.
    private Stem stem;
    private Name lastName;
    private Stem whole;
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
        if (!hasRedundantSlashes(bytes)) {
            return bytes;
        }
        int length = 0;
        byte[] result = new byte[bytes.length];
        for (byte b : bytes) {
            if (b != SLASH || length == 0 || result[length - 1] != SLASH) {
                result[length++] = b;
            }
        }
        if (length > 1 && result[length - 1] == SLASH) {
            length--;
        }
        return Arrays.copyOf(result, length);
    }

    /// Two side by side, or one at the end.
    private static boolean hasRedundantSlashes(byte[] bytes) {
        boolean slashBefore = false;
        for (byte b : bytes) {
            boolean slash = b == SLASH;
            if (slash && slashBefore) {
                return true;
            }
            slashBefore = slash;
        }
        return slashBefore && bytes.length > 1;
    }

    // What the volume's walk needs

    /// The last element as a name; null stands for `.`, `..` and no element at all, [#TOO_LONG] for what is.
    Name lastName() {
        Name known = lastName;
        if (known == null) {
            known = nameOf(bytes, lastStart(), bytes.length);
            known = known == null ? DOTS : known;
            lastName = known;
        }
        return known == DOTS ? null : known;
    }

    /// The elements before the last.
    Stem stem() {
        Stem known = stem;
        if (known == null) {
            int start = lastStart();
            known = start <= 1 ? Stem.NONE : new Stem(null, bytes, start - 1);
            stem = known;
        }
        return known;
    }

    /// All elements, as [#lastName] has them.
    Name[] names() {
        Name[] before = stem().names();
        if (isRoot()) {
            return before;
        }
        Name[] all = Arrays.copyOf(before, before.length + 1);
        all[before.length] = lastName();
        return all;
    }

    /// The stem of all paths that have one element more than this one.
    private Stem whole() {
        Stem known = whole;
        if (known == null) {
            known = new Stem(this, bytes, bytes.length);
            whole = known;
        }
        return known;
    }

    /// One element as a name, as [#lastName] has it.
    static Name nameOf(byte[] bytes, int start, int end) {
        if (isDots(bytes, start, end)) {
            return null;
        }
        return end - start > Name.MAX_BYTES ? TOO_LONG : Name.of(bytes, start, end);
    }

    /// Empty, `.` or `..`.
    private static boolean isDots(byte[] bytes, int start, int end) {
        int length = end - start;
        return length == 0
                || length == 1 && bytes[start] == DOT
                || length == 2 && bytes[start] == DOT && bytes[start + 1] == DOT;
    }

    /// Whether the path is empty or ends in `.`.
    boolean endsInDot() {
        int start = lastStart();
        return !isRoot() && bytes.length - start < 2 && isDots(bytes, start, bytes.length);
    }

    /// Whether the path is a root, empty, or ends in `.` or `..`.
    boolean endsInDots() {
        return lastName() == null;
    }

    /// Whether both paths are one and the same but for their last elements. False for the root, which has none.
    boolean isBeside(DaxPath other) {
        int end = lastStart();
        return !isRoot() && !other.isRoot() && Arrays.equals(bytes, 0, end, other.bytes, 0, other.lastStart());
    }

    /// The entry of that name in the directory that this path leads to.
    DaxPath child(Name name) {
        byte[] joined = beforeChild(name.byteCount());
        name.copyTo(joined, joined.length - name.byteCount());
        return child(joined);
    }

    /// One of the entries of the directory that this path leads to.
    DaxPath child(Listing entries, int index) {
        int byteCount = entries.byteCount(index);
        byte[] joined = beforeChild(byteCount);
        entries.copyName(index, joined, joined.length - byteCount);
        return child(joined);
    }

    private DaxPath child(byte[] joined) {
        DaxPath child = new DaxPath(fileSystem, joined);
        child.stem = isEmpty() ? null : whole();
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

    /// The elements as bytes, for a walk that meets symbolic links. The empty path has one, which is empty.
    List<byte[]> elements() {
        List<byte[]> elements = new ArrayList<>();
        int count = getNameCount();
        for (int i = 0, start = start(0); i < count; i++) {
            int end = end(start);
            elements.add(Arrays.copyOfRange(bytes, start, end));
            start = end + 1;
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

    boolean isRoot() {
        return bytes.length == 1 && bytes[0] == SLASH;
    }

    // Elements

    /// Where the last element starts; behind it all where there is none.
    private int lastStart() {
        int start = bytes.length;
        while (start > 0 && bytes[start - 1] != SLASH) {
            start--;
        }
        return start;
    }

    /// Where an element starts.
    private int start(int index) {
        int at = isAbsolute() ? 1 : 0;
        for (int i = 0; i < index; i++) {
            at = end(at) + 1;
        }
        return at;
    }

    /// Where the element that starts there ends.
    private int end(int start) {
        int at = start;
        while (at < bytes.length && bytes[at] != SLASH) {
            at++;
        }
        return at;
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
        int start = lastStart();
        if (start == 0) {
            return this;
        }
        return start == bytes.length ? null : slice(start, bytes.length);
    }

    @Override
    public DaxPath getParent() {
        int start = lastStart();
        if (start <= 1) {
            return start == 0 || isRoot() ? null : getRoot();
        }
        return slice(0, start - 1);
    }

    @Override
    public int getNameCount() {
        if (isRoot()) {
            return 0;
        }
        int count = isAbsolute() ? 0 : 1;
        for (byte b : bytes) {
            count += b == SLASH ? 1 : 0;
        }
        return count;
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
        int start = start(beginIndex);
        int end = end(start);
        for (int i = beginIndex + 1; i < endIndex; i++) {
            end = end(end + 1);
        }
        return slice(start, end);
    }

    @Override
    public Iterator<Path> iterator() {
        List<Path> names = new ArrayList<>();
        for (byte[] element : elements()) {
            names.add(new DaxPath(fileSystem, element));
        }
        return Collections.unmodifiableList(names).iterator();
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
        if (that.isEmpty()) {
            return this;
        }
        byte[] joined = join(bytes, that.bytes);
        DaxPath resolved = new DaxPath(fileSystem, joined);
        if (!isEmpty()) {
            int start = that.lastStart();
            int joinedStart = joined.length - that.bytes.length + start;
            resolved.stem = start == 0 ? whole() : new Stem(this, joined, joinedStart - 1);
        }
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
