package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The explorer finds planted mistakes, names them, and leaves right programs alone.
class PowerCutsTest {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final long DATA = 4096;
    private static final long FLAG = 65536;

    private final SimMedium medium = SimMedium.create(1 << 20);
    private final View view = medium.metadata();

    @AfterEach
    void close() {
        medium.close();
    }

    /// Data of some lines, then a flag that says they are whole.
    private void publish(int lineCount, boolean flushes, boolean drains) {
        for (int i = 0; i < lineCount; i++) {
            view.putLong(DATA + i * 64L, 7);
        }
        if (flushes) {
            view.flush(DATA, lineCount * 64L);
        }
        if (drains) {
            medium.drain();
        }
        view.putLong(FLAG, 1);
        view.flush(FLAG, 8);
        medium.drain();
    }

    private PowerCuts<SimMedium> watched(int lineCount) {
        return PowerCuts.<SimMedium>of(medium).seed(11).check(image -> image, (image, same, point) -> {
            MemorySegment left = image.metadata().segment();
            for (int i = 0; i < lineCount && left.get(WORD, FLAG) == 1; i++) {
                assertEquals(7, left.get(WORD, DATA + i * 64L), "published data");
            }
        });
    }

    @Test
    void acceptsARightProgram() {
        try (PowerCuts<SimMedium> cuts = watched(3)) {
            publish(3, true, true);
            cuts.at("end");
            // Before the first drain 2^3 images, before the second 2, after each 1, at the end 1.
            assertEquals(new PowerCuts.Coverage(5, 5, 0, 0, 8 + 1 + 2 + 1 + 1, 0, 0), cuts.coverage());
        }
    }

    @Test
    void findsAMissingFlushAndNamesTheLine() {
        try (PowerCuts<SimMedium> cuts = watched(2)) {
            PowerCutFailure found = assertThrows(PowerCutFailure.class, () -> publish(2, false, true));
            assertTrue(found.getMessage().contains("published data"), found.getMessage());
            assertTrue(found.getMessage().contains("seed 11"), found.getMessage());
            assertTrue(found.getMessage().contains("line at byte 4"), found.getMessage());
            assertEquals(1, found.getMessage().split("lost line", -1).length - 1, found.getMessage());
        }
    }

    @Test
    void aFailureIsTriedAgainAlone() {
        MemorySegment zeros = Arena.ofAuto().allocate(medium.sizeBytes());
        medium.restore(zeros);
        PowerCutFailure first;
        try (PowerCuts<SimMedium> cuts = watched(3)) {
            first = assertThrows(PowerCutFailure.class, () -> publish(3, false, true));
        }
        medium.restore(zeros);
        try (PowerCuts<SimMedium> cuts = watched(3).replay(first.code())) {
            PowerCutFailure again = assertThrows(PowerCutFailure.class, () -> publish(3, false, true));
            assertEquals(first.code(), again.code());
            assertEquals(1, cuts.coverage().images());
        }
        medium.restore(zeros);
        try (PowerCuts<SimMedium> cuts = watched(3).replay(first.code())) {
            publish(3, true, true);
        }
    }

    @Test
    void imagesThatAreAlikeAreTriedOnce() {
        long[] allowed = {1};
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).pruned(() -> allowed[0])
                .check(image -> image, (image, same, point) -> { })) {
            view.putLong(DATA, 1);
            cuts.at("one");
            cuts.at("the same");
            assertEquals(2, cuts.coverage().images());
            assertEquals(2, cuts.coverage().prunedImages());
            allowed[0] = 2;
            cuts.at("something else is allowed");
            assertEquals(4, cuts.coverage().images());
        }
    }

    @Test
    void programOrderFindsWhatIsWrongOnAMediumThatKeepsIt() {
        // Data behind its flag: with 40 lines in between neither lines alone nor chance would tell.
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).exhaustiveTo(1).samples(0).alone(0)
                .programOrder().check(image -> image, (image, same, point) -> {
                    MemorySegment left = image.metadata().segment();
                    assertTrue(left.get(WORD, FLAG) == 0 || left.get(WORD, DATA + 39 * 64L) == 7
                            || left.get(WORD, DATA) == 0, "flag, first, but not last");
                })) {
            view.putLong(DATA, 7);
            view.putLong(FLAG, 1);
            for (int i = 1; i < 40; i++) {
                view.putLong(DATA + i * 64L, 7);
            }
            assertThrows(PowerCutFailure.class, () -> cuts.at("stored"));
        }
    }

    @Test
    void imagesOfVerbsOnlyArePutBack() {
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).verbsOnly().nested(1).check(image -> {
            image.metadata().streamZeros(DATA, 4096);
            image.drain();
            image.metadata().putLong(FLAG, 5);
            return image;
        }, (image, same, point) -> assertEquals(0, image.metadata().segment().get(WORD, DATA)))) {
            publish(4, true, true);
            assertEquals(7, view.segment().get(WORD, DATA));
            assertTrue(cuts.coverage().nestedImages() > 16, cuts.coverage().toString());
        }
    }

    @Test
    void aHashOfAnImageIsThatOfItsBytes() {
        long[] expected = new long[2];
        long[] found = new long[2];
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).check(image -> image,
                (image, same, point) -> {
                    image.metadata().putLong(FLAG, 9);
                    image.hash(DATA, DATA + 4096, found);
                })) {
            view.putLong(DATA, 7);
            view.putLong(DATA + 8192, 8);
            medium.settle();
            cuts.at("settled");
        }
        try (SimMedium other = SimMedium.create(medium.sizeBytes())) {
            other.metadata().putLong(DATA, 77);
            other.metadata().putLong(DATA + 8192, 8);
            other.metadata().putLong(FLAG, 9);
            other.hash(DATA, DATA + 4096, expected);
            assertEquals(expected[0], found[0]);
            assertEquals(expected[1], found[1]);
        }
    }

    @Test
    void findsAMissingDrain() {
        try (PowerCuts<SimMedium> cuts = watched(2)) {
            assertThrows(PowerCutFailure.class, () -> publish(2, true, false));
        }
    }

    @Test
    void findsOneLostLineAmongManyBySampling() {
        try (PowerCuts<SimMedium> cuts = watched(100)) {
            PowerCutFailure found = assertThrows(PowerCutFailure.class, () -> publish(100, true, false));
            assertEquals(1, found.getMessage().split("lost line", -1).length - 1, found.getMessage());
        }
    }

    @Test
    void theMediumUnderTestIsNotDisturbed() {
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).check(image -> {
            image.metadata().streamZeros(0, image.sizeBytes());
            image.drain();
            image.metadata().putLong(128, 5);
            image.close();
            return image;
        }, (image, same, point) -> assertEquals(5, image.metadata().segment().get(WORD, 128)))) {
            publish(4, true, true);
            assertEquals(7, view.segment().get(WORD, DATA));
            assertEquals(0, medium.undurableLineCount());
            assertTrue(cuts.coverage().images() > 16, cuts.coverage().toString());
        }
    }

    @Test
    void cutsDuringRecoveryAreFound() {
        // Recovery copies a word from here to there and clears the source without a drain in between.
        view.putLong(DATA, 9);
        medium.settle();
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).nested(1).check(image -> {
            View at = image.metadata();
            if (at.segment().get(WORD, DATA) != 0) {
                at.putLong(FLAG, at.segment().get(WORD, DATA));
                at.flush(FLAG, 8);
                at.putLong(DATA, 0);
                at.flush(DATA, 8);
                image.drain();
            }
            return image;
        }, (image, same, point) -> assertEquals(9, image.metadata().segment().get(WORD, FLAG)))) {
            PowerCutFailure found = assertThrows(PowerCutFailure.class, () -> cuts.at("start"));
            assertTrue(found.getMessage().contains("before a drain"), found.getMessage());
        }
    }

    /// Recovery in two phases, each of which marks how far it came. The second time it finds the first mark it takes
    /// the work for done: no harm after one cut in it, because the work is, but after a cut in that recovery.
    private static SimMedium recoverWrongAtTheThird(SimMedium image) {
        View at = image.metadata();
        MemorySegment now = at.segment();
        if (now.get(WORD, FLAG) == 0) {
            at.putLong(FLAG, 1);
            at.flush(FLAG, 8);
            image.drain();
            at.putLong(DATA, 9);
        } else if (now.get(WORD, FLAG) == 1) {
            at.putLong(FLAG, 2);
            at.flush(FLAG, 8);
            image.drain();
            at.putLong(DATA, 9);
        }
        at.flush(DATA, 8);
        image.drain();
        return image;
    }

    private PowerCuts<SimMedium> threeRecoveries(int depth) {
        return PowerCuts.<SimMedium>of(medium).nested(1).depth(depth).check(PowerCutsTest::recoverWrongAtTheThird,
                (image, same, point) -> assertEquals(9, image.metadata().segment().get(WORD, DATA)));
    }

    @Test
    void aRecoveryThatIsWrongAtTheThirdIsFoundByCutsInTheSecond() {
        medium.settle();
        try (PowerCuts<SimMedium> cuts = threeRecoveries(1)) {
            cuts.at("start");
            assertTrue(cuts.coverage().nestedImages() > 0);
        }
        String code;
        try (PowerCuts<SimMedium> cuts = threeRecoveries(2)) {
            code = assertThrows(PowerCutFailure.class, () -> cuts.at("start")).code();
            assertEquals(3, code.split("/").length, code);
        }
        try (PowerCuts<SimMedium> cuts = threeRecoveries(2).replay(code)) {
            assertEquals(code, assertThrows(PowerCutFailure.class, () -> cuts.at("start")).code());
        }
    }

    @Test
    void cutsDuringARightRecoveryPass() {
        view.putLong(DATA, 9);
        medium.settle();
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).nested(1).check(image -> {
            View at = image.metadata();
            at.putLong(FLAG, 9);
            at.flush(FLAG, 8);
            image.drain();
            at.putLong(DATA, 0);
            at.flush(DATA, 8);
            image.drain();
            return image;
        }, (image, same, point) -> assertEquals(9, image.metadata().segment().get(WORD, FLAG)))) {
            cuts.at("start");
            assertEquals(1, cuts.coverage().images());
            assertEquals(2 + 1 + 2 + 1, cuts.coverage().nestedImages());
        }
    }

    @Test
    void followsAMediumThatGrows() {
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).check(image -> image,
                (image, same, point) -> assertEquals(medium.sizeBytes(), image.sizeBytes()))) {
            view.putLong(DATA, 1);
            cuts.at("before");
            medium.grow(2 << 20);
            view.putLong(1 << 20, 2);
            cuts.at("after");
            assertEquals(2 + 4, cuts.coverage().images());
        }
    }

    @Test
    void randomProgramsNeverLoseWhatWasDrained() {
        for (long seed = 1; seed <= 30; seed++) {
            randomProgram(seed);
        }
    }

    /// One thread, words of its own; a drained word keeps its value in every image until stored again.
    private void randomProgram(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] durable = new long[32];
        long[] now = new long[32];
        medium.settle();
        for (int w = 0; w < 32; w++) {
            durable[w] = now[w] = view.segment().get(WORD, DATA + w * 8L);
        }
        MemorySegment source = Arena.ofAuto().allocate(256, 8);
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).seed(seed).samples(20).exhaustiveTo(64)
                .check(image -> image, (image, same, point) -> {
                    for (int w = 0; w < 32; w++) {
                        long left = image.metadata().segment().get(WORD, DATA + w * 8L);
                        assertTrue(left >= durable[w] && left <= now[w], "seed " + seed + " word " + w + ": " + left
                                + " not from " + durable[w] + " to " + now[w]);
                    }
                })) {
            for (int step = 0; step < 40; step++) {
                int w = random.nextInt(32);
                if (random.nextInt(4) == 0) {
                    now[w]++;
                    source.set(WORD, 0, now[w]);
                    view.stream(DATA + w * 8L, source, 0, 8);
                } else if (random.nextInt(3) > 0) {
                    now[w]++;
                    view.putLong(DATA + w * 8L, now[w]);
                } else {
                    view.flush(DATA, 256);
                    medium.drain();
                    System.arraycopy(now, 0, durable, 0, 32);
                    cuts.at("drained");
                }
            }
        }
    }
}
