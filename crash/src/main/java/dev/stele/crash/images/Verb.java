package dev.stele.crash.images;

/// What is done to a field.
enum Verb {
    ZERO, ONES, FIRST_BIT, MIDDLE_BIT, LAST_BIT, PLUS_ONE, MINUS_ONE, RANDOM, ANOTHER;

    static final int COUNT = values().length;
    private static final Verb[] ALL = values();

    static Verb of(int ordinal) {
        return ALL[ordinal];
    }

    /// @param random any word
    /// @param another the field's value in another structure of its kind
    long apply(long value, int bits, long random, long another) {
        return switch (this) {
            case ZERO -> 0;
            case ONES -> -1;
            case FIRST_BIT -> value ^ 1;
            case MIDDLE_BIT -> value ^ 1L << bits / 2;
            case LAST_BIT -> value ^ 1L << bits - 1;
            case PLUS_ONE -> value + 1;
            case MINUS_ONE -> value - 1;
            case RANDOM -> random;
            case ANOTHER -> another;
        };
    }
}
