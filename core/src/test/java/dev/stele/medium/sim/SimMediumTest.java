package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Litmus tests: for each small program, exactly which values a power cut may leave.
class SimMediumTest {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final long A = 4096;
    private static final long B = 4096 + 8;
    private static final long OTHER_LINE = 8192;

    private SimMedium medium = SimMedium.create(1 << 20);
    private View view = medium.metadata();

    @AfterEach
    void close() {
        medium.close();
    }

    @Test
    void wordsOfOneLineComeInOrder() {
        view.putLong(A, 1);
        view.putLong(B, 2);
        assertEquals(Set.of("0 0", "1 0", "1 2"), left(A, B));
    }

    @Test
    void wordsOfTwoLinesComeInAnyOrder() {
        view.putLong(A, 1);
        view.putLong(OTHER_LINE, 2);
        assertEquals(Set.of("0 0", "1 0", "0 2", "1 2"), left(A, OTHER_LINE));
    }

    @Test
    void oneWordHasEveryValueItHad() {
        view.putLong(A, 1);
        view.putLong(A, 2);
        view.putLong(A, 1);
        assertEquals(Set.of("0", "1", "2"), left(A));
    }

    @Test
    void linesNobodyFlushedAreNamed() {
        view.putLong(A, 1);
        view.putLong(OTHER_LINE, 2);
        assertEquals(2, medium.unflushedLines().length);
        view.flush(A, 8);
        assertEquals(OTHER_LINE, medium.unflushedLines()[0]);
        assertEquals(1, medium.unflushedLines().length);
        view.streamZeros(OTHER_LINE + 8, 8);
        assertEquals(1, medium.unflushedLines().length);
        view.flush(OTHER_LINE, 8);
        assertEquals(0, medium.unflushedLines().length);
        view.putLong(A, 3);
        assertEquals(A, medium.unflushedLines()[0]);
    }

    @Test
    void flushesOfDurableLinesAreCounted() {
        view.putLong(A, 1);
        view.flush(A, 8);
        medium.drain();
        assertEquals(0, medium.wastedFlushCount(FlushWaste.CLEAN));
        view.flush(A, 128);
        assertEquals(2, medium.wastedFlushCount(FlushWaste.CLEAN));
    }

    @Test
    void aForgottenFlushKeepsNothing() {
        view.putLong(A, 1);
        view.putLong(OTHER_LINE, 2);
        medium.forgetFlush(1);
        view.flush(A, 8);
        view.flush(OTHER_LINE, 8);
        medium.drain();
        assertEquals(Set.of("1 0", "1 2"), left(A, OTHER_LINE));
        view.flush(OTHER_LINE, 8);
        medium.drain();
        assertEquals(Set.of("1 2"), left(A, OTHER_LINE));
    }

    @Test
    void isPutBackToWhatItHeld() {
        view.putLong(A, 1);
        MemorySegment bytes = Arena.ofAuto().allocate(medium.sizeBytes()).copyFrom(view.segment());
        for (int run = 0; run < 2; run++) {
            medium.restore(bytes);
            assertEquals(Set.of("1"), left(A));
            view.putLong(A, 2);
            view.segment().set(WORD, OTHER_LINE, 7);
            medium.settle();
            view.putLong(B, 3);
            assertEquals(Set.of("2 0 7", "2 3 7"), left(A, B, OTHER_LINE));
            medium.restore(bytes);
            assertEquals(Set.of("1 0 0"), left(A, B, OTHER_LINE));
            assertEquals(-1, view.segment().mismatch(bytes));
        }
        assertEquals(Errno.EINVAL, assertThrows(VolumeException.class,
                () -> medium.restore(bytes.asSlice(4096))).errno());
    }

    @Test
    void aFlushAloneKeepsNothing() {
        view.putLong(A, 1);
        view.flush(A, 8);
        assertEquals(Set.of("0", "1"), left(A));
    }

    @Test
    void aDrainAloneKeepsNothing() {
        view.putLong(A, 1);
        medium.drain();
        assertEquals(Set.of("0", "1"), left(A));
    }

    @Test
    void flushAndDrainKeep() {
        view.putLong(A, 1);
        view.flush(A, 8);
        medium.drain();
        assertEquals(Set.of("1"), left(A));
        assertEquals(1, medium.durableBytes().get(WORD, A));
    }

    @Test
    void aFlushTakesTheContentOfItsTime() {
        view.putLong(A, 1);
        view.flush(A, 8);
        view.putLong(A, 2);
        medium.drain();
        assertEquals(Set.of("1", "2"), left(A));
    }

    @Test
    void aFlushOfAByteTakesTheLine() {
        view.putLong(A, 1);
        view.putLong(A + 56, 2);
        view.flush(A + 30, 1);
        medium.drain();
        assertEquals(Set.of("1 2"), left(A, A + 56));
    }

    @Test
    void aDrainCoversItsOwnThreadOnly() throws Exception {
        view.putLong(A, 1);
        view.flush(A, 8);
        Thread.ofPlatform().start(medium::drain).join();
        assertEquals(Set.of("0", "1"), left(A));
        medium.drain();
        assertEquals(Set.of("1"), left(A));
    }

    @Test
    void aFlushTakesWhatOthersStored() throws Exception {
        Thread.ofPlatform().start(() -> view.putLong(A, 1)).join();
        view.flush(A, 8);
        medium.drain();
        assertEquals(Set.of("1"), left(A));
    }

    @Test
    void aFlushDoesNotTakeWhatOthersStreamed() throws Exception {
        Thread.ofPlatform().start(() -> stream(A, 1)).join();
        view.flush(A, 8);
        medium.drain();
        assertEquals(Set.of("0", "1"), left(A));
    }

    @Test
    void streamedWordsComeInAnyOrder() {
        stream(A, 1, 2);
        assertEquals(Set.of("0 0", "1 0", "0 2", "1 2"), left(A, B));
        medium.drain();
        assertEquals(Set.of("1 2"), left(A, B));
    }

    @Test
    void aStreamKnowsNoOrderAgainstStores() {
        view.putLong(A, 1);
        stream(B, 2);
        view.putLong(A, 3);
        assertEquals(Set.of("0 0", "1 0", "3 0", "0 2", "1 2", "3 2"), left(A, B));
    }

    @Test
    void aStreamOverAnUnflushedStoreHidesIt() {
        view.putLong(A, 1);
        stream(A, 2);
        medium.drain();
        assertEquals(Set.of("2"), left(A));
    }

    @Test
    void theSameValueStreamedAgainIsDurableAfterTheDrain() {
        view.putLong(A, 1);
        stream(A, 1);
        medium.drain();
        assertEquals(Set.of("1"), left(A));
    }

    @Test
    void aStoreOfWhatIsThereChangesNothing() {
        view.putLong(A, 1);
        medium.settle();
        view.putLong(A, 1);
        view.putZeros(B, 48);
        assertEquals(0, medium.undurableLineCount());
    }

    @Test
    void aLongPutMayEndAfterAnyWord() {
        view.put(A + 48, words(1, 2, 3, 4), 0, 32);
        assertEquals(Set.of("0 0 0 0", "1 0 0 0", "1 2 0 0", "0 0 3 0", "1 0 3 0", "1 2 3 0", "0 0 3 4", "1 0 3 4",
                "1 2 3 4"), left(A + 48, A + 56, A + 64, A + 72));
    }

    @Test
    void partsOfWordsLeaveTheRestAlone() {
        view.putLong(A, -1);
        medium.settle();
        view.put(A + 2, words(0), 0, 3);
        view.putInt(A + 4, 7);
        assertEquals(Set.of("ffffffffffffffff", "ffffff000000ffff", "70000ffff"), leftHex(A));
    }

    @Test
    void bitsAreWords() {
        view.setBits(A, 5);
        view.clearBits(A, 4);
        view.flush(A, 8);
        view.setBits(A, 8);
        medium.drain();
        assertEquals(Set.of("1", "9"), left(A));
    }

    @Test
    void storesWithoutAVerbAreSeenAndLoose() {
        medium.data().segment().set(WORD, A, 1);
        medium.data().segment().set(WORD, B, 2);
        assertEquals(Set.of("0 0", "1 0", "0 2", "1 2"), left(A, B));
        view.flush(A, 8);
        medium.drain();
        assertEquals(Set.of("1 2"), left(A, B));
    }

    @Test
    void storesWithoutAVerbAfterTheFlushAreNotTaken() {
        medium.data().segment().set(WORD, A, 1);
        view.flush(A, 8);
        medium.data().segment().set(WORD, A, 2);
        medium.drain();
        assertEquals(Set.of("1", "2"), left(A));
    }

    @Test
    void settledIsDurable() {
        view.putLong(A, 1);
        medium.data().segment().set(WORD, OTHER_LINE, 2);
        medium.settle();
        assertEquals(Set.of("1 2"), left(A, OTHER_LINE));
        assertEquals(0, medium.undurableLineCount());
    }

    @Test
    void persistentCachesLoseNothing() {
        close();
        medium = SimMedium.create(1 << 20, Granularity.BYTE);
        view = medium.metadata();
        Set<String> found = new TreeSet<>();
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).check(m -> m,
                (m, image, point) -> found.add(text(m, A, OTHER_LINE)))) {
            view.putLong(A, 1);
            view.putLong(OTHER_LINE, 2);
            view.putLong(A, 3);
            cuts.at("end");
        }
        assertEquals(Set.of("1 0", "1 2", "3 2"), found);
        assertEquals(0, medium.undurableLineCount());
    }

    @Test
    void faultsComeWhenTold() {
        medium.failAfter(1, false);
        view.putLong(A, 1);
        VolumeException failed = assertThrows(VolumeException.class, () -> view.putLong(A, 2));
        assertEquals(Errno.EIO, failed.errno());
        view.putLong(B, 3);
        assertEquals("1 3", text(medium, A, B));
        medium.failAfter(0, true);
        assertThrows(VolumeException.class, () -> view.flush(A, 8));
        assertThrows(VolumeException.class, medium::drain);
        medium.healFaults();
        medium.drain();
    }

    @Test
    void grownMemoryIsWatchedToo() {
        view.putLong(A, 1);
        medium.grow(2 << 20);
        view.putLong((1 << 20) + 64, 2);
        assertEquals(Set.of("0 0", "1 0", "0 2", "1 2"), left(A, (1 << 20) + 64));
    }

    @Test
    void manyThreadsKeepTheirOwnAccount() throws Exception {
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            long at = A + t * 64L;
            boolean drains = t % 2 == 0;
            threads[t] = Thread.ofVirtual().start(() -> {
                view.putLong(at, 1);
                view.flush(at, 8);
                if (drains) {
                    medium.drain();
                }
            });
        }
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(2, medium.undurableLineCount());
        assertTrue(left(A, A + 128).equals(Set.of("1 1")));
    }

    private void stream(long at, long... values) {
        view.stream(at, words(values), 0, values.length * 8L);
    }

    private static MemorySegment words(long... values) {
        MemorySegment segment = Arena.ofAuto().allocate(values.length * 8L, 8);
        for (int i = 0; i < values.length; i++) {
            segment.set(WORD, i * 8L, values[i]);
        }
        return segment;
    }

    private Set<String> left(long... at) {
        Set<String> found = new TreeSet<>();
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).check(m -> m,
                (m, image, point) -> found.add(text(m, at)))) {
            cuts.at("here");
            assertEquals(1, cuts.coverage().exhaustivePoints());
        }
        return found;
    }

    private Set<String> leftHex(long at) {
        Set<String> found = new TreeSet<>();
        for (String each : left(at)) {
            found.add(Long.toHexString(Long.parseLong(each)));
        }
        return found;
    }

    private static String text(SimMedium of, long... at) {
        StringBuilder text = new StringBuilder();
        for (long each : at) {
            text.append(text.isEmpty() ? "" : " ").append(of.metadata().segment().get(WORD, each));
        }
        return text.toString();
    }
}
