package dev.stele.check;

import java.util.Arrays;

/// Keys and values of a tree being put together, in ascending order.
final class Pairs {
    private long[] words = new long[32];
    private int count;

    void add(long key, long value) {
        if (count * 2 == words.length) {
            words = Arrays.copyOf(words, count * 4);
        }
        words[count * 2] = key;
        words[count * 2 + 1] = value;
        count++;
    }

    int count() {
        return count;
    }

    long key(int index) {
        return words[index * 2];
    }

    long value(int index) {
        return words[index * 2 + 1];
    }
}
