package dev.stele.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.node.FileType;
import org.junit.jupiter.api.Test;

/// What the reference says of words that are not durable.
class NodeTest {
    private final Node file = new Node(FileType.REGULAR, 0644);

    private boolean allows(int index, int... bytes) {
        return file.allows(index, Words.get(bytes(bytes), 0), -1L);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void whatIsDurableIsExact() {
        file.store(0, bytes(1, 2, 3));
        assertTrue(allows(0, 1, 2, 3));
        assertFalse(allows(0));
        assertFalse(file.isLoose());
    }

    @Test
    void aLooseWordIsOldOrNewAsAWhole() {
        file.store(0, bytes(1, 2, 3, 4, 5, 6, 7, 8, 9));
        file.storeLoosely(6, bytes(16, 17, 18));
        assertTrue(allows(0, 1, 2, 3, 4, 5, 6, 7, 8));
        assertTrue(allows(0, 1, 2, 3, 4, 5, 6, 16, 17));
        assertFalse(allows(0, 1, 2, 3, 4, 5, 6, 16, 8));
        assertTrue(allows(1, 9));
        assertTrue(allows(1, 18));
        assertFalse(allows(1, 0));
        assertTrue(file.isLoose());
    }

    @Test
    void everyValueSinceTheLastSyncIsAllowed() {
        file.store(0, bytes(1));
        file.storeLoosely(0, bytes(2));
        file.storeLoosely(0, bytes(3));
        assertTrue(allows(0, 1) && allows(0, 2) && allows(0, 3));
        assertFalse(allows(0, 4));
        file.synced(0, 1);
        assertTrue(allows(0, 3));
        assertFalse(allows(0, 2));
    }

    @Test
    void aDurableStoreWithinALooseWordStandsInEveryValue() {
        file.store(0, bytes(1, 1));
        file.storeLoosely(0, bytes(2));
        file.store(1, bytes(7));
        assertTrue(allows(0, 1, 7) && allows(0, 2, 7));
        assertFalse(allows(0, 1, 1));
    }

    @Test
    void whatIsCutOffReadsAsZeros() {
        file.store(0, bytes(1, 2, 3, 4, 5, 6, 7, 8, 9));
        file.storeLoosely(0, bytes(11, 12, 13));
        file.resize(2);
        file.resize(20);
        assertArrayEquals(bytes(11, 12, 0, 0, 0), java.util.Arrays.copyOf(file.bytes, 5));
        assertTrue(allows(0, 1, 2) && allows(0, 11, 12));
        assertFalse(allows(0, 11, 12, 13));
        assertTrue(allows(1));
        assertFalse(allows(1, 9));
    }

    @Test
    void looseWordsMoveWithTheirBytes() {
        file.store(0, new byte[3 * 4096]);
        file.storeLoosely(2 * 4096, bytes(5));
        file.collapse(4096, 4096);
        assertTrue(allows(4096 / 8) && allows(4096 / 8, 5));
        file.insert(0, 8192);
        assertTrue(allows(3 * 4096 / 8) && allows(3 * 4096 / 8, 5));
        assertFalse(allows(4096 / 8, 5));
    }

    @Test
    void aCopyGoesItsOwnWay() {
        file.storeLoosely(0, bytes(1));
        Node copy = file.copyAlone();
        file.synced(0, 8);
        assertTrue(copy.allows(0, 0, -1L));
        assertFalse(file.allows(0, 0, -1L));
        assertEquals(1, copy.bytes[0]);
    }
}
