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
    private long hashKey0;
    private long hashKey1;
    private long hash;
    private boolean hashed;

    private Name(byte[] bytes) {
        this.bytes = bytes;
        this.words = new long[(bytes.length + 7) >>> 3];
        for (int i = 0; i < bytes.length; i++) {
            words[i >>> 3] |= (bytes[i] & 0xFFL) << ((i & 7) << 3);
        }
    }

    /// @throws VolumeException ENAMETOOLONG beyond 255 bytes; EINVAL when empty, `.`, `..`, or with `/` or NUL in it
    public static Name of(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new VolumeException(Errno.ENAMETOOLONG);
        }
        if (bytes.length == 0
                || bytes[0] == '.' && (bytes.length == 1 || bytes.length == 2 && bytes[1] == '.')) {
            throw new VolumeException(Errno.EINVAL, "a name may not be empty, '.' or '..'");
        }
        for (byte b : bytes) {
            if (b == '/' || b == 0) {
                throw new VolumeException(Errno.EINVAL, "a name may not contain '/' or NUL");
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

    int wordCount() {
        return words.length;
    }

    long word(int index) {
        return words[index];
    }

    /// SipHash-1-3 of the bytes under the volume's key.
    long hash(long key0, long key1) {
        // A racing reader may see hashed with another key's hash only if two volumes share one Name at once.
        if (!hashed || hashKey0 != key0 || hashKey1 != key1) {
            synchronized (this) {
                hash = SipHash.hash(key0, key1, words, bytes.length);
                hashKey0 = key0;
                hashKey1 = key1;
                hashed = true;
            }
        }
        return hash;
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
