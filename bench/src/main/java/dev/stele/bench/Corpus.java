package dev.stele.bench;

import java.util.Random;

/// Texts made of a seed: words as frequent as in a language, the n-th about n times as rare as the first.
final class Corpus {
    static final int VOCABULARY = 20_000;
    private static final int WORDS = 120;

    private final Random random;

    Corpus(long seed) {
        this.random = new Random(seed);
    }

    String next() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < WORDS; i++) {
            text.append(word((int) Math.pow(VOCABULARY, random.nextDouble()))).append(' ');
        }
        return text.toString();
    }

    static String word(int rank) {
        return "w" + Integer.toString(rank, Character.MAX_RADIX);
    }
}
