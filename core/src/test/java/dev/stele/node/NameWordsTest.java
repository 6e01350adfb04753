package dev.stele.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is done to eight bytes at a time gives what is done byte by byte, for every length.
class NameWordsTest {
    private static final long SEED = Long.getLong("stele.seed", 17);
    private static final int ROUNDS = 40;
    private static final byte[] SPECIAL =
            {0, 1, '.', '/', '.' - 1, '/' + 1, 0x7F, (byte) 0x80, (byte) 0xAF, (byte) 0xFF};

    private final Random random = new Random(SEED);

    @Test
    void wordsAreTheBytesWithZerosBehindWhereverTheyStandInTheirArray() {
        forEachLength((bytes, words) -> {
            long[] naive = new long[words.length];
            for (int i = 0; i < bytes.length; i++) {
                naive[i / 8] |= (bytes[i] & 0xFFL) << i % 8 * 8;
            }
            assertArrayEquals(naive, words, () -> Arrays.toString(bytes));
        });
    }

    @Test
    void slashesNulAndDotsAreSeenAtEveryPlaceAndNothingElseIs() {
        forEachLength((bytes, words) -> {
            boolean nul = false;
            boolean slash = false;
            for (byte b : bytes) {
                nul |= b == 0;
                slash |= b == '/';
            }
            boolean dots = Arrays.equals(bytes, new byte[] {'.'}) || Arrays.equals(bytes, new byte[] {'.', '.'});
            assertEquals(nul, NameWords.hasNul(words, 0, bytes.length), () -> Arrays.toString(bytes));
            assertEquals(!nul && !slash && !dots, NameWords.isLegal(words, 0, bytes.length),
                    () -> Arrays.toString(bytes));
        });
    }

    @Test
    void copyingChangesNoOtherByte() {
        forEachLength((bytes, words) -> {
            byte[] into = randomBytes(bytes.length + random.nextInt(20));
            int at = random.nextInt(into.length - bytes.length + 1);
            byte[] naive = into.clone();
            System.arraycopy(bytes, 0, naive, at, bytes.length);
            int first = random.nextInt(3);
            long[] among = new long[first + words.length + 1];
            Arrays.fill(among, random.nextLong());
            System.arraycopy(words, 0, among, first, words.length);
            NameWords.copy(among, first, bytes.length, into, at);
            assertArrayEquals(naive, into, () -> Arrays.toString(bytes));
        });
    }

    @Test
    void namesAreEqualWhereTheirBytesAre() {
        forEachLength((bytes, words) -> {
            byte[] other = bytes.clone();
            other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
            Name name = Name.ofLegal(words, bytes.length);
            Name same = Name.ofLegal(words.clone(), bytes.length);
            assertEquals(name, same);
            assertEquals(name.hashCode(), same.hashCode());
            assertArrayEquals(bytes, name.toBytes());
            assertEquals(false, name.equals(Name.ofLegal(NameWords.of(other, 0, other.length), other.length)));
        });
        assertEquals(false, Name.ofLegal(new long[] {'a'}, 1).equals(Name.ofLegal(new long[] {'a'}, 2)));
    }

    private interface Case {
        void check(byte[] bytes, long[] words);
    }

    private void forEachLength(Case each) {
        System.out.println("seed " + SEED);
        for (int length = 1; length <= Name.MAX_BYTES; length++) {
            for (int round = 0; round < ROUNDS; round++) {
                byte[] bytes = randomBytes(length);
                byte[] around = randomBytes(length + random.nextInt(20));
                int from = random.nextInt(around.length - length + 1);
                System.arraycopy(bytes, 0, around, from, length);
                each.check(bytes, NameWords.of(around, from, from + length));
            }
        }
    }

    /// Letters, all bytes alike, or letters with one byte among them that may be special.
    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        int kind = random.nextInt(4);
        for (int i = 0; i < length; i++) {
            bytes[i] = kind == 0 ? (byte) random.nextInt(256) : (byte) ('a' + random.nextInt(26));
        }
        if (kind == 1) {
            Arrays.fill(bytes, SPECIAL[random.nextInt(SPECIAL.length)]);
        } else if (kind == 2 && length > 0) {
            bytes[random.nextInt(length)] = SPECIAL[random.nextInt(SPECIAL.length)];
        }
        return bytes;
    }
}
