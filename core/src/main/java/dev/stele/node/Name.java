package dev.stele.node;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.nio.charset.StandardCharsets;

/// One name in a directory: 1 to 255 bytes, any but `/` and NUL. Immutable; keeps the bytes as the zero-padded
/// little-endian words in which they stand on the medium, and remembers the hash it was last asked for.
public final class Name {
    /// Longest name in bytes.
    public static final int MAX_BYTES = 255;

    private final byte[] bytes;
    private final long[] words;
    private Hash hash;

    /// A hash and the key it was made with, in one object whose fields are final: who sees it without a lock sees it
    /// whole.
    private record Hash(long key0, long key1, long value) {
    }

    private Name(byte[] bytes) {
        this.bytes = bytes;
        this.words = new long[(bytes.length + 7) >>> 3];
        for (int i = 0; i < bytes.length; i++) {
            words[i >>> 3] |= (bytes[i] & 0xFFL) << ((i & 7) << 3);
        }
    }

    private Name(byte[] bytes, long[] words) {
        this.bytes = bytes;
        this.words = words;
    }

    /// @throws VolumeException ENAMETOOLONG beyond 255 bytes; EINVAL when empty, `.`, `..`, or with `/` or NUL in it
    public static Name of(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new VolumeException(Errno.ENAMETOOLONG);
        }
        if (bytes.length == 0 || isDots(bytes)) {
            throw new VolumeException(Errno.EINVAL, "a name may not be empty, '.' or '..'");
        }
        if (hasSlashOrNul(bytes)) {
            throw new VolumeException(Errno.EINVAL, "a name may not contain '/' or NUL");
        }
        return new Name(bytes.clone());
    }

    private static boolean isDots(byte[] bytes) {
        return bytes[0] == '.' && (bytes.length == 1 || bytes.length == 2 && bytes[1] == '.');
    }

    private static boolean hasSlashOrNul(byte[] bytes) {
        for (byte b : bytes) {
            if (b == '/' || b == 0) {
                return true;
            }
        }
        return false;
    }

    /// A name as it stands on the medium, words of which `byteCount` bytes count; null where no program could have put
    /// it there.
    ///
    /// @param words as many as the bytes need; become the name's own, with zeros behind the bytes
    static Name ofWords(long[] words, int byteCount) {
        if (byteCount == 0 || byteCount > MAX_BYTES) {
            return null;
        }
        byte[] bytes = new byte[byteCount];
        for (int i = 0; i < byteCount; i++) {
            bytes[i] = (byte) (words[i >>> 3] >>> ((i & 7) << 3));
        }
        words[words.length - 1] &= -1L >>> (-byteCount & 7) * 8;
        return isDots(bytes) || hasSlashOrNul(bytes) ? null : new Name(bytes, words);
    }

    /// The name of an extended attribute: 1 to 255 bytes, any but NUL.
    public static Name ofAttribute(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new VolumeException(Errno.ERANGE, "an attribute's name has at most 255 bytes");
        }
        if (bytes.length == 0) {
            throw new VolumeException(Errno.ERANGE, "an attribute's name may not be empty");
        }
        for (byte b : bytes) {
            if (b == 0) {
                throw new VolumeException(Errno.EINVAL, "an attribute's name may not contain NUL");
            }
        }
        return new Name(bytes.clone());
    }

    /// The UTF-8 bytes of `text`.
    public static Name of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Length in bytes, 1 to 255.
    public int byteCount() {
        return bytes.length;
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    /// Puts the bytes into the array.
    public void copyTo(byte[] into, int at) {
        System.arraycopy(bytes, 0, into, at, bytes.length);
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
            known = new Hash(key0, key1, SipHash.hash(key0, key1, words, bytes.length));
            hash = known;
        }
        return known.value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Name that && java.util.Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(bytes);
    }

    /// The bytes read as UTF-8; what is not UTF-8 shows as U+FFFD.
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
