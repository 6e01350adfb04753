package dev.stele.nio;

import static dev.stele.nio.Home.exists;
import static dev.stele.nio.Home.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Listing directories, and working from an open one.
@ParameterizedClass
@EnumSource(Home.class)
class DirectoryStreamContractTest extends ContractTest {

    private static Set<String> names(DirectoryStream<Path> stream) throws IOException {
        try (stream) {
            Set<String> names = new TreeSet<>();
            stream.forEach(entry -> names.add(entry.getFileName().toString()));
            return names;
        }
    }

    private SecureDirectoryStream<Path> open(Path directory) throws IOException {
        return (SecureDirectoryStream<Path>) Files.newDirectoryStream(directory);
    }

    private Path relative(String path) {
        return dir.getFileSystem().getPath(path);
    }

    @Test
    void listsWhatThereIs() throws IOException {
        write(dir.resolve("one.txt"), "x");
        write(dir.resolve("two.java"), "x");
        Files.createDirectory(dir.resolve("three"));
        assertEquals(Set.of("one.txt", "two.java", "three"), names(Files.newDirectoryStream(dir)));
        assertEquals(Set.of("one.txt", "two.java"), names(Files.newDirectoryStream(dir, "*.{txt,java}")));
        assertEquals(Set.of("two.java", "three"), names(Files.newDirectoryStream(dir, "t*")));
        assertEquals(Set.of("three"), names(Files.newDirectoryStream(dir, Files::isDirectory)));
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(dir)) {
            for (Path entry : stream) {
                assertEquals(dir, entry.getParent());
            }
        }
    }

    @Test
    void onlyDirectoriesAreListed() {
        Path file = write(dir.resolve("file"), "x");
        NotDirectoryException e = assertThrows(NotDirectoryException.class, () -> Files.newDirectoryStream(file));
        assertEquals(file.toString(), e.getFile());
        Path none = dir.resolve("none");
        assertEquals(none.toString(),
                assertThrows(NoSuchFileException.class, () -> Files.newDirectoryStream(none)).getFile());
    }

    @Test
    void iteratesOnce() throws IOException {
        write(dir.resolve("file"), "x");
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(dir)) {
            Iterator<Path> iterator = stream.iterator();
            assertThrows(IllegalStateException.class, stream::iterator);
            iterator.next();
            assertFalse(iterator.hasNext());
            assertThrows(NoSuchElementException.class, iterator::next);
            assertThrows(UnsupportedOperationException.class, iterator::remove);
        }
        DirectoryStream<Path> closed = Files.newDirectoryStream(dir);
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, closed::iterator);
    }

    @Test
    void aFilterMayFail() throws IOException {
        write(dir.resolve("file"), "x");
        IOException failure = new IOException("no");
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(dir, entry -> {
            throw failure;
        })) {
            Iterator<Path> iterator = stream.iterator();
            assertSame(failure, assertThrows(DirectoryIteratorException.class, iterator::hasNext).getCause());
        }
    }

    @Test
    void whatIsDeletedWhileListingDoesNotDisturb() throws IOException {
        for (int i = 0; i < 1000; i++) {
            write(dir.resolve("file-" + i), "x");
        }
        int count = 0;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(dir)) {
            for (Path entry : stream) {
                Files.delete(entry);
                count++;
            }
        }
        assertEquals(1000, count);
        assertEquals(Set.of(), names(Files.newDirectoryStream(dir)));
    }

    // From an open directory

    @Test
    void worksFromAnOpenDirectoryWhateverItsName() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        write(sub.resolve("file"), "x");
        try (SecureDirectoryStream<Path> stream = open(sub)) {
            Files.move(sub, dir.resolve("moved"));
            try (SeekableByteChannel channel = stream.newByteChannel(relative("new"),
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
                channel.write(ByteBuffer.wrap("hello".getBytes()));
            }
            assertEquals("hello", Files.readString(dir.resolve("moved/new")));
            stream.deleteFile(relative("file"));
            assertFalse(exists(dir.resolve("moved/file")));
            assertThrows(NoSuchFileException.class, () -> stream.deleteFile(relative("file")));
            assertEquals(5, stream.getFileAttributeView(relative("new"), BasicFileAttributeView.class)
                    .readAttributes().size());
            assertTrue(stream.getFileAttributeView(BasicFileAttributeView.class).readAttributes().isDirectory());
        }
    }

    @Test
    void deletesFilesAndDirectoriesApart() throws IOException {
        Files.createDirectories(dir.resolve("full/inside"));
        Files.createDirectory(dir.resolve("empty"));
        write(dir.resolve("file"), "x");
        try (SecureDirectoryStream<Path> stream = open(dir)) {
            assertThrows(IOException.class, () -> stream.deleteFile(relative("empty")));
            assertThrows(IOException.class, () -> stream.deleteDirectory(relative("file")));
            assertThrows(DirectoryNotEmptyException.class, () -> stream.deleteDirectory(relative("full")));
            stream.deleteDirectory(relative("empty"));
            stream.deleteDirectory(relative("full/inside"));
        }
        assertEquals(Set.of("full", "file"), names(Files.newDirectoryStream(dir)));
    }

    @Test
    void movesBetweenOpenDirectories() throws IOException {
        Path from = Files.createDirectory(dir.resolve("from"));
        Path to = Files.createDirectory(dir.resolve("to"));
        write(from.resolve("file"), "x");
        write(to.resolve("target"), "old");
        try (SecureDirectoryStream<Path> source = open(from); SecureDirectoryStream<Path> target = open(to)) {
            source.move(relative("file"), target, relative("target"));
            assertThrows(NoSuchFileException.class, () -> source.move(relative("file"), target, relative("again")));
        }
        assertEquals("x", Files.readString(to.resolve("target")));
    }

    @Test
    void opensSubdirectories() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        write(sub.resolve("file"), "x");
        Files.createSymbolicLink(dir.resolve("link"), sub);
        try (SecureDirectoryStream<Path> stream = open(dir)) {
            try (SecureDirectoryStream<Path> inner = stream.newDirectoryStream(relative("sub"))) {
                Path entry = inner.iterator().next();
                assertEquals(dir.resolve("sub/file"), entry);
            }
            stream.newDirectoryStream(relative("link")).close();
            assertThrows(IOException.class,
                    () -> stream.newDirectoryStream(relative("link"), LinkOption.NOFOLLOW_LINKS));
            assertThrows(NoSuchFileException.class, () -> stream.newDirectoryStream(relative("none")));
            assertThrows(NotDirectoryException.class, () -> stream.newDirectoryStream(relative("sub/file")));
        }
    }

    @Test
    void setsAttributesFromAnOpenDirectory() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        FileTime then = FileTime.fromMillis(1_000_000);
        try (SecureDirectoryStream<Path> stream = open(dir)) {
            PosixFileAttributeView view =
                    stream.getFileAttributeView(relative("file"), PosixFileAttributeView.class);
            view.setPermissions(PosixFilePermissions.fromString("r-x------"));
            view.setTimes(then, null, null);
            assertEquals(then, view.readAttributes().lastModifiedTime());
            assertInstanceOf(PosixFileAttributeView.class,
                    stream.getFileAttributeView(PosixFileAttributeView.class));
        }
        assertEquals(0100500, Files.getAttribute(file, "unix:mode"));
    }

    @Test
    void aClosedStreamDoesNothing() throws IOException {
        write(dir.resolve("file"), "x");
        SecureDirectoryStream<Path> stream = open(dir);
        BasicFileAttributeView view = stream.getFileAttributeView(relative("file"), BasicFileAttributeView.class);
        stream.close();
        assertThrows(ClosedDirectoryStreamException.class, () -> stream.deleteFile(relative("file")));
        assertThrows(ClosedDirectoryStreamException.class, () -> stream.newDirectoryStream(relative(".")));
        assertThrows(ClosedDirectoryStreamException.class, view::readAttributes);
        assertThrows(ClosedDirectoryStreamException.class,
                () -> stream.newByteChannel(relative("file"), Set.of(StandardOpenOption.READ)));
    }
}
