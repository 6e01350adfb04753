package dev.stele.medium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReservationTest {
    private static final long CHUNK = 1L << Reservation.CHUNK_SHIFT;

    @TempDir
    Path directory;
    private final List<String> allocated = new ArrayList<>();

    private Reservation reservation(long sizeBytes) {
        return new Reservation((at, byteCount) -> allocated.add(at + "+" + byteCount), sizeBytes);
    }

    @Test
    void roomIsMadeByChunksAndOnce() {
        Reservation reservation = reservation(10 * CHUNK);
        reservation.beforeStore(CHUNK - 1, 1);
        reservation.beforeStore(0, 8);
        reservation.beforeStore(CHUNK - 1, 2);
        reservation.beforeStore(3 * CHUNK, 2 * CHUNK);
        reservation.beforeStore(3 * CHUNK + 5, CHUNK);
        assertEquals(List.of("0+" + CHUNK, CHUNK + "+" + CHUNK, 3 * CHUNK + "+" + CHUNK, 4 * CHUNK + "+" + CHUNK),
                allocated);
    }

    @Test
    void theLastChunkEndsWithTheMediumAndIsMadeWholeWhenItGrows() {
        Reservation reservation = reservation(CHUNK + 8192);
        reservation.beforeStore(CHUNK + 100, 8);
        reservation.beforeStore(0, 8);
        reservation.beforeStore(CHUNK * 5, 8);
        reservation.grow(200 * CHUNK);
        reservation.beforeStore(CHUNK + 100, 8);
        reservation.beforeStore(0, 8);
        reservation.beforeStore(199 * CHUNK, 8);
        assertEquals(List.of(CHUNK + "+8192", "0+" + CHUNK, CHUNK + "+" + CHUNK, 199 * CHUNK + "+" + CHUNK), allocated);
    }

    @Test
    void whatFailedIsTriedAgain() {
        int[] attempts = {0};
        Reservation reservation = new Reservation((at, byteCount) -> {
            if (attempts[0]++ == 0) {
                throw new VolumeException(Errno.ENOSPC);
            }
        }, CHUNK);
        assertThrows(VolumeException.class, () -> reservation.beforeStore(0, 1));
        reservation.beforeStore(0, 1);
        reservation.beforeStore(0, 1);
        assertEquals(2, attempts[0]);
    }

    /// On a file system without `fallocate`: holes get blocks, and what is there stays.
    @Test
    void zerosAreWrittenIntoHolesOnly() throws Exception {
        Path path = directory.resolve("file");
        byte[] content = new byte[10 * 4096];
        content[4096 * 3 + 17] = 5;
        content[4096 * 9 + 4095] = 6;
        OwnedFile file = OwnedFile.create(path, content.length);
        try {
            for (int page : new int[] {3, 9}) {
                file.write(java.lang.foreign.Arena.ofAuto().allocate(4096).copyFrom(
                        java.lang.foreign.MemorySegment.ofArray(content).asSlice(page * 4096L, 4096)), page * 4096L);
            }
            file.allocateByWriting(100, content.length - 100);
            assertArrayEquals(content, Files.readAllBytes(path));
            file.sync();
            assertTrue(Native.status(file.descriptor()).allocatedBytes() >= content.length);
        } finally {
            file.close();
        }
        assertThrows(IllegalStateException.class, file::sizeBytes);
    }
}
