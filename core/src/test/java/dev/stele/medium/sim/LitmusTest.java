package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.medium.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Programs of two threads, word by word: whose flush and whose drain keep what (M3), B26, and which flushes are
/// wasted. One thread goes after the other; [SimMediumTest] has the rules for one.
class LitmusTest {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final long A = 4096;
    private static final long B = A + 8;

    private final SimMedium medium = SimMedium.create(1 << 20);
    private final View view = medium.metadata();
    private final Hand other = new Hand();

    /// Another thread that does what it is told, always the same one.
    private static final class Hand implements AutoCloseable {
        private final java.util.concurrent.ExecutorService thread =
                java.util.concurrent.Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

        void does(Runnable what) throws Exception {
            thread.submit(what).get();
        }

        @Override
        public void close() {
            thread.shutdownNow();
        }
    }

    @AfterEach
    void close() {
        other.close();
        medium.close();
    }

    @Test
    void aFlushIsKeptByTheDrainOfItsThreadHoweverManyOthersDrain() throws Exception {
        view.putLong(A, 1);
        view.flush(A, 8);
        other.does(medium::drain);
        other.does(medium::drain);
        assertEquals(Set.of("0", "1"), left(A));
        medium.drain();
        assertEquals(Set.of("1"), left(A));
    }

    @Test
    void theContentIsThatOfTheFlushNotOfTheDrain() throws Exception {
        view.putLong(A, 1);
        view.flush(A, 8);
        other.does(() -> view.putLong(A, 2));
        view.putLong(B, 3);
        medium.drain();
        assertEquals(Set.of("1 0", "2 0", "2 3"), left(A, B));
    }

    @Test
    void anOldFlushDrainedLateTakesNothingBack() throws Exception {
        view.putLong(A, 1);
        view.flush(A, 8);
        other.does(() -> {
            view.putLong(A, 2);
            view.flush(A, 8);
            medium.drain();
        });
        assertEquals(Set.of("2"), left(A));
        medium.drain();
        assertEquals(Set.of("2"), left(A));
    }

    @Test
    void eachThreadKeepsUpToItsOwnFlush() throws Exception {
        view.putLong(A, 1);
        view.flush(A, 8);
        other.does(() -> {
            view.putLong(A, 2);
            view.flush(A, 8);
        });
        view.putLong(A, 3);
        medium.drain();
        assertEquals(Set.of("1", "2", "3"), left(A));
        other.does(medium::drain);
        assertEquals(Set.of("2", "3"), left(A));
    }

    @Test
    void twoFlushesOfOneThreadAreKeptByOneDrain() {
        view.putLong(A, 1);
        view.flush(A, 8);
        view.putLong(A, 2);
        view.flush(A, 8);
        view.putLong(A, 3);
        medium.drain();
        assertEquals(Set.of("2", "3"), left(A));
    }

    @Test
    void aDrainIsSpent() {
        view.putLong(A, 1);
        view.flush(A, 8);
        medium.drain();
        view.putLong(A, 2);
        medium.drain();
        assertEquals(Set.of("1", "2"), left(A));
    }

    @Test
    void streamsOfTwoThreadsToOneLineAreDrainedApart() throws Exception {
        stream(A, 1);
        other.does(() -> stream(B, 2));
        medium.drain();
        assertEquals(Set.of("1 0", "1 2"), left(A, B));
        other.does(medium::drain);
        assertEquals(Set.of("1 2"), left(A, B));
    }

    @Test
    void whatMayBeLostIsNamedWordByWord() {
        view.putLong(B, 1);
        view.putLong(A + 128, 2);
        assertArrayEquals(new long[] {B, A + 128}, medium.undurableWords());
        view.flush(B, 8);
        assertArrayEquals(new long[] {B, A + 128}, medium.undurableWords());
        medium.drain();
        assertArrayEquals(new long[] {A + 128}, medium.undurableWords());
    }

    @Test
    void whatAnotherThreadFlushedIsFlushedAgainWithGoodReason() throws Exception {
        view.putLong(A, 1);
        other.does(() -> view.flush(A, 8));
        view.flush(A, 8);
        assertEquals("0 0 0", wasted());
        medium.drain();
        assertEquals(Set.of("1"), left(A));
        other.does(() -> view.flush(A, 8));
        assertEquals("1 0 0", wasted());
    }

    @Test
    void aStreamedLineNeedsNoFlushByItsThreadButHelpsNoOther() throws Exception {
        stream(A, 1);
        view.flush(A, 8);
        assertEquals("0 1 0", wasted());
        other.does(() -> view.flush(A, 8));
        assertEquals("0 1 0", wasted());
    }

    @Test
    void aStoreBetweenTwoFlushesWastesTheFirst() {
        view.putLong(A, 1);
        view.flush(A, 8);
        view.flush(A, 8);
        assertEquals("0 1 0", wasted());
        view.putLong(B, 2);
        view.flush(A, 8);
        assertEquals("0 1 1", wasted());
        medium.drain();
        view.putLong(A, 3);
        view.flush(A, 8);
        assertEquals("0 1 1", wasted());
    }

    private String wasted() {
        return medium.wastedFlushCount(FlushWaste.CLEAN) + " " + medium.wastedFlushCount(FlushWaste.REPEATED) + " "
                + medium.wastedFlushCount(FlushWaste.SPLIT);
    }

    private void stream(long at, long value) {
        MemorySegment word = Arena.ofAuto().allocate(8, 8);
        word.set(WORD, 0, value);
        view.stream(at, word, 0, 8);
    }

    private Set<String> left(long... at) {
        Set<String> found = new TreeSet<>();
        try (PowerCuts<SimMedium> cuts = PowerCuts.<SimMedium>of(medium).check(m -> m, (m, image, point) -> {
            StringBuilder text = new StringBuilder();
            for (long each : at) {
                text.append(text.isEmpty() ? "" : " ").append(m.metadata().segment().get(WORD, each));
            }
            found.add(text.toString());
        })) {
            cuts.at("here");
        }
        return found;
    }
}
