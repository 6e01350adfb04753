package dev.stele.crash.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// P7 for image files: cut anywhere, and with a checkpoint to replay whose header is damaged. `-Dstele.images.step=1`
/// cuts at every block.
class ImageFilesTest {
    private static final int STEP = Integer.getInteger("stele.images.step", 16);
    private static final Logger LOGGER = Logger.getLogger("dev.stele");
    private static final int HEADER_AT = 2 * Geometry.BLOCK_BYTES;
    private static final int HEADER_BYTES = 64;
    private static final int SIZE_BYTES = (int) Corpus.SIZE_BYTES;
    private static final int AREA_PAGES = 3;

    @TempDir
    private Path directory;
    private final byte[] whole = Specimen.of(Corpus.PAGES).bytes.toArray(ValueLayout.JAVA_BYTE);

    @BeforeAll
    static void quiet() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LOGGER.setLevel(null);
    }

    /// @return whether it opened and nothing was refused
    private boolean explore(byte[] bytes, boolean readOnly) throws IOException {
        Path file = directory.resolve("image");
        Files.write(file, bytes);
        boolean isWhole = false;
        try (Volume volume = Volume.open(Media.openImage(file, MediumOptions.DEFAULT.withReadOnly(readOnly)),
                new OpenOptions(readOnly, () -> Filling.NOW_NANOS, false))) {
            Look look = new Look();
            look.at(volume);
            isWhole = look.refusal() == null;
            if (!readOnly) {
                new Use().use(volume, look, isWhole, 0, 24);
            }
        } catch (VolumeException refused) {
            assertTrue(refused.getMessage() != null && !refused.getMessage().isBlank(), "refused without a word");
        }
        if (readOnly) {
            assertArrayEquals(bytes, Files.readAllBytes(file), "an image that was only read");
        }
        return isWhole;
    }

    private Report repair(byte[] bytes) throws IOException {
        Path file = directory.resolve("image");
        Files.write(file, bytes);
        try (Medium medium = Media.openImage(file, MediumOptions.DEFAULT)) {
            return Check.repair(medium);
        }
    }

    @Test
    void cutAnywhere() throws IOException {
        for (int blocks = 0; blocks <= SIZE_BYTES / Geometry.BLOCK_BYTES; blocks += STEP) {
            for (int length : new int[] {0, 1, 511, 4095}) {
                byte[] cut = Arrays.copyOf(whole, Math.min(SIZE_BYTES, blocks * Geometry.BLOCK_BYTES + length));
                boolean isWhole = cut.length == SIZE_BYTES;
                assertEquals(isWhole, explore(cut, true), "cut to " + cut.length);
                assertEquals(isWhole, explore(cut, false), "cut to " + cut.length);
                if (cut.length >= Geometry.BLOCK_BYTES) {
                    Report report = repair(cut);
                    assertEquals(isWhole, report.isClean(), report.findings()::toString);
                    assertEquals(isWhole, report.obstacle().isEmpty(), report::obstacle);
                }
            }
        }
    }

    /// Behind the volume: some of its own pages once more, to be put in their places.
    private byte[] withCheckpoint() {
        byte[] bytes = Arrays.copyOf(whole, SIZE_BYTES + (1 + AREA_PAGES) * Geometry.BLOCK_BYTES);
        ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < AREA_PAGES; i++) {
            int page = i == 0 ? 0 : 20 + i;
            image.putLong(SIZE_BYTES + i * Long.BYTES, page);
            System.arraycopy(whole, page * Geometry.BLOCK_BYTES, bytes, SIZE_BYTES + (1 + i) * Geometry.BLOCK_BYTES,
                    Geometry.BLOCK_BYTES);
        }
        image.putLong(HEADER_AT, 0x504B43454C455453L).putInt(HEADER_AT + 8, 1)
                .putInt(HEADER_AT + 12, sum(bytes, SIZE_BYTES, bytes.length - SIZE_BYTES))
                .putLong(HEADER_AT + 16, 7).putLong(HEADER_AT + 24, SIZE_BYTES)
                .putLong(HEADER_AT + 32, SIZE_BYTES).putLong(HEADER_AT + 40, AREA_PAGES);
        seal(bytes);
        return bytes;
    }

    private static int sum(byte[] bytes, int from, int count) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, count);
        return (int) sum.getValue();
    }

    private static void seal(byte[] bytes) {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(HEADER_AT + HEADER_BYTES - 4, sum(bytes, HEADER_AT, HEADER_BYTES - 4));
    }

    @Test
    void everyWordOfACheckpointsHeader() throws IOException {
        byte[] checkpointed = withCheckpoint();
        assertTrue(explore(checkpointed.clone(), false));
        for (int offset = 0; offset < HEADER_BYTES; offset += Integer.BYTES) {
            for (long value : values(ByteBuffer.wrap(checkpointed).order(ByteOrder.LITTLE_ENDIAN)
                    .getInt(HEADER_AT + offset))) {
                byte[] damaged = checkpointed.clone();
                ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(HEADER_AT + offset, (int) value);
                // What is left without a header that counts is the image itself.
                assertTrue(explore(damaged.clone(), true), "word " + offset + " is " + value);
                seal(damaged);
                explore(damaged.clone(), true);
                explore(damaged, false);
            }
        }
    }

    private static Set<Long> values(int old) {
        Set<Long> values = new LinkedHashSet<>();
        for (Verb verb : Verb.values()) {
            values.add((long) (int) verb.apply(old, Integer.SIZE, 0x5DEECE66DL, 0x1000));
        }
        values.remove((long) old);
        return values;
    }

    /// The list of an area whose sum is right may still name pages that are not there.
    @Test
    void everyPageOfACheckpointsList() throws IOException {
        for (long value : new long[] {-1, 2, 1L << 40, Long.MIN_VALUE, 256, 255}) {
            byte[] damaged = withCheckpoint();
            ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putLong(SIZE_BYTES + Long.BYTES, value);
            ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(HEADER_AT + 12, sum(damaged, SIZE_BYTES, damaged.length - SIZE_BYTES));
            seal(damaged);
            explore(damaged.clone(), true);
            explore(damaged, false);
        }
    }

    /// How long the volume is stands in block 0, which may be damaged, and in its copy: the file was mapped as far as
    /// block 0 said, so that not even the copy was there for a repair.
    @Test
    void aSuperblockThatSaysTooLittleIsRepairedFromItsCopy() throws IOException {
        for (long blocks : new long[] {1, 2, 100, 255, 1L << 40, -1}) {
            byte[] damaged = whole.clone();
            ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putLong((int) Superblock.BLOCK_COUNT_OFFSET,
                    blocks);
            assertTrue(explore(damaged.clone(), true), "superblock with " + blocks + " blocks");
            Report report = repair(damaged);
            assertEquals(1, report.exitCode(), report::obstacle);
            try (Volume volume = Volume.open(Media.openImage(directory.resolve("image"), MediumOptions.DEFAULT),
                    new OpenOptions(false, () -> Filling.NOW_NANOS, false))) {
                Look look = new Look();
                look.at(volume);
                assertNull(look.refusal());
            }
        }
    }

    @Test
    void theImageIsWhole() throws IOException {
        assertTrue(explore(whole.clone(), true));
        assertTrue(explore(whole.clone(), false));
        assertEquals(-1, MemorySegment.ofArray(whole).mismatch(Specimen.of(Corpus.PAGES).bytes));
    }
}
