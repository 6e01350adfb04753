package dev.stele.check;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Damages an image in every way a list knows: the check must tell, without failing itself, and the repair must leave
/// nothing for the next check.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamageTest {
    private static final long SEED = Long.getLong("stele.seed", 20261121);
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 1);
    private static final long MAX_MILLIS = 5_000;

    private final Arena arena = Arena.ofShared();
    private final List<String> failures = new ArrayList<>();
    private Medium medium;
    private MemorySegment bytes;
    private MemorySegment whole;
    private Geometry geometry;

    @BeforeAll
    void build() {
        ImageBuilder image = ImageBuilder.sample();
        medium = image.medium;
        geometry = image.geometry;
        bytes = medium.metadata().segment();
        whole = arena.allocate(bytes.byteSize(), 4096).copyFrom(bytes);
    }

    @AfterAll
    void close() {
        medium.close();
        arena.close();
    }

    private void restore() {
        bytes.copyFrom(whole);
    }

    private enum Verb {
        ZERO, ONES, FIRST_BIT, MIDDLE_BIT, LAST_BIT, PLUS_ONE, MINUS_ONE, RANDOM, ANOTHER;

        long apply(long value, int bits, Random random, long another) {
            return switch (this) {
                case ZERO -> 0;
                case ONES -> -1;
                case FIRST_BIT -> value ^ 1;
                case MIDDLE_BIT -> value ^ 1L << bits / 2;
                case LAST_BIT -> value ^ 1L << bits - 1;
                case PLUS_ONE -> value + 1;
                case MINUS_ONE -> value - 1;
                case RANDOM -> random.nextLong();
                case ANOTHER -> another;
            };
        }
    }

    @Test
    void everyFieldOfEveryStructure() {
        Random random = new Random(SEED);
        List<Structure> structures = Structure.of(whole, geometry);
        assertTrue(structures.size() > 100, "too few structures: " + structures.size());
        int[] seen = new int[Structure.Kinds.values().length];
        for (Structure structure : structures) {
            // Of many alike a few will do: the rest differ in what the fields of the first were tried with.
            int budget = switch (structure.kind()) {
                case INODE -> 5;
                case ENTRY -> 1;
                case DIRECTORY -> 1;
                case TREE -> 3;
                default -> 2;
            };
            if (seen[structure.kind().ordinal()]++ < budget * ROUNDS) {
                for (Structure.Field field : structure.fields(whole)) {
                    Structure other = structures.get(random.nextInt(structures.size()));
                    every(structure, field, other, random);
                }
            }
        }
        assertNoFailures();
    }

    private void every(Structure structure, Structure.Field field, Structure other, Random random) {
        for (Verb verb : Verb.values()) {
            for (boolean sealed : new boolean[] {false, true}) {
                restore();
                long old = get(field);
                long another = other.kind() == structure.kind()
                        ? get(new Structure.Field("", other.at() + field.at() - structure.at(), field.byteCount()))
                        : Geometry.blockOf(other.at());
                set(field, verb.apply(old, field.byteCount() * 8, random, another));
                if (get(field) != old) {
                    if (sealed) {
                        structure.seal(bytes);
                    }
                    judge(field + " " + verb + (sealed ? " sealed" : ""), false);
                }
            }
        }
    }

    private long get(Structure.Field field) {
        long value = 0;
        for (int i = 0; i < field.byteCount(); i++) {
            value |= (bytes.get(ValueLayout.JAVA_BYTE, field.at() + i) & 0xFFL) << i * 8;
        }
        return value;
    }

    private void set(Structure.Field field, long value) {
        for (int i = 0; i < field.byteCount(); i++) {
            bytes.set(ValueLayout.JAVA_BYTE, field.at() + i, (byte) (value >>> i * 8));
        }
    }

    @Test
    void bitmaps() {
        for (long at : new long[] {Geometry.blockBitmapAt(0), Geometry.inodeBitmapAt(0)}) {
            for (int word = 0; word < 10; word++) {
                for (Verb verb : Verb.values()) {
                    restore();
                    Structure.Field field = new Structure.Field("bitmap", at + word * 8L, 8);
                    set(field, verb.apply(get(field), 64, new Random(SEED + word), 0x5555555555555555L));
                    judge(field + " " + verb, false);
                }
            }
            for (byte fill : new byte[] {0, -1, 0x55}) {
                restore();
                bytes.asSlice(at, Geometry.BLOCK_BYTES).fill(fill);
                judge("bitmap at " + at + " full of " + fill, false);
            }
        }
        assertNoFailures();
    }

    @Test
    void blocksLostSwappedAndStale() {
        Random random = new Random(SEED);
        for (long block = 0; block < geometry.blockCount(); block++) {
            if (whole.asSlice(Geometry.at(block), 4096).mismatch(arena.allocate(4096)) < 0) {
                continue;
            }
            restore();
            bytes.asSlice(Geometry.at(block), 4096).fill((byte) 0);
            judge("block " + block + " zeroed", block < 2);
            restore();
            byte[] noise = new byte[4096];
            random.nextBytes(noise);
            MemorySegment.copy(noise, 0, bytes, ValueLayout.JAVA_BYTE, Geometry.at(block), 4096);
            judge("block " + block + " random", block < 2);
            for (int i = 0; i < ROUNDS; i++) {
                restore();
                long other = random.nextLong(geometry.blockCount() - 2) + 2;
                bytes.asSlice(Geometry.at(block), 4096).copyFrom(whole.asSlice(Geometry.at(other), 4096));
                judge("block " + block + " is as " + other, block < 2);
                if (block >= 2) {
                    bytes.copyFrom(whole);
                    bytes.asSlice(Geometry.at(block), 4096).copyFrom(whole.asSlice(Geometry.at(other), 4096));
                    bytes.asSlice(Geometry.at(other), 4096).copyFrom(whole.asSlice(Geometry.at(block), 4096));
                    judge("block " + block + " swapped with " + other, false);
                }
            }
        }
        assertNoFailures();
    }

    @Test
    void manyDamagesAtOnce() {
        for (int round = 0; round < 80 * ROUNDS; round++) {
            Random random = new Random(SEED + round);
            restore();
            int damages = 1 + random.nextInt(40);
            for (int i = 0; i < damages; i++) {
                long used = 2 + random.nextLong(250);
                long at = Geometry.at(used) + random.nextInt(512) * 8;
                Verb verb = Verb.values()[random.nextInt(Verb.values().length)];
                Structure.Field field = new Structure.Field("", at, 1 << random.nextInt(4));
                set(field, verb.apply(get(field), field.byteCount() * 8, random, random.nextInt(512)));
            }
            List<Structure> structures = Structure.of(whole, geometry);
            for (int i = 0; i < 30; i++) {
                structures.get(4 + random.nextInt(structures.size() - 4)).seal(bytes);
            }
            judge("round " + round + " of seed " + SEED, false);
        }
        assertNoFailures();
    }

    /// @param mayBeLost whether it may have become something that is no volume
    private void judge(String what, boolean mayBeLost) {
        long start = ProcessorTime.ofThisThreadMillis();
        try {
            Report repair = Check.repair(medium);
            if (!(mayBeLost && repair.exitCode() == 8) && (!repair.isClean() || repair.exitCode() > 1)) {
                fail(what + ": " + repair.findings().stream().limit(5).map(Finding::message).toList() + " LEAVES "
                        + repair.obstacle() + repair.remaining().stream().limit(5).map(Finding::message).toList());
            }
        } catch (Throwable thrown) {
            StringBuilder trace = new StringBuilder(what + ": " + thrown);
            for (int i = 0; i < Math.min(8, thrown.getStackTrace().length); i++) {
                trace.append("\n        ").append(thrown.getStackTrace()[i]);
            }
            fail(trace.toString());
        }
        long millis = ProcessorTime.ofThisThreadMillis() - start;
        if (millis > MAX_MILLIS) {
            fail(what + ": took " + millis + " ms of processor time");
        }
    }

    private void fail(String what) {
        failures.add(what);
    }

    private void assertNoFailures() {
        List<String> found = List.copyOf(failures);
        failures.clear();
        assertTrue(found.isEmpty(), found.size() + " failures, seed " + SEED + "\n"
                + String.join("\n", found.subList(0, Math.min(15, found.size()))));
    }
}
