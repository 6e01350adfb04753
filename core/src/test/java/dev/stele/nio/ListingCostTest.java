package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What an entry of a listing takes of the heap, in bytes: a path of 40 and its array of 48; the path of the name, its
/// array of 32, the text of 24 and its array of 32. The rest is an entry's share of what the whole listing takes, which
/// depends on what the JVM has compiled. Nothing of the directory's own is made an object of.
class ListingCostTest {
    private static final int FILES = 1000;
    private static final int MOST_FOR_A_PATH = 120;
    private static final int MOST_FOR_ITS_NAME = 140;

    private interface Use {
        int of(Path entry);
    }

    @Test
    void anEntryIsItsPathAndNothingElse() throws IOException {
        try (Home.Fixture home = Home.STELE.open()) {
            Path directory = Files.createDirectory(home.directory().resolve("many"));
            for (int i = 0; i < FILES; i++) {
                Files.createFile(directory.resolve("file-" + (FILES + i)));
            }
            long paths = bytesForAnEntry(directory, entry -> 1);
            long names = bytesForAnEntry(directory, entry -> entry.getFileName().toString().length() / 9);
            assertTrue(paths <= MOST_FOR_A_PATH, "a path took " + paths);
            assertTrue(names <= MOST_FOR_A_PATH + MOST_FOR_ITS_NAME, "a path and its name took " + names);
        }
    }

    private static long bytesForAnEntry(Path directory, Use use) throws IOException {
        // Classes are loaded by the first.
        list(directory, use);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        list(directory, use);
        return (threads.getCurrentThreadAllocatedBytes() - before) / FILES;
    }

    private static void list(Path directory, Use use) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                count += use.of(entry);
            }
        }
        assertEquals(FILES, count);
    }
}
