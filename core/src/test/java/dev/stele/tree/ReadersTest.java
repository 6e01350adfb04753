package dev.stele.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.journal.Transaction;
import dev.stele.medium.MemoryMedium;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.StampedLock;
import org.junit.jupiter.api.Test;

/// Readers that search while somebody changes the tree: what they find counts only if nobody did, and whatever they
/// run into meanwhile is an exception.
class ReadersTest {
    private static final int CHANGES = Integer.getInteger("stele.changes", 1500);
    private static final int KEYS = 4000;

    private final Ground ground = new Ground(MemoryMedium.create(32 << 20));
    private final StampedLock lock = new StampedLock();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong validSearches = new AtomicLong();
    private volatile boolean done;

    /// Values say what they belong to, and all of them are changed together: key * 1000 + round % 1000.
    private volatile long round;

    @Test
    void whatIsValidIsRight() throws InterruptedException {
        Thread[] readers = {new Thread(this::read), new Thread(this::read)};
        change(new Random(0), 0);
        for (Thread reader : readers) {
            reader.start();
        }
        Random random = new Random(42);
        for (int i = 1; i < CHANGES && failure.get() == null; i++) {
            long stamp = lock.writeLock();
            try {
                change(random, i);
            } finally {
                lock.unlockWrite(stamp);
            }
            Thread.yield();
        }
        done = true;
        for (Thread reader : readers) {
            reader.join();
        }
        assertNull(failure.get(), () -> String.valueOf(failure.get()));
        assertTrue(validSearches.get() > 0);
        ground.check();
        ground.close();
    }

    /// Now and then everything goes, so that the tree grows and shrinks and its blocks are used again and again.
    private void change(Random random, int number) {
        int from = number % 7 == 0 ? 0 : random.nextInt(KEYS);
        int to = number % 7 == 0 ? KEYS : from + random.nextInt(1, 800);
        int count = number % 14 == 0 ? 0 : random.nextInt(to - from);
        long[] pairs = new long[2 * count];
        for (int i = 0; i < count; i++) {
            pairs[2 * i] = from + i;
            pairs[2 * i + 1] = (from + i) * 1000L + number % 1000;
        }
        Transaction tx = ground.journal.begin();
        ground.tree.splice(tx, ground.inode, from, to, pairs, count);
        tx.commit();
    }

    private void read() {
        Random random = new Random(7);
        Cursor cursor = new Cursor();
        long valid = 0;
        try {
            while (!done) {
                valid += search(cursor, random.nextInt(KEYS)) ? 1 : 0;
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
        validSearches.addAndGet(valid);
    }

    private boolean search(Cursor cursor, long key) {
        long stamp = lock.tryOptimisticRead();
        if (stamp == 0) {
            return false;
        }
        boolean found = false;
        RuntimeException thrown = null;
        int steps = 0;
        try {
            found = ground.tree.floor(ground.inode, key, cursor);
            for (boolean more = found; more && steps < 300; steps++) {
                more = ground.tree.next(cursor);
            }
            found = ground.tree.floor(ground.inode, key, cursor);
        } catch (RuntimeException e) {
            thrown = e;
        }
        if (!lock.validate(stamp)) {
            return false;
        }
        assertNull(thrown, () -> "a search that nobody disturbed failed");
        if (found) {
            assertTrue(cursor.key() <= key);
            assertEquals(cursor.key(), cursor.value() / 1000);
        }
        return true;
    }
}
