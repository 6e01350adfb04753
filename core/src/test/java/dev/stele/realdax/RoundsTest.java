package dev.stele.realdax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.DaxFile;
import dev.stele.api.Stele;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What looks at a killed guest's volumes must see what is missing.
class RoundsTest {
    private static final int ROUNDS = 40;

    private Stele stele;
    private Rounds rounds;

    @BeforeEach
    void work() throws IOException {
        stele = Stele.inMemory(32 << 20);
        rounds = new Rounds(stele);
        for (long round = 1; round <= ROUNDS; round++) {
            rounds.run(round);
        }
    }

    @AfterEach
    void close() throws IOException {
        rounds.close();
    }

    private String lost(long synced) {
        return assertThrows(IllegalStateException.class, () -> Rounds.verify(stele, synced)).getMessage();
    }

    @Test
    void whatWasDoneIsThere() throws IOException {
        assertTrue(Rounds.verify(stele, ROUNDS) > ROUNDS);
        assertTrue(Rounds.verify(stele, ROUNDS - 5) > ROUNDS, "the power went before the last rounds were told");
    }

    @Test
    void aRoundThatIsMissingIsSeen() {
        assertTrue(lost(ROUNDS + 1).contains("round " + (ROUNDS + 1) + " was durable"));
    }

    @Test
    void aWordThatIsMissingIsSeen() throws IOException {
        for (String name : new String[] {"/mapped", "/written"}) {
            try (DaxFile file = stele.file(name); Arena arena = Arena.ofConfined()) {
                long at = file.seekData(0);
                MemorySegment page = arena.allocate(8);
                while (page.get(ValueLayout.JAVA_LONG, 0) == 0) {
                    file.read(at += 4096, page);
                }
                file.write(at + 4088, arena.allocate(8));
                assertTrue(lost(ROUNDS).startsWith(name + ", page " + at / 4096 + ", byte 4088: "), name);
                file.read(at, page);
                file.write(at, restored(arena, page.get(ValueLayout.JAVA_LONG, 0) >>> 32));
            }
        }
        assertTrue(Rounds.verify(stele, ROUNDS) > ROUNDS);
    }

    private static MemorySegment restored(Arena arena, long round) {
        MemorySegment page = arena.allocate(4096, 8);
        Rounds.fill(page, round);
        return page;
    }

    @Test
    void aFileThatIsMissingIsSeen() throws IOException {
        Files.writeString(stele.path("/files/f" + ROUNDS), "other");
        assertTrue(lost(ROUNDS).startsWith("/files/f" + ROUNDS));
        Files.delete(stele.path("/files/f" + ROUNDS));
        assertEquals("/files/f" + ROUNDS, assertThrows(IOException.class,
                () -> Rounds.verify(stele, ROUNDS)).getMessage());
    }
}
