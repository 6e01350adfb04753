package dev.stele.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A log in a mapped file, as a program would write it: the direct face and the file system on one volume.
class DirectFaceExampleTest {
    @Test
    void theExampleRuns(@TempDir Path directory) throws IOException {
        Path pool = directory.resolve("pool.stele");
        write(pool);
        assertEquals(List.of("/log", "/notes"), read(pool));
    }

    static void write(Path pool) throws IOException {
        try (Stele stele = Stele.create(pool, 64L << 20)) {
            // Everything java.nio.file.Files can do ...
            Path notes = Files.createDirectories(stele.path("/notes"));
            Files.writeString(notes.resolve("today.txt"), "durable when the sync below returns");
            stele.sync();

            // ... and the bytes of a file as memory, made durable by the line.
            try (DaxFile log = stele.file("/log"); DaxMapping mapping = log.map(0, 1 << 20)) {
                MemorySegment bytes = mapping.segment();
                byte[] record = "one record".getBytes(StandardCharsets.UTF_8);
                MemorySegment.copy(record, 0, bytes, ValueLayout.JAVA_BYTE, 8, record.length);
                mapping.persist(8, record.length);                      // the record first,
                bytes.set(ValueLayout.JAVA_LONG, 0, record.length);
                mapping.persist(0, Long.BYTES);                         // then the word that makes it count
            }
        }
    }

    static List<String> read(Path pool) throws IOException {
        try (Stele stele = Stele.open(pool); DaxFile log = stele.file("/log"); Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocate(ValueLayout.JAVA_LONG);
            log.read(0, length);
            MemorySegment record = arena.allocate(length.get(ValueLayout.JAVA_LONG, 0));
            log.read(8, record);
            assertEquals("one record", StandardCharsets.UTF_8.decode(record.asByteBuffer()).toString());
            try (var entries = Files.list(stele.path("/"))) {
                return entries.map(Path::toString).sorted().toList();
            }
        }
    }
}
