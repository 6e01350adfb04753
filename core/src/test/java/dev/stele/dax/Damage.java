package dev.stele.dax;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.CorruptionException;

/// Harm done to a volume that is open.
final class Damage {
    private Damage() {
    }

    /// Makes a file that can be damaged, and opens the volume anew, so that nothing is known of it.
    static long prepare(Pool pool) {
        long victim = pool.file("victim", 1);
        pool.reopen();
        return victim;
    }

    /// Damages the file and has the volume find it.
    static void turnReadOnly(Pool pool, long victim) {
        // the number of an inode names its place, 256 bytes each
        pool.medium.sim.data().segment().set(JAVA_BYTE, victim * 256 + 8, (byte) 0x7F);
        assertThrows(CorruptionException.class, () -> pool.volume.truncate(victim, 5));
        assertTrue(pool.volume.isReadOnly());
    }
}
