package dev.stele.crash.images;

import dev.stele.format.Geometry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;

/// All injuries of one image, by number: first every field with every verb, as it is and with its checksum made right;
/// then every block in every way; then as many random ones as are asked for. The same seed gives the same injuries.
final class Injuries {
    private static final int BLOCK_VERBS = 24;
    private static final int NOISE_VERBS = 12;
    private static final int MAX_DAMAGES = 6;
    private static final long RANDOM_PART = 1L << 40;

    private final Specimen specimen;
    private final long seed;
    /// field << 5 | verb << 1 | whether the checksum is made right
    private int[] codes = new int[1 << 12];
    private int codeCount;

    Injuries(Specimen specimen, long seed) {
        this.specimen = specimen;
        this.seed = seed * 0x9E3779B97F4A7C15L + specimen.corpus.ordinal();
        enumerate();
    }

    /// Notes what makes a difference: of verbs that give the same value one is enough.
    private void enumerate() {
        long[] values = new long[Verb.COUNT];
        for (int index = 0; index < specimen.fields.size(); index++) {
            Field field = specimen.fields.get(index);
            long old = field.get(specimen.bytes);
            int distinct = 0;
            for (int verb = 0; verb < Verb.COUNT; verb++) {
                long value = value(index, verb);
                if (value != old && !contains(values, distinct, value)) {
                    values[distinct++] = value;
                    add(index << 5 | verb << 1);
                    if (field.kind().isSummed && !field.name().equals("crc")) {
                        add(index << 5 | verb << 1 | 1);
                    }
                }
            }
        }
    }

    private static boolean contains(long[] values, int count, long value) {
        for (int i = 0; i < count; i++) {
            if (values[i] == value) {
                return true;
            }
        }
        return false;
    }

    private void add(int code) {
        if (codeCount == codes.length) {
            codes = Arrays.copyOf(codes, codeCount * 2);
        }
        codes[codeCount++] = code;
    }

    private long value(int index, int verb) {
        Field field = specimen.fields.get(index);
        SplittableRandom random = new SplittableRandom(seed + index * 31L + verb);
        long another = specimen.another(field, random.nextLong()).get(specimen.bytes);
        return field.fitted(Verb.of(verb).apply(field.get(specimen.bytes), field.bits(), random.nextLong(), another));
    }

    /// Injuries of fields.
    long fieldCount() {
        return codeCount;
    }

    /// Injuries of blocks.
    long blockCount() {
        return specimen.geometry.blockCount() * BLOCK_VERBS;
    }

    /// @param number of the injury; those behind [#fieldCount] and [#blockCount] are random, without an end
    /// @return null where this one changes nothing
    Injury of(long number) {
        Injury injury = new Injury(specimen);
        if (number < codeCount) {
            field(injury, codes[(int) number]);
        } else if (number < codeCount + blockCount()) {
            long rest = number - codeCount;
            block(injury, rest / BLOCK_VERBS, (int) (rest % BLOCK_VERBS), new SplittableRandom(seed ^ number));
        } else {
            several(injury, new SplittableRandom(seed ^ RANDOM_PART + number - codeCount - blockCount()));
        }
        return injury.isNothing() ? null : injury;
    }

    private void field(Injury injury, int code) {
        Field field = specimen.fields.get(code >>> 5);
        injury.field(field, value(code >>> 5, code >>> 1 & 15), (code & 1) != 0);
    }

    private void block(Injury injury, long block, int verb, SplittableRandom random) {
        long at = Geometry.at(block);
        switch (verb) {
            case 0 -> replace(injury, at, new byte[Geometry.BLOCK_BYTES], "block " + block + " is zeros", false);
            case 1 -> {
                byte[] ones = new byte[Geometry.BLOCK_BYTES];
                Arrays.fill(ones, (byte) -1);
                replace(injury, at, ones, "block " + block + " is ones", false);
            }
            case 2 -> {
                byte[] noise = new byte[Geometry.BLOCK_BYTES];
                random.nextBytes(noise);
                replace(injury, at, noise, "block " + block + " is noise", false);
            }
            case 3 -> replace(injury, at, bytes(specimen.older, block), "block " + block + " is as it was before",
                    true);
            case 4, 5, 6, 7 -> {
                long other = usedBlock(random);
                replace(injury, at, bytes(specimen.bytes, other), "block " + block + " is as " + other, false);
            }
            case 8, 9, 10, 11 -> {
                long other = usedBlock(random);
                replace(injury, at, bytes(specimen.bytes, other), "block " + block + " is as " + other, false);
                replace(injury, Geometry.at(other), bytes(specimen.bytes, block), "and the other way round", false);
            }
            default -> noise(injury, block, (verb - 12) % NOISE_VERBS, random);
        }
    }

    /// Lines, words and bytes of a block.
    private void noise(Injury injury, long block, int verb, SplittableRandom random) {
        int length = switch (verb) {
            case 0, 1, 2 -> 64;
            case 3, 4 -> 8;
            case 5, 6, 7 -> 1;
            case 8 -> 512;
            case 9 -> 2048;
            default -> 1 + random.nextInt(200);
        };
        int offset = random.nextInt(Geometry.BLOCK_BYTES / length) * length;
        if (verb < 10 && random.nextInt(3) == 0) {
            offset = 0;
        }
        byte[] noise = new byte[length];
        if (verb != 0 && verb != 8) {
            random.nextBytes(noise);
        }
        replace(injury, Geometry.at(block) + offset, noise,
                length + " bytes at " + (Geometry.at(block) + offset) + (verb != 0 && verb != 8 ? " are noise"
                        : " are zeros"), false);
    }

    private void several(Injury injury, SplittableRandom random) {
        int count = 1 + random.nextInt(MAX_DAMAGES);
        boolean seals = random.nextInt(4) != 0;
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(8);
            if (kind < 6) {
                int index = random.nextInt(specimen.fields.size());
                Field field = specimen.fields.get(index);
                int verb = random.nextInt(Verb.COUNT);
                long value = field.fitted(Verb.of(verb).apply(field.get(specimen.bytes), field.bits(),
                        random.nextInt(2) == 0 ? random.nextLong() : random.nextInt(300),
                        specimen.another(field, random.nextLong()).get(specimen.bytes)));
                if (value != field.get(specimen.bytes)) {
                    injury.field(field, value, seals && field.kind().isSummed && !field.name().equals("crc"));
                }
            } else if (kind == 6) {
                block(injury, usedBlock(random), random.nextInt(12), random);
            } else {
                noise(injury, usedBlock(random), random.nextInt(NOISE_VERBS), random);
            }
        }
    }

    /// A block that holds something, most likely.
    private long usedBlock(SplittableRandom random) {
        long block = random.nextLong(specimen.geometry.blockCount());
        for (int i = 0; i < 8 && isZero(block); i++) {
            block = random.nextLong(specimen.geometry.blockCount());
        }
        return block;
    }

    private boolean isZero(long block) {
        MemorySegment s = specimen.bytes;
        for (long at = Geometry.at(block); at < Geometry.at(block + 1); at += 512) {
            if (s.get(ValueLayout.JAVA_LONG, at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(MemorySegment from, long block) {
        return from.asSlice(Geometry.at(block), Geometry.BLOCK_BYTES).toArray(ValueLayout.JAVA_BYTE);
    }

    private void replace(Injury injury, long at, byte[] bytes, String what, boolean valid) {
        if (specimen.bytes.asSlice(at, bytes.length).mismatch(MemorySegment.ofArray(bytes)) >= 0) {
            injury.bytes(at, bytes, what, valid);
        }
    }
}
