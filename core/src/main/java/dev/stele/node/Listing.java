package dev.stele.node;

import dev.stele.error.CorruptionException;
import dev.stele.format.DirectoryBlock;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Entries of a directory, copied from one of its blocks in the order of their cookies; reusable. What of an entry is
/// not wanted is not made an object of.
public final class Listing {
    private static final long[] NO_WORDS = {};

    /// Entries added; they count once the listing is complete.
    private int added;
    private int count;
    private boolean more;
    private long nextCookie;
    /// The names, one behind the other; where each starts, and the number of its bytes.
    private long[] words = NO_WORDS;
    private int[] firstWords = {};
    private int[] byteCounts = {};
    private long[] inodes = NO_WORDS;
    private int[] types = {};
    private long[] cookies = NO_WORDS;

    /// Entries there are.
    public int count() {
        return count;
    }

    /// Whether there may be more entries behind these; if so they are behind [#nextCookie].
    public boolean more() {
        return more;
    }

    public long nextCookie() {
        return nextCookie;
    }

    public Name name(int index) {
        int first = firstWords[index];
        int byteCount = byteCounts[index];
        return Name.ofLegal(Arrays.copyOfRange(words, first, first + NameWords.count(byteCount)), byteCount);
    }

    /// Length of a name in bytes.
    public int byteCount(int index) {
        return byteCounts[index];
    }

    /// Puts the bytes of a name into the array.
    public void copyName(int index, byte[] into, int at) {
        NameWords.copy(words, firstWords[index], byteCounts[index], into, at);
    }

    public long inode(int index) {
        return inodes[index];
    }

    /// As `d_type`.
    public int type(int index) {
        return types[index];
    }

    public long cookie(int index) {
        return cookies[index];
    }

    /// Forgets what is listed.
    public void clear() {
        added = 0;
        count = 0;
        more = false;
        nextCookie = 0;
    }

    /// Makes room for so many entries, with so many words of names.
    void reserve(int entryCount, int wordCount) {
        if (words.length < wordCount) {
            words = new long[wordCount];
        }
        if (cookies.length < entryCount) {
            firstWords = new int[entryCount];
            byteCounts = new int[entryCount];
            inodes = new long[entryCount];
            types = new int[entryCount];
            cookies = new long[entryCount];
        }
    }

    /// Adds the entry that stands at `entryAt`.
    ///
    /// @throws CorruptionException where no program could have put the name there
    void add(MemorySegment s, long entryAt, int byteCount, long cookie) {
        int first = added == 0 ? 0 : firstWords[added - 1] + NameWords.count(byteCounts[added - 1]);
        int wordCount = NameWords.count(byteCount);
        for (int i = 0; i < wordCount; i++) {
            words[first + i] = DirectoryBlock.nameWord(s, entryAt, i);
        }
        if (byteCount > 0) {
            words[first + wordCount - 1] = NameWords.trimmed(words[first + wordCount - 1], byteCount);
        }
        if (byteCount == 0 || !NameWords.isLegal(words, first, byteCount)) {
            throw new CorruptionException("directory.entry.name", entryAt, "a legal name", "another");
        }
        firstWords[added] = first;
        byteCounts[added] = byteCount;
        inodes[added] = DirectoryBlock.entryInode(s, entryAt);
        types[added] = DirectoryBlock.entryType(s, entryAt);
        cookies[added] = cookie;
        added++;
    }

    /// All is added, and no more entries are behind.
    void complete() {
        count = added;
    }

    /// All is added, and more entries may be behind the cookie.
    void complete(long cookie) {
        count = added;
        more = true;
        nextCookie = cookie;
    }
}
