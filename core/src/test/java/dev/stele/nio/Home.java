package dev.stele.nio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/// Where a contract is run: first on the host's own file system, which proves that the contract asks what the JDK's
/// provider does, then on ours.
enum Home {
    HOST {
        @Override
        Fixture open() throws IOException {
            Path directory = Files.createTempDirectory("stele-contract");
            return new Fixture(directory, () -> deleteTree(directory));
        }
    },
    STELE {
        @Override
        Fixture open() throws IOException {
            Path pool = newPool();
            FileSystem fileSystem = DaxFileSystemProvider.installed().newFileSystem(pool, CREATE);
            Path directory = Files.createDirectories(fileSystem.getPath("/x/contract"));
            return new Fixture(directory, () -> close(fileSystem, pool));
        }
    };

    private static final Map<String, ?> CREATE = Map.of("create", true, "size", "64M");

    /// A fresh directory, and how to be rid of it.
    abstract Fixture open() throws IOException;

    interface Action {
        void run() throws IOException;
    }

    record Fixture(Path directory, Action onClose) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            onClose.run();
        }
    }

    /// In memory, where there is some with a name.
    private static Path newPool() throws IOException {
        Path memory = Path.of("/dev/shm");
        Path directory = Files.isDirectory(memory) ? Files.createTempDirectory(memory, "stele-contract")
                : Files.createTempDirectory("stele-contract");
        return directory.resolve("pool.stele");
    }

    /// Whatever a test leaves behind is checked.
    private static void close(FileSystem fileSystem, Path pool) throws IOException {
        fileSystem.close();
        Report report;
        try (Medium medium = Media.open(pool, MediumOptions.DEFAULT.withReadOnly(true))) {
            report = Check.run(medium);
        }
        deleteTree(pool.getParent());
        assertTrue(report.isClean(), report.findings()::toString);
    }

    private static void deleteTree(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException failure) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /// Whether a name is there, of whatever it is.
    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 8));
        }
        return bytes;
    }

    static Path write(Path path, String text) {
        try {
            return Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
