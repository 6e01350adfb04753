package dev.stele.example;

import dev.stele.api.PersistentMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import jdk.nio.mapmode.ExtendedMapMode;

public class PersistentExample {
    public static void main(String[] arguments) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            PersistentMemory memory = PersistentMemory.of(map(Path.of(arguments[0]), arena));
            System.out.println(memory);

            // The record first, then the word that makes it count; each durable when the call returns.
            MemorySegment record = arena.allocateFrom("a record");
            memory.copyPersist(64, record, 0, record.byteSize());
            memory.segment().set(ValueLayout.JAVA_LONG, 0, record.byteSize());
            memory.persist(0, Long.BYTES);
        }
    }

    private static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            try {
                return channel.map(ExtendedMapMode.READ_WRITE_SYNC, 0, 4096, arena);
            } catch (IOException | UnsupportedOperationException notOnPersistentMemory) {
                return channel.map(MapMode.READ_WRITE, 0, 4096, arena);
            }
        }
    }
}
