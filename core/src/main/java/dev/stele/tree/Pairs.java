package dev.stele.tree;

import java.util.Arrays;

/// A growing list of entries in working memory.
final class Pairs {
    private static final int FIRST_CAPACITY = 512;
    /// What grew larger than this is not kept from one change to the next.
    private static final int KEPT_CAPACITY = 1 << 14;

    private long[] words = new long[2 * FIRST_CAPACITY];
    private int count;

    int count() {
        return count;
    }

    void clear() {
        count = 0;
        if (words.length > 2 * KEPT_CAPACITY) {
            words = new long[2 * FIRST_CAPACITY];
        }
    }

    long key(int index) {
        return words[2 * index];
    }

    long value(int index) {
        return words[2 * index + 1];
    }

    void setKey(int index, long key) {
        words[2 * index] = key;
    }

    void add(long key, long value) {
        reserve(1);
        words[2 * count] = key;
        words[2 * count + 1] = value;
        count++;
    }

    void addAll(long[] pairs, int pairCount) {
        reserve(pairCount);
        System.arraycopy(pairs, 0, words, 2 * count, 2 * pairCount);
        count += pairCount;
    }

    void addAll(Pairs other) {
        addAll(other.words, other.count);
    }

    /// Adds the entries [from, to) of an open node.
    void addAll(Cursor node, int from, int to) {
        reserve(to - from);
        for (int i = from; i < to; i++) {
            words[2 * count] = node.keyAt(i);
            words[2 * count + 1] = node.valueAt(i);
            count++;
        }
    }

    /// Puts all entries of an open node before those that are here.
    void addAllBefore(Cursor node) {
        reserve(node.count);
        System.arraycopy(words, 0, words, 2 * node.count, 2 * count);
        int all = count + node.count;
        count = 0;
        addAll(node, 0, node.count);
        count = all;
    }

    private void reserve(int more) {
        if (2 * (count + more) > words.length) {
            words = Arrays.copyOf(words, Math.max(2 * words.length, 2 * (count + more)));
        }
    }
}
