package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What recovery reads is chosen, and nothing else, by recoveries that tell of their loads by hand.
class LazyCutTest {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final long DATA = 8192;
    private static final long FLAG = 65536;
    private static final int WORDS = 256;

    private final SimMedium medium = SimMedium.create(1 << 20);
    private final View view = medium.metadata();
    /// Checks run in a thread of their own.
    private final Arena arena = Arena.ofShared();
    private final MemorySegment content = arena.allocate(WORDS * 8L, 64);
    private final Set<Long> found = new TreeSet<>();

    LazyCutTest() {
        for (int i = 0; i < WORDS; i++) {
            content.set(WORD, i * 8L, i + 1);
        }
    }

    @AfterEach
    void close() {
        medium.close();
        arena.close();
    }

    private static long load(SimMedium image, long at) {
        MemorySegment segment = image.metadata().segment();
        Loads.of(segment, at, Long.BYTES);
        return segment.get(WORD, at);
    }

    private static long sum(MemorySegment segment, long at, long byteCount) {
        Loads.summed(segment, at, byteCount);
        CRC32C crc = new CRC32C();
        crc.update(segment.asSlice(at, byteCount).asByteBuffer());
        return crc.getValue();
    }

    private PowerCuts<Long> cuts(ToLongFunction<SimMedium> recovery) {
        return PowerCuts.<Long>of(medium).exhaustiveTo(1).samples(0).alone(0).verbsOnly().lazy(1000).onlyNamedPoints()
                .check(recovery::applyAsLong, (value, image, point) -> found.add(value));
    }

    @Test
    void whatNobodyReadsIsNeverChosen() {
        try (PowerCuts<Long> cuts = cuts(image -> load(image, FLAG) == 0 ? -1 : load(image, DATA + 80))) {
            view.stream(DATA, content, 0, WORDS * 8L);
            view.putLong(FLAG, 1);
            cuts.at("before anything is durable");
            assertEquals(new PowerCuts.Coverage(1, 1, 1, 0, 3, 0, 0), cuts.coverage());
            assertEquals(Set.of(-1L, 0L, 11L), found);
        }
    }

    @Test
    void aLineOfOrderedStoresIsLeftUpToOneOfThem() {
        try (PowerCuts<Long> cuts = cuts(image -> load(image, DATA + 16) * 10 + load(image, DATA))) {
            view.putLong(DATA, 1);
            view.putLong(DATA + 8, 1);
            view.putLong(DATA + 16, 1);
            view.putLong(DATA, 2);
            view.putLong(DATA + 24, 1);
            cuts.at("here");
            assertEquals(Set.of(0L, 1L, 11L, 12L), found);
            assertEquals(4, cuts.coverage().images());
        }
    }

    @Test
    void aChecksumIsOneChoice() {
        content.set(WORD, WORDS * 8L - 8, sum(content, 0, WORDS * 8L - 8));
        try (PowerCuts<Long> cuts = cuts(image -> sum(image.metadata().segment(), DATA, WORDS * 8L - 8)
                == load(image, DATA + WORDS * 8L - 8) ? load(image, DATA + 8) : -1)) {
            view.stream(DATA, content, 0, WORDS * 8L);
            cuts.at("before anything is durable");
            assertEquals(Set.of(-1L, 2L), found);
            // All, none, something else: each with the sum itself lost and left.
            assertEquals(6, cuts.coverage().images());
            assertEquals(1, cuts.coverage().lazyPoints());
        }
    }

    @Test
    void whatStoodThereBetweenTwoStoresMayHaveItsSum() {
        try (PowerCuts<Long> cuts = cuts(image -> sum(image.metadata().segment(), DATA, 256))) {
            view.stream(DATA, content, 0, 128);
            view.stream(DATA + 128, content, 128, 128);
            cuts.at("before anything is durable");
            assertTrue(found.contains(sum(arena.allocate(256), 0, 256)));
            assertTrue(found.contains(sum(content, 0, 256)));
            content.asSlice(128, 128).fill((byte) 0);
            assertTrue(found.contains(sum(content, 0, 256)), "the first store without the second");
            assertEquals(4, cuts.coverage().images());
        }
    }

    @Test
    void wordsThatAreReadInSpiteOfTheirSumAreChosenOneByOne() {
        try (PowerCuts<Long> cuts = cuts(image -> {
            sum(image.metadata().segment(), DATA, 32);
            return load(image, DATA) + 10 * load(image, DATA + 8) + 100 * load(image, DATA + 16);
        })) {
            view.stream(DATA, content, 0, 32);
            cuts.at("before anything is durable");
            assertEquals(Set.of(0L, 1L, 20L, 21L, 300L, 301L, 320L, 321L), found);
            assertEquals(1, cuts.coverage().lazyPoints());
        }
    }

    @Test
    void aPartOfWhatIsWrongMayBeRight() {
        try (PowerCuts<Long> cuts = cuts(image -> {
            sum(image.metadata().segment(), DATA, 32);
            return sum(image.metadata().segment(), DATA, 16);
        })) {
            view.stream(DATA, content, 0, 32);
            cuts.at("before anything is durable");
            for (long kept = 0; kept < 4; kept++) {
                MemorySegment part = arena.allocate(16, 8);
                part.set(WORD, 0, kept & 1);
                part.set(WORD, 8, kept & 2);
                assertTrue(found.contains(sum(part, 0, 16)), "kept " + kept);
            }
        }
    }

    @Test
    void whatIsOverwrittenNeedsNoChoice() {
        try (PowerCuts<Long> cuts = cuts(image -> {
            image.metadata().streamZeros(DATA, 512);
            image.metadata().putInt(DATA + 516, 7);
            long value = load(image, DATA + 8) + load(image, DATA + 512);
            return value;
        })) {
            view.stream(DATA, content, 0, WORDS * 8L);
            cuts.at("before anything is durable");
            assertEquals(Set.of(7L << 32, (7L << 32) + 65), found);
            assertEquals(2, cuts.coverage().images());
        }
    }

    @Test
    void aBitIsSetInAWordThatIsChosen() {
        try (PowerCuts<Long> cuts = cuts(image -> {
            image.metadata().setBits(DATA, 8);
            return load(image, DATA);
        })) {
            view.stream(DATA, content, 0, 64);
            cuts.at("before anything is durable");
            assertEquals(Set.of(8L, 9L), found);
        }
    }

    @Test
    void aLongCopyIsUndecidedTooAndAShortOneIsNot() {
        MemorySegment copy = arena.allocate(8192, 64);
        try (PowerCuts<Long> cuts = cuts(image -> {
            MemorySegment segment = image.metadata().segment();
            Loads.copied(segment, DATA, copy, 0, 8192);
            MemorySegment.copy(segment, DATA, copy, 0, 8192);
            Loads.of(copy, 8, 8);
            long first = copy.get(WORD, 8);
            Loads.copied(segment, DATA, copy, 4096, 16);
            return first + 10 * load(image, DATA + 8);
        })) {
            view.stream(DATA, content, 0, WORDS * 8L);
            cuts.at("before anything is durable");
            assertEquals(Set.of(0L, 22L), found);
            assertEquals(4, cuts.coverage().images(), "word 1 by its copy, word 0 by the short one");
        }
    }

    @Test
    void aPointOfTooManyRunsIsSampled() {
        try (PowerCuts<Long> cuts = cuts(image -> {
            long sum = 0;
            for (int i = 0; i < 10; i++) {
                sum += load(image, DATA + i * 8L);
            }
            return sum;
        })) {
            view.stream(DATA, content, 0, WORDS * 8L);
            cuts.at("before anything is durable");
            assertEquals(0, cuts.coverage().lazyPoints());
            assertEquals(1, cuts.coverage().sampledPoints());
            assertTrue(cuts.coverage().images() >= 1000);
        }
    }

    @Test
    void everyValueOfAWordIsToldToWhoLooksAtEachByItself() {
        MemorySegment read = arena.allocate(WORDS * 8L, 64);
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).exhaustiveTo(1).verbsOnly().lazy(10)
                .onlyNamedPoints().check(image -> image, (image, same, point) -> {
                    image.reading(() -> {
                        image.metadata().read(DATA, read, 0, WORDS * 8L);
                        return 0;
                    });
                    image.forEachUndecided((at, value) -> {
                        found.add(value);
                        if (point.number() == 1 && at == 400 && value != 0) {
                            throw new IllegalStateException("word 50 is left");
                        }
                    });
                })) {
            view.stream(DATA, content, 0, WORDS * 8L);
            cuts.at("good");
            assertEquals(WORDS + 1, found.size());
            assertEquals(1, cuts.coverage().images());
            PowerCutFailure failure = assertThrows(PowerCutFailure.class, () -> cuts.at("bad"));
            assertTrue(failure.getMessage().contains("found while words were undecided"), failure.getMessage());
        }
    }

    /// The words of a line were stored in this order: what came last tells of what came before.
    @Test
    void aWordThatIsGivenOutIsNoneThatItCannotBe() {
        MemorySegment read = arena.allocate(8, 8);
        try (PowerCuts<Long> cuts = PowerCuts.<Long>of(medium).exhaustiveTo(1).verbsOnly().lazy(10).onlyNamedPoints()
                .check(image -> load(image, DATA), (last, image, point) -> {
                    image.reading(() -> {
                        image.metadata().read(DATA + 8, read, 0, 8);
                        return 0;
                    });
                    found.add(last * 10 + read.get(WORD, 0));
                    image.forEachUndecided((at, value) -> found.add(last * 10 + value));
                })) {
            view.putLong(DATA + 8, 1);
            view.putLong(DATA, 2);
            cuts.at("here");
            assertEquals(Set.of(0L, 1L, 21L), found);
            assertEquals(1, cuts.coverage().lazyPoints());
        }
    }

    @Test
    void whereRecoveryGrowsTheImageItIsChosenBeforehand() {
        try (PowerCuts<Long> cuts = cuts(image -> {
            image.grow(2 << 20);
            return load(image, DATA);
        })) {
            view.stream(DATA, content, 0, 32);
            cuts.at("here");
            assertEquals(Set.of(0L, 1L), found);
            assertEquals(0, cuts.coverage().lazyPoints());
        }
    }

    @Test
    void aFailureIsThatOfAnImageChosenBeforehand() {
        try (PowerCuts<Long> cuts = PowerCuts.<Long>of(medium).exhaustiveTo(1).verbsOnly().lazy(1000)
                .onlyNamedPoints().check(image -> load(image, DATA + 8) * 100 + load(image, FLAG),
                        (value, image, point) -> assertTrue(value != 1, "a flag without its data"))) {
            view.putLong(DATA + 8, 2);
            view.putLong(DATA + 64, 2);
            view.putLong(FLAG, 1);
            PowerCutFailure failure = assertThrows(PowerCutFailure.class, () -> cuts.at("too early"));
            assertTrue(failure.getMessage().contains("a flag without its data"), failure.getMessage());
            assertEquals("0:" + (DATA >> 6) + ".0.0", failure.code());
        }
    }

    @Test
    void loadsOfAnotherThreadAreAnError() {
        Throwable[] thrown = new Throwable[1];
        try (PowerCuts<Long> cuts = cuts(image -> {
            Thread other = Thread.ofPlatform().unstarted(() -> load(image, DATA));
            other.setUncaughtExceptionHandler((thread, failure) -> thrown[0] = failure);
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return 0;
        })) {
            view.stream(DATA, content, 0, 64);
            cuts.at("before anything is durable");
        }
        assertTrue(thrown[0].getMessage().contains("another thread reads the image"), thrown[0].toString());
    }

    @Test
    void whatReadsSomethingElseWhenItIsRunAgainIsAnError() {
        long[] runs = new long[1];
        try (PowerCuts<Long> cuts = cuts(image -> runs[0]++ == 0 ? load(image, DATA) + load(image, DATA + 8) : 0)) {
            view.stream(DATA, content, 0, 64);
            assertTrue(assertThrows(IllegalStateException.class, () -> cuts.at("here")).getMessage()
                    .contains("depends on something else than the image"));
        }
    }
}
