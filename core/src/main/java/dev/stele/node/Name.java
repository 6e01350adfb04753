package dev.stele.node;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One name in a directory: 1 to 255 bytes, any but `/` and NUL. Immutable; keeps the bytes as the zero-padded
/// little-endian words in which they stand on the medium, and remembers the hash it was last asked for.
public final class Name {
    /// Longest name in bytes.
    public static final int MAX_BYTES = 255;

    private static final String EMPTY_OR_DOTS = "a name may not be empty, '.' or '..'";

    private final long[] words;
    private final int byteCount;
    private Hash hash;

    /// A hash and the key it was made with, in one object whose fields are final: who sees it without a lock sees it
    /// whole.
    private record Hash(long key0, long key1, long value) {
    }

    private Name(long[] words, int byteCount) {
        this.words = words;
        this.byteCount = byteCount;
    }

    /// @throws VolumeException ENAMETOOLONG beyond 255 bytes; EINVAL when empty, `.`, `..`, or with `/` or NUL in it
    public static Name of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /// The bytes [from, to) of an array.
    ///
    /// @throws VolumeException as [#of(byte\[\])]
    public static Name of(byte[] bytes, int from, int to) {
        int byteCount = to - from;
        if (byteCount > MAX_BYTES) {
            throw new VolumeException(Errno.ENAMETOOLONG);
        }
        if (byteCount == 0) {
            throw new VolumeException(Errno.EINVAL, EMPTY_OR_DOTS);
        }
        long[] words = NameWords.of(bytes, from, to);
        if (!NameWords.isLegal(words, 0, byteCount)) {
            throw new VolumeException(Errno.EINVAL, NameWords.isDots(words[0], byteCount)
                    ? EMPTY_OR_DOTS : "a name may not contain '/' or NUL");
        }
        return new Name(words, byteCount);
    }

    /// A name as it stands on the medium.
    ///
    /// @param words found legal; as many as the bytes need, with zeros behind the bytes; become the name's own
    static Name ofLegal(long[] words, int byteCount) {
        return new Name(words, byteCount);
    }

    /// The name of an extended attribute: 1 to 255 bytes, any but NUL.
    public static Name ofAttribute(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new VolumeException(Errno.ERANGE, "an attribute's name has at most 255 bytes");
        }
        if (bytes.length == 0) {
            throw new VolumeException(Errno.ERANGE, "an attribute's name may not be empty");
        }
        long[] words = NameWords.of(bytes, 0, bytes.length);
        if (NameWords.hasNul(words, 0, bytes.length)) {
            throw new VolumeException(Errno.EINVAL, "an attribute's name may not contain NUL");
        }
        return new Name(words, bytes.length);
    }

    /// The UTF-8 bytes of `text`.
    public static Name of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Length in bytes, 1 to 255.
    public int byteCount() {
        return byteCount;
    }

    public byte[] toBytes() {
        byte[] bytes = new byte[byteCount];
        copyTo(bytes, 0);
        return bytes;
    }

    /// Puts the bytes into the array.
    public void copyTo(byte[] into, int at) {
        NameWords.copy(words, 0, byteCount, into, at);
    }

    int wordCount() {
        return words.length;
    }

    long word(int index) {
        return words[index];
    }

    /// SipHash-1-3 of the bytes under the volume's key.
    long hash(long key0, long key1) {
        Hash known = hash;
        if (known == null || known.key0 != key0 || known.key1 != key1) {
            known = new Hash(key0, key1, SipHash.hash(key0, key1, words, byteCount));
            hash = known;
        }
        return known.value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Name that && that.byteCount == byteCount && Arrays.equals(words, that.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }

    /// The bytes read as UTF-8; what is not UTF-8 shows as U+FFFD.
    @Override
    public String toString() {
        return new String(toBytes(), StandardCharsets.UTF_8);
    }
}
