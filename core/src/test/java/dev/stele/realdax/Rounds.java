package dev.stele.realdax;

import dev.stele.api.DaxFile;
import dev.stele.api.DaxMapping;
import dev.stele.api.Stele;
import dev.stele.mapping.Tracking;
import dev.stele.volume.Volume.Durability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// Work that is done over and over in a volume until the power goes. Each round stores a page through a mapping, writes
/// one with `write`, makes a file and removes an old one, and makes all of it durable, by turns in every way there is.
///
/// Every word that is stored says which round it is of, so that [#verify] can tell, page by page, that what is there is
/// at least as new as the last round that was known to be durable, and that it belongs there.
final class Rounds implements AutoCloseable {
    private static final int PAGE_BYTES = 4096;
    private static final int PAGES = 1024;
    private static final long FILE_BYTES = (long) PAGES * PAGE_BYTES;
    private static final int KEPT = 16;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Stele stele;
    private final DaxFile mapped;
    private final DaxMapping mapping;
    private final DaxFile written;
    private final Path files;
    private final MemorySegment page = Arena.ofAuto().allocate(PAGE_BYTES, PAGE_BYTES);

    Rounds(Stele stele) throws IOException {
        this.stele = stele;
        this.mapped = stele.file("/mapped");
        this.mapping = mapped.map(0, FILE_BYTES);
        this.written = stele.file("/written");
        this.files = stele.path("/files");
        if (!Files.isDirectory(files)) {
            Files.createDirectory(files);
        }
    }

    Tracking tracking() {
        return mapping.tracking();
    }

    /// @param round from 1 on
    void run(long round) throws IOException {
        fill(page, round);
        long at = (long) pageOf(round) * PAGE_BYTES;
        MemorySegment.copy(page, 0, mapping.segment(), at, PAGE_BYTES);
        boolean atOnce = (round & 2) != 0;
        written.write(at, page, 0, PAGE_BYTES, atOnce ? Durability.DSYNC : Durability.DEFERRED);
        Files.write(files.resolve("f" + round), word(round));
        Files.deleteIfExists(files.resolve("f" + (round - KEPT)));
        makeDurable((int) (round & 3), at, atOnce);
    }

    private void makeDurable(int way, long at, boolean isWritten) throws IOException {
        switch (way) {
            case 0 -> stele.sync();
            case 1 -> mapping.force();
            case 2 -> mapping.persist(at, PAGE_BYTES);
            default -> mapped.syncData();
        }
        if (!isWritten && way != 0) {
            written.sync();
        }
    }

    private static int pageOf(long round) {
        return (int) (round * 0x9E3779B97F4A7C15L >>> 54) % PAGES;
    }

    static void fill(MemorySegment page, long round) {
        for (int i = 0; i < PAGE_BYTES; i += Long.BYTES) {
            page.set(WORD, i, wordOf(round, i));
        }
    }

    private static long wordOf(long round, int offset) {
        return round << 32 | (round * 31 + offset) * 0x9E3779B1L & 0xFFFF_FFFFL;
    }

    private static byte[] word(long round) {
        return Long.toString(round).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    /// @param synced the last round that had returned
    /// @return number of pages compared
    /// @throws IllegalStateException where something durable is missing, or something foreign is there
    static int verify(Stele stele, long synced) throws IOException {
        int compared = verifyFile(stele, "/mapped", synced) + verifyFile(stele, "/written", synced);
        for (long round = Math.max(1, synced - KEPT / 2); round <= synced; round++) {
            Path file = stele.path("/files/f" + round);
            if (!Files.exists(file) && Files.exists(stele.path("/files/f" + (round + KEPT)))) {
                continue; // a round behind the last one that was heard of has removed it
            }
            byte[] found = Files.readAllBytes(file);
            require(java.util.Arrays.equals(word(round), found), file + " has " + found.length + " other bytes");
            compared++;
        }
        return compared;
    }

    private static int verifyFile(Stele stele, String name, long synced) throws IOException {
        long[] last = new long[PAGES];
        for (long round = 1; round <= synced; round++) {
            last[pageOf(round)] = round;
        }
        int compared = 0;
        try (DaxFile file = stele.file(name)) {
            MemorySegment found = Arena.ofAuto().allocate(PAGE_BYTES, PAGE_BYTES);
            for (int page = 0; page < PAGES; page++) {
                if (last[page] != 0) {
                    require(file.read((long) page * PAGE_BYTES, found) == PAGE_BYTES, name + " is too short");
                    verifyPage(found, page, last[page], name);
                    compared++;
                }
            }
        }
        return compared;
    }

    private static void verifyPage(MemorySegment found, int page, long last, String name) {
        for (int i = 0; i < PAGE_BYTES; i += Long.BYTES) {
            long word = found.get(WORD, i);
            long round = word >>> 32;
            if (round < last || pageOf(round) != page || word != wordOf(round, i)) {
                throw new IllegalStateException("%s, page %d, byte %d: %016x; round %d was durable"
                        .formatted(name, page, i, word, last));
            }
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }

    @Override
    public void close() throws IOException {
        mapping.close();
        mapped.close();
        written.close();
        stele.close();
    }
}
