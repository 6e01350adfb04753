package dev.stele.example;

import dev.stele.api.DaxFile;
import dev.stele.api.DaxMapping;
import dev.stele.api.Stele;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

public class Example {
    public static void main(String[] arguments) throws IOException {
        Path pool = Path.of(arguments[0]);

        try (Stele stele = Stele.create(pool, 64 << 20)) {
            // Files, as everywhere. Each of these operations is all or nothing, whatever happens to the machine.
            Path notes = Files.createDirectory(stele.path("/notes"));
            Path draft = Files.writeString(notes.resolve("draft.txt"), "Hello from a volume\n");
            Files.move(draft, notes.resolve("today.txt"), StandardCopyOption.ATOMIC_MOVE);

            // The bytes of a file as memory: a store, and then the cache line it is in made durable.
            try (DaxFile counters = stele.file("/counters"); DaxMapping mapping = counters.map(0, 1 << 20)) {
                mapping.segment().set(ValueLayout.JAVA_LONG, 64, 42L);
                mapping.persist(64, Long.BYTES);
            }
        }

        // Whoever knows nothing of Stele opens the volume as a file system.
        try (FileSystem files = FileSystems.newFileSystem(pool)) {
            System.out.print(Files.readString(files.getPath("/notes/today.txt")));
        }
    }
}
