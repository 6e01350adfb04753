package dev.stele.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Superblock;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// P7: whatever stands on the medium, a volume answers with an exception of its own or with what is there; and what
/// repair makes of it is a volume in which everything can be read.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedImagesTest {
    private static final long SEED = Long.getLong("stele.seed", 20261121);
    private static final int ROUNDS = Integer.getInteger("stele.rounds", 1);
    private static final long MAX_MILLIS = 10_000;
    private static final int SIZE = 1 << 20;

    /// Kept, so that its level is: every damaged volume would say so.
    private static final Logger LOGGER = Logger.getLogger("dev.stele");

    private final Arena arena = Arena.ofShared();
    private final List<String> failures = new ArrayList<>();
    private MemorySegment whole;
    private Geometry geometry;
    private int opened;
    private int refused;

    @BeforeAll
    void build() {
        LOGGER.setLevel(Level.OFF);
        try (Medium medium = MemoryMedium.create(SIZE)) {
            Volume volume = RandomTree.format(medium);
            new RandomTree(volume, SEED).run(500);
            whole = arena.allocate(SIZE, 4096).copyFrom(medium.metadata().segment());
            geometry = Superblock.decode(whole, 0).geometry();
        }
    }

    @AfterAll
    void close() {
        LOGGER.setLevel(null);
        arena.close();
    }

    private interface Damage {
        void apply(MemorySegment bytes);
    }

    @Test
    void theWholeImageCanBeReadAndWritten() {
        try (Medium medium = copy(bytes -> { })) {
            Volume volume = RandomTree.open(medium, false);
            assertEquals(0, Check.run(medium).exitCode());
            new Explorer(volume).read();
            new Explorer(volume).write();
            assertEquals(null, volume.damage());
            Report report = Check.run(medium);
            assertTrue(report.isClean(), () -> report.findings().toString());
        }
    }

    @Test
    void everyFieldOfEveryStructure() {
        Random random = new Random(SEED);
        List<Structure> structures = Structure.of(whole, geometry);
        int[] seen = new int[Structure.Kinds.values().length];
        for (Structure structure : structures) {
            int budget = structure.kind() == Structure.Kinds.INODE ? 4 : 1;
            if (seen[structure.kind().ordinal()]++ < budget * ROUNDS) {
                for (Structure.Field field : structure.fields(whole)) {
                    // Half of the verbs for each field, all of them over many rounds.
                    for (int verb = random.nextInt(2); verb < 8; verb += 2) {
                        damage(structure, field, verb, random.nextLong());
                    }
                }
            }
        }
        assertNoFailures();
    }

    private void damage(Structure structure, Structure.Field field, int verb, long noise) {
        int bits = field.byteCount() * 8;
        judge(field + " verb " + verb, bytes -> {
            long old = get(bytes, field);
            set(bytes, field, switch (verb) {
                case 0 -> 0;
                case 1 -> -1;
                case 2 -> old ^ 1;
                case 3 -> old ^ 1L << bits / 2;
                case 4 -> old ^ 1L << bits - 1;
                case 5 -> old + 1;
                case 6 -> old - 1;
                default -> noise;
            });
            // Every third time the checksum tells; else the damage reaches the logic.
            if ((noise & 3) != 0) {
                structure.seal(bytes);
            }
        }, (noise & 15) == 0);
    }

    private static long get(MemorySegment bytes, Structure.Field field) {
        long value = 0;
        for (int i = 0; i < field.byteCount(); i++) {
            value |= (bytes.get(ValueLayout.JAVA_BYTE, field.at() + i) & 0xFFL) << i * 8;
        }
        return value;
    }

    private static void set(MemorySegment bytes, Structure.Field field, long value) {
        for (int i = 0; i < field.byteCount(); i++) {
            bytes.set(ValueLayout.JAVA_BYTE, field.at() + i, (byte) (value >>> i * 8));
        }
    }

    @Test
    void blocksSwappedStaleAndRandom() {
        for (int round = 0; round < 60 * ROUNDS; round++) {
            Random random = new Random(SEED + round);
            long block = random.nextLong(geometry.blockCount());
            long other = random.nextLong(geometry.blockCount());
            int kind = random.nextInt(4);
            judge("round " + round + ": block " + block + ", other " + other, bytes -> {
                MemorySegment to = bytes.asSlice(Geometry.at(block), 4096);
                switch (kind) {
                    case 0 -> to.fill((byte) 0);
                    case 1 -> to.copyFrom(whole.asSlice(Geometry.at(other), 4096));
                    case 2 -> {
                        to.copyFrom(whole.asSlice(Geometry.at(other), 4096));
                        bytes.asSlice(Geometry.at(other), 4096).copyFrom(whole.asSlice(Geometry.at(block), 4096));
                    }
                    default -> {
                        byte[] noise = new byte[4096];
                        random.nextBytes(noise);
                        MemorySegment.copy(noise, 0, bytes, ValueLayout.JAVA_BYTE, Geometry.at(block), 4096);
                    }
                }
            }, round % 8 == 0);
        }
        assertNoFailures();
    }

    @Test
    void manyDamagesAtOnce() {
        List<Structure> structures = Structure.of(whole, geometry);
        for (int round = 0; round < 60 * ROUNDS; round++) {
            long seed = SEED + round;
            int damages = 1 + round % 40;
            judge("round " + round + " of seed " + SEED, bytes -> {
                Random random = new Random(seed);
                for (int i = 0; i < damages; i++) {
                    Structure structure = structures.get(random.nextInt(structures.size()));
                    List<Structure.Field> fields = structure.fields(whole);
                    Structure.Field field = fields.get(random.nextInt(fields.size()));
                    set(bytes, field, random.nextBoolean() ? random.nextLong() : random.nextInt(300));
                    structure.seal(bytes);
                }
            }, round % 4 == 0);
        }
        assertNoFailures();
    }

    /// A cookie is a key with three bits behind it: from a key that has no room for them a listing went on at the
    /// start.
    @Test
    void aListingEndsAtAnIndexKeyThatIsNone() {
        ImageBuilder image = new ImageBuilder(400);
        for (int i = 0; i < 30; i++) {
            image.inline(image.root, "name-" + i, "");
        }
        image.build();
        image.change(image.root, inode -> Layouts.WORD.set(inode,
                Inode.rootEntryAt(0, Inode.rootCount(inode, 0) - 1), 1L << 61));
        Volume volume = RandomTree.open(image.medium, true);
        assertThrows(CorruptionException.class, () -> assertTimeoutPreemptively(Duration.ofSeconds(20),
                () -> volume.readDirectory(volume.root(), 0, (name, inode, type, cookie) -> true)));
        volume.close();
    }

    private Medium copy(Damage damage) {
        Medium medium = MemoryMedium.create(SIZE);
        medium.metadata().segment().copyFrom(whole);
        damage.apply(medium.metadata().segment());
        return medium;
    }

    private void judge(String what, Damage damage, boolean repairs) {
        long start = ProcessorTime.ofThisThreadMillis();
        try (Medium medium = copy(damage)) {
            explore(medium, false);
        } catch (Throwable thrown) {
            fail(what, thrown);
        }
        if (repairs) {
            repair(what, damage);
        }
        long millis = ProcessorTime.ofThisThreadMillis() - start;
        if (millis > MAX_MILLIS) {
            failures.add(what + ": took " + millis + " ms of processor time");
        }
    }

    private void explore(Medium medium, boolean mustBeWhole) {
        Volume volume;
        try {
            volume = RandomTree.open(medium, false);
            opened++;
        } catch (VolumeException answer) {
            refused++;
            if (mustBeWhole) {
                throw new AssertionError("cannot be opened: " + answer.getMessage());
            }
            return;
        }
        try {
            Explorer explorer = new Explorer(volume);
            explorer.read();
            if (mustBeWhole && volume.damage() != null) {
                throw new AssertionError("still damaged: " + volume.damage());
            }
            explorer.write();
            if (mustBeWhole && volume.damage() != null) {
                throw new AssertionError("still damaged when written to: " + volume.damage());
            }
        } finally {
            try {
                volume.close();
            } catch (VolumeException answer) {
                // A damaged volume may say so when it is closed.
            }
        }
    }

    private void repair(String what, Damage damage) {
        try (Medium medium = copy(damage)) {
            Report report = Check.repair(medium);
            if (!report.isClean()) {
                failures.add(what + ": left " + report.remaining() + report.obstacle());
            } else {
                explore(medium, true);
            }
        } catch (Throwable thrown) {
            fail("repaired, " + what, thrown);
        }
    }

    private void fail(String what, Throwable thrown) {
        StringBuilder text = new StringBuilder(what + ": " + thrown);
        for (int i = 0; i < Math.min(10, thrown.getStackTrace().length); i++) {
            text.append("\n        ").append(thrown.getStackTrace()[i]);
        }
        failures.add(text.toString());
    }

    private void assertNoFailures() {
        List<String> found = List.copyOf(failures);
        failures.clear();
        assertTrue(opened > 20 && opened + refused > 50, "opened " + opened + ", refused " + refused);
        assertTrue(found.isEmpty(), found.size() + " failures, seed " + SEED + "\n"
                + String.join("\n", found.subList(0, Math.min(12, found.size()))));
    }
}
