package dev.stele.nio;

import static dev.stele.nio.Home.exists;
import static dev.stele.nio.Home.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A path that was walked before leads where its names lead now (N7), whatever became of the directories on the way.
/// Ours remembers where a walk ended ([Stem]).
@ParameterizedClass
@EnumSource(Home.class)
class KnownPathContractTest extends ContractTest {
    private static final int ROUNDS = 3000;
    private static final int LEVELS = 20;

    private Path outer;
    private Path inner;
    private Path file;
    private Path other;

    /// All of these have been walked.
    @BeforeEach
    void walk() throws IOException {
        outer = Files.createDirectory(dir.resolve("outer"));
        inner = Files.createDirectory(outer.resolve("inner"));
        file = write(inner.resolve("file"), "first");
        other = dir.resolve("other");
        assertTrue(exists(file));
        assertFalse(exists(other));
        assertFalse(exists(inner.resolve("missing")));
    }

    private static void assertMissing(Path path) {
        assertFalse(exists(path));
        assertThrows(NoSuchFileException.class, () -> Files.readString(path));
        assertThrows(NoSuchFileException.class, () -> Files.createFile(path.resolveSibling("new")));
        assertThrows(NoSuchFileException.class, () -> Files.createDirectory(path.resolveSibling("new")));
        assertThrows(NoSuchFileException.class, () -> Files.delete(path));
        assertThrows(NoSuchFileException.class, () -> Files.move(path, path.resolveSibling("new")));
    }

    @Test
    void aDirectoryOnTheWayIsMovedAndComesBack() throws IOException {
        Path moved = other.resolve("inner/file");
        Files.move(outer, other);
        assertMissing(file);
        assertEquals("first", Files.readString(moved));
        Files.move(other, outer);
        assertMissing(moved);
        assertEquals("first", Files.readString(file));
    }

    @Test
    void theDirectoryItselfIsMovedToAnother() throws IOException {
        Files.createDirectory(other);
        Files.move(inner, other.resolve("inner"));
        assertMissing(file);
        assertEquals("first", Files.readString(other.resolve("inner/file")));
    }

    @Test
    void theDirectoryIsRemovedAndThereIsAnotherOfItsName() throws IOException {
        Files.delete(file);
        Files.delete(inner);
        assertMissing(file);
        // It may have the number of the one that is gone.
        Files.createDirectory(other);
        assertMissing(file);
        Files.createDirectory(inner);
        write(file, "second");
        assertEquals("second", Files.readString(file));
        assertFalse(exists(other.resolve("file")));
    }

    @Test
    void theDirectoryIsReplacedByAMove() throws IOException {
        Files.delete(file);
        Files.createDirectory(other);
        write(other.resolve("file"), "moved here");
        Files.move(other, inner, StandardCopyOption.REPLACE_EXISTING);
        assertEquals("moved here", Files.readString(file));
        assertMissing(other.resolve("file"));
    }

    @Test
    void aFileTakesTheDirectorysPlace() throws IOException {
        Files.move(inner, other);
        write(inner, "no directory");
        assertThrows(FileSystemException.class, () -> Files.readString(file));
        assertThrows(FileSystemException.class, () -> Files.createFile(inner.resolve("new")));
        assertFalse(exists(file));
    }

    @Test
    void aLinkTakesTheDirectorysPlaceAndThenLeadsElsewhere() throws IOException {
        Path third = Files.createDirectory(dir.resolve("third"));
        write(third.resolve("file"), "third");
        Files.move(inner, other);
        Files.createSymbolicLink(inner, other);
        assertEquals("first", Files.readString(file));
        Files.delete(inner);
        Files.createSymbolicLink(inner, third);
        assertEquals("third", Files.readString(file));
    }

    /// The way is long, so that many a move falls between its first step and its end.
    @Test
    void oneWhoWalksWhileItIsMovedDoesNotRememberThePlaceBefore() throws Exception {
        String way = "inner/" + "d/".repeat(LEVELS) + "file";
        Files.createDirectories(outer.resolve(way).getParent());
        Path before = write(outer.resolve(way), "deep");
        Path moved = other.resolve(way);
        AtomicBoolean isOver = new AtomicBoolean();
        FutureTask<Long> walks = new FutureTask<>(() -> {
            long found = 0;
            while (!isOver.get()) {
                found += exists(moved) ? 1 : 0;
            }
            return found;
        });
        Thread.ofPlatform().start(walks);
        try {
            for (int i = 0; i < ROUNDS; i++) {
                Files.move(outer, other, StandardCopyOption.ATOMIC_MOVE);
                Files.move(other, outer, StandardCopyOption.ATOMIC_MOVE);
                assertFalse(exists(moved));
                assertTrue(exists(before));
            }
        } finally {
            isOver.set(true);
            walks.get();
        }
    }
}
