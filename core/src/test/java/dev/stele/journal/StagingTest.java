package dev.stele.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a transaction shows of what it staged, and blocks it stores more than once.
class StagingTest {
    private static final long BLOCK = 200;
    private static final long AT = Geometry.at(BLOCK);
    private static final int WORDS = Geometry.BLOCK_BYTES / 8;

    private final SimMedium medium = SimMedium.create(1 << 20);
    private final Geometry geometry = new Geometry(256, 16);
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment image = arena.allocate(Geometry.BLOCK_BYTES, 64);
    private final MemorySegment copy = arena.allocate(Geometry.BLOCK_BYTES, 64);
    private final Journal journal;

    StagingTest() {
        Journal.format(medium, geometry);
        medium.drain();
        journal = Journal.recover(medium, geometry);
    }

    @AfterEach
    void close() {
        medium.close();
        arena.close();
    }

    @Test
    void rangesShowWhatWasStagedOneInTheOther() {
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 200; round++) {
            long[] expected = new long[WORDS];
            for (int i = 0; i < WORDS; i++) {
                expected[i] = (long) Layouts.WORD.get(medium.metadata().segment(), AT + 8L * i);
            }
            Transaction tx = journal.begin();
            // Ranges of 1, 2, 4 … words, aligned to their size: apart, or one within the other.
            for (int change = 0; change < 12; change++) {
                int count = 1 << random.nextInt(7);
                int first = random.nextInt(WORDS / count) * count;
                long staged = tx.stage(AT + 8L * first, 8 * count);
                int changed = random.nextInt(count);
                expected[first + changed] = random.nextLong();
                Layouts.WORD.set(tx.segment(), staged + 8L * changed, expected[first + changed]);
                assertTrue(tx.touches(AT + 8L * first - 8, 16) && tx.staged(AT + 8L * first, 8) >= 0);
            }
            tx.read(AT, Geometry.BLOCK_BYTES, copy, 0);
            for (int i = 0; i < WORDS; i++) {
                assertEquals(expected[i], (long) Layouts.WORD.get(copy, 8L * i));
                assertEquals(expected[i], tx.load(AT + 8L * i));
                assertEquals(tx.touches(AT + 8L * i, 8), tx.staged(AT + 8L * i, 8) >= 0);
            }
            tx.commit();
            assertContent(medium, expected);
        }
    }

    @Test
    void aBlockStoredAgainIsAsItWasLast() throws Exception {
        long[] last = new long[WORDS];
        PowerCuts<Void> cuts = PowerCuts.of(medium);
        boolean[] done = {false};
        cuts.exhaustiveTo(1 << 8).samples(60).nested(4).check(cut -> {
            Journal.recover(cut, geometry);
            return null;
        }, (nothing, cut, point) -> {
            long published = (long) Layouts.WORD.get(cut.metadata().segment(), Geometry.at(100));
            assertTrue(published == BLOCK || !done[0] && published == 0, point.toString());
            if (published != 0) {
                assertContent(cut, last);
            }
        });
        try (cuts) {
            Transaction tx = journal.begin();
            assertFalse(tx.isNew(AT));
            store(tx, 1, last);
            assertTrue(tx.isNew(AT));
            tx.putLong(AT + 64, 1234);
            store(tx, 2, last);
            tx.putLong(AT + 800, last[100] = 4321);
            tx.putLong(Geometry.at(100), BLOCK);
            assertEquals(4321, tx.load(AT + 800));
            assertEquals(last[8], tx.load(AT + 64));
            tx.commit();
            done[0] = true;
            cuts.at("the commit returned");
        }
        assertContent(medium, last);
    }

    private void store(Transaction tx, long factor, long[] content) {
        for (int i = 0; i < WORDS; i++) {
            content[i] = factor * (i + 1);
            Layouts.WORD.set(image, 8L * i, content[i]);
        }
        tx.storeNew(AT, image, 0, Geometry.BLOCK_BYTES);
    }

    @Test
    void whatIsGivenUpIsNotNew() {
        Transaction tx = journal.begin();
        store(tx, 3, new long[WORDS]);
        tx.forgetNew(AT, Geometry.BLOCK_BYTES);
        assertFalse(tx.isNew(AT));
        tx.commit();
    }

    private static void assertContent(SimMedium medium, long[] expected) {
        for (int i = 0; i < WORDS; i++) {
            assertEquals(expected[i], (long) Layouts.WORD.get(medium.metadata().segment(), AT + 8L * i), "word " + i);
        }
    }
}
