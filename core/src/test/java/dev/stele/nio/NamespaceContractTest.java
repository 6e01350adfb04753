package dev.stele.nio;

import static dev.stele.nio.Home.bytes;
import static dev.stele.nio.Home.exists;
import static dev.stele.nio.Home.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Directories, links, deleting, moving and copying.
@ParameterizedClass
@EnumSource(Home.class)
class NamespaceContractTest extends ContractTest {

    private static void assertFails(Class<? extends FileSystemException> type, Path file, Path other, Action action) {
        FileSystemException e = assertThrows(FileSystemException.class, action::run);
        assertSame(type, e.getClass());
        assertEquals(file.toString(), e.getFile());
        assertEquals(other == null ? null : other.toString(), e.getOtherFile());
    }

    private interface Action {
        void run() throws IOException;
    }

    // Directories

    @Test
    void createsAndDeletesADirectory() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        assertTrue(Files.isDirectory(sub));
        Files.delete(sub);
        assertFalse(exists(sub));
    }

    @Test
    void aDirectoryIsCreatedOnce() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        assertFails(FileAlreadyExistsException.class, sub, null, () -> Files.createDirectory(sub));
        Path file = write(dir.resolve("file"), "x");
        assertFails(FileAlreadyExistsException.class, file, null, () -> Files.createDirectory(file));
        assertSame(sub, Files.createDirectories(sub));
    }

    @Test
    void aDirectoryNeedsItsParent() {
        Path orphan = dir.resolve("none/sub");
        assertFails(NoSuchFileException.class, orphan, null, () -> Files.createDirectory(orphan));
        Path beneathFile = write(dir.resolve("file"), "x").resolve("sub");
        assertFails(FileSystemException.class, beneathFile, null, () -> Files.createDirectory(beneathFile));
    }

    @Test
    void theRootAndDotsAreThere() throws IOException {
        Path root = dir.getRoot();
        assertFails(FileAlreadyExistsException.class, root, null, () -> Files.createDirectory(root));
        Path dot = Files.createDirectory(dir.resolve("sub")).resolve(".");
        assertFails(FileAlreadyExistsException.class, dot, null, () -> Files.createDirectory(dot));
        assertFails(FileSystemException.class, dot, null, () -> Files.delete(dot));
        Path dotDot = dir.resolve("sub/..");
        assertFails(DirectoryNotEmptyException.class, dotDot, null, () -> Files.delete(dotDot));
        assertFails(FileAlreadyExistsException.class, dotDot, null, () -> Files.createDirectory(dotDot));
        assertTrue(Files.isDirectory(dotDot));
    }

    @Test
    void namesAreBytesUpTo255() throws IOException {
        Path longest = dir.resolve("ä".repeat(127) + "x");
        Files.createDirectory(longest);
        try (Stream<Path> entries = Files.list(dir)) {
            assertEquals(List.of(longest), entries.toList());
        }
        Path tooLong = dir.resolve("ä".repeat(128));
        assertFails(FileSystemException.class, tooLong, null, () -> Files.createDirectory(tooLong));
        assertFails(FileSystemException.class, tooLong, null, () -> Files.delete(tooLong));
        assertFalse(Files.exists(tooLong));
    }

    @Test
    void manyEntries() throws IOException {
        for (int i = 0; i < 1500; i++) {
            Files.createFile(dir.resolve("file-" + i));
        }
        try (Stream<Path> entries = Files.list(dir)) {
            assertEquals(1500, entries.distinct().count());
        }
        for (int i = 0; i < 1500; i += 2) {
            Files.delete(dir.resolve("file-" + i));
        }
        try (Stream<Path> entries = Files.list(dir)) {
            assertEquals(750, entries.filter(entry -> {
                String name = entry.getFileName().toString();
                return Integer.parseInt(name.substring(5)) % 2 == 1;
            }).count());
        }
    }

    // Deleting

    @Test
    void deletingWhatIsNotThere() throws IOException {
        Path none = dir.resolve("none");
        assertFails(NoSuchFileException.class, none, null, () -> Files.delete(none));
        assertFalse(Files.deleteIfExists(none));
        Path deep = none.resolve("deep");
        assertFails(NoSuchFileException.class, deep, null, () -> Files.delete(deep));
        assertFalse(Files.deleteIfExists(deep));
    }

    @Test
    void deletingADirectoryThatIsNotEmpty() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        write(sub.resolve("file"), "x");
        assertFails(DirectoryNotEmptyException.class, sub, null, () -> Files.delete(sub));
        assertFails(DirectoryNotEmptyException.class, sub, null, () -> Files.deleteIfExists(sub));
    }

    @Test
    void deletingBeneathAFile() {
        Path beneath = write(dir.resolve("file"), "x").resolve("sub");
        assertFails(FileSystemException.class, beneath, null, () -> Files.delete(beneath));
    }

    @Test
    void anOpenFileOutlivesItsName() throws IOException {
        Path file = dir.resolve("file");
        Files.write(file, bytes(10_000));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Files.delete(file);
            assertFalse(exists(file));
            write(file, "another");
            assertEquals(10_000, channel.size());
            java.nio.ByteBuffer buffer = java.nio.ByteBuffer.allocate(10_000);
            assertEquals(10_000, channel.read(buffer, 0));
            assertArrayEquals(bytes(10_000), buffer.array());
            channel.write(java.nio.ByteBuffer.wrap(bytes(5)), 20_000);
            assertEquals(20_005, channel.size());
        }
        assertEquals("another", Files.readString(file));
    }

    // Symbolic links

    @Test
    void symbolicLinks() throws IOException {
        Path file = write(dir.resolve("file"), "content");
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.getFileSystem().getPath("file"));
        assertEquals("file", Files.readSymbolicLink(link).toString());
        assertEquals("content", Files.readString(link));
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Files.isRegularFile(link));
        assertFalse(Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.isSameFile(link, file));
        assertFails(FileAlreadyExistsException.class, link, null, () -> Files.createSymbolicLink(link, file));
        Files.delete(link);
        assertTrue(Files.exists(file));
    }

    @Test
    void aLinkIsReadOnlyWhereItIsOne() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        assertFails(NotLinkException.class, file, null, () -> Files.readSymbolicLink(file));
        assertFails(NotLinkException.class, dir, null, () -> Files.readSymbolicLink(dir));
        Path none = dir.resolve("none");
        assertFails(NoSuchFileException.class, none, null, () -> Files.readSymbolicLink(none));
    }

    @Test
    void aDanglingLink() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("later"));
        assertFalse(Files.exists(link));
        assertTrue(exists(link));
        assertFails(NoSuchFileException.class, link, null, () -> Files.newByteChannel(link));
        assertFails(FileAlreadyExistsException.class, link, null, () -> Files.createFile(link));
        write(link, "through");
        assertEquals("through", Files.readString(dir.resolve("later")));
    }

    @Test
    void linksOnTheWay() throws IOException {
        Path real = Files.createDirectories(dir.resolve("a/b"));
        write(real.resolve("file"), "x");
        Files.createSymbolicLink(dir.resolve("to-a"), dir.getFileSystem().getPath("a/"));
        Files.createSymbolicLink(dir.resolve("to-b"), dir.getFileSystem().getPath("to-a/./b"));
        Files.createSymbolicLink(dir.resolve("absolute"), real);
        for (String way : List.of("to-a/b/file", "to-b/file", "absolute/file", "to-b/../b/file", "a/../to-b/file")) {
            assertEquals("x", Files.readString(dir.resolve(way)), way);
        }
        write(dir.resolve("to-b/new"), "y");
        assertEquals("y", Files.readString(real.resolve("new")));
        Files.move(dir.resolve("to-b/new"), dir.resolve("absolute/newer"));
        assertEquals("y", Files.readString(real.resolve("newer")));
        Files.delete(dir.resolve("to-a/b/newer"));
        assertFalse(exists(real.resolve("newer")));
    }

    @Test
    void dotDotBehindALinkIsTheTargetsParent() throws IOException {
        Files.createDirectories(dir.resolve("a/b"));
        write(dir.resolve("a/file"), "in a");
        write(dir.resolve("file"), "in dir");
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("a/b"));
        assertEquals("in a", Files.readString(link.resolve("../file")));
        assertEquals(dir.toRealPath().resolve("a/file"), link.resolve("../file").toRealPath());
        assertEquals(dir.resolve("link/../file").toString(),
                link.resolve("../file").toRealPath(LinkOption.NOFOLLOW_LINKS).toString());
    }

    @Test
    void realPaths() throws IOException {
        Path real = dir.toRealPath();
        Path file = write(dir.resolve("file"), "x");
        Files.createDirectory(dir.resolve("sub"));
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.getFileSystem().getPath("sub/../file"));
        assertEquals(real.resolve("file"), link.toRealPath());
        assertEquals(real.resolve("link"), dir.resolve("./sub/../link").toRealPath(LinkOption.NOFOLLOW_LINKS)
                .getParent().toRealPath().resolve("link"));
        assertEquals(real.resolve("file"), file.toRealPath());
        Path none = dir.resolve("none");
        assertFails(NoSuchFileException.class, none, null, () -> none.toRealPath());
        assertFails(NoSuchFileException.class, none, null, () -> none.toRealPath(LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void loopsEndInAnError() throws IOException {
        Path one = dir.resolve("one");
        Path two = Files.createSymbolicLink(dir.resolve("two"), one);
        Files.createSymbolicLink(one, two);
        assertFalse(Files.exists(one));
        assertFails(FileSystemException.class, one, null, () -> Files.newByteChannel(one));
        assertFails(FileSystemException.class, one, null, () -> Files.size(one));
        Path beneath = one.resolve("file");
        assertFails(FileSystemException.class, beneath, null, () -> Files.createFile(beneath));
    }

    @Test
    void fortyLinksAreFollowedAndNoMore() throws IOException {
        write(dir.resolve("0"), "end");
        for (int i = 1; i <= 41; i++) {
            Files.createSymbolicLink(dir.resolve("" + i), dir.getFileSystem().getPath("" + (i - 1)));
        }
        assertEquals("end", Files.readString(dir.resolve("40")));
        Path tooFar = dir.resolve("41");
        assertFails(FileSystemException.class, tooFar, null, () -> Files.readString(tooFar));
    }

    @Test
    void aWalkThatFollowsLinksSeesTheLoop() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        Files.createSymbolicLink(sub.resolve("up"), dir);
        try (Stream<Path> walk = Files.walk(dir, FileVisitOption.FOLLOW_LINKS)) {
            java.io.UncheckedIOException e = assertThrows(java.io.UncheckedIOException.class, walk::count);
            assertInstanceOf(FileSystemLoopException.class, e.getCause());
        }
    }

    // Hard links

    @Test
    void hardLinks() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Path link = Files.createLink(dir.resolve("link"), file);
        assertEquals(2, Files.getAttribute(file, "unix:nlink"));
        assertTrue(Files.isSameFile(file, link));
        assertEquals(Files.getAttribute(file, "fileKey"), Files.getAttribute(link, "fileKey"));
        Files.writeString(link, "y", StandardOpenOption.APPEND);
        assertEquals("xy", Files.readString(file));
        Files.delete(file);
        assertEquals("xy", Files.readString(link));
        assertEquals(1, Files.getAttribute(link, "unix:nlink"));
    }

    @Test
    void hardLinksThatCannotBe() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Path other = write(dir.resolve("other"), "x");
        Path none = dir.resolve("none");
        Path link = dir.resolve("link");
        assertFails(FileAlreadyExistsException.class, other, file, () -> Files.createLink(other, file));
        assertFails(NoSuchFileException.class, link, none, () -> Files.createLink(link, none));
        Path sub = Files.createDirectory(dir.resolve("sub"));
        assertFails(FileSystemException.class, link, sub, () -> Files.createLink(link, sub));
    }

    @Test
    void aHardLinkToASymbolicLinkIsTheLinkItself() throws IOException {
        Path symbolic = Files.createSymbolicLink(dir.resolve("symbolic"), dir.resolve("none"));
        Path hard = Files.createLink(dir.resolve("hard"), symbolic);
        assertTrue(Files.isSymbolicLink(hard));
        assertEquals(dir.resolve("none"), Files.readSymbolicLink(hard));
    }

    // Moving

    @Test
    void movesAFile() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Path sub = Files.createDirectory(dir.resolve("sub"));
        Object key = Files.getAttribute(file, "fileKey");
        assertEquals(sub.resolve("moved"), Files.move(file, sub.resolve("moved")));
        assertEquals(key, Files.getAttribute(sub.resolve("moved"), "fileKey"));
        assertFalse(exists(file));
    }

    @Test
    void movesReplaceOnlyWhenAsked() throws IOException {
        Path file = write(dir.resolve("file"), "new");
        Path target = write(dir.resolve("target"), "old");
        assertFails(FileAlreadyExistsException.class, target, null, () -> Files.move(file, target));
        Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
        assertEquals("new", Files.readString(target));
        Path next = write(dir.resolve("file"), "newer");
        Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
        assertEquals("newer", Files.readString(target));
        assertFalse(exists(next));
    }

    /// Between two names of one directory, however that is reached, as between those of two.
    @Test
    void movesWithinADirectory() throws IOException {
        Path file = write(dir.resolve("a"), "x");
        Files.move(file, dir.resolve("b"), StandardCopyOption.ATOMIC_MOVE);
        Path link = Files.createSymbolicLink(dir.resolve("link"), Files.createDirectory(dir.resolve("sub")));
        Files.move(dir.resolve("b"), link.resolve("c"), StandardCopyOption.ATOMIC_MOVE);
        Files.move(link.resolve("c"), link.resolve("d"), StandardCopyOption.ATOMIC_MOVE);
        assertEquals("x", Files.readString(dir.resolve("sub/d")));
        Files.move(dir.resolve("sub/../sub/d"), dir.resolve("sub/../sub/e"), StandardCopyOption.ATOMIC_MOVE);
        assertEquals("x", Files.readString(dir.resolve("sub/e")));
        assertFalse(exists(dir.resolve("sub/d")));
    }

    @Test
    void refusesToMoveWithinADirectoryWhatHasNoNameOfItsOwn() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        for (String dots : List.of(".", "..")) {
            Path other = dir.resolve(dots);
            assertFails(FileSystemException.class, file, other,
                    () -> Files.move(file, other, StandardCopyOption.ATOMIC_MOVE));
            assertFails(FileSystemException.class, other, file,
                    () -> Files.move(other, file, StandardCopyOption.ATOMIC_MOVE));
        }
        Path root = dir.getRoot();
        assertFails(FileSystemException.class, root, root,
                () -> Files.move(root, root, StandardCopyOption.ATOMIC_MOVE));
        Path tooLong = dir.resolve("n".repeat(256));
        assertFails(FileSystemException.class, file, tooLong,
                () -> Files.move(file, tooLong, StandardCopyOption.ATOMIC_MOVE));
        Path inFile = file.resolve("a");
        Path beside = file.resolve("b");
        assertFails(FileSystemException.class, inFile, beside,
                () -> Files.move(inFile, beside, StandardCopyOption.ATOMIC_MOVE));
        Path nowhere = dir.resolve("none/a");
        assertFails(NoSuchFileException.class, nowhere, dir.resolve("none/b"),
                () -> Files.move(nowhere, dir.resolve("none/b"), StandardCopyOption.ATOMIC_MOVE));
        assertEquals("x", Files.readString(file));
    }

    @Test
    void movesAcrossKinds() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Path empty = Files.createDirectory(dir.resolve("empty"));
        Path full = Files.createDirectory(dir.resolve("full"));
        write(full.resolve("inside"), "x");
        assertFails(DirectoryNotEmptyException.class, full, null,
                () -> Files.move(file, full, StandardCopyOption.REPLACE_EXISTING));
        assertFails(DirectoryNotEmptyException.class, full, null,
                () -> Files.move(empty, full, StandardCopyOption.REPLACE_EXISTING));
        assertFails(FileSystemException.class, file, empty,
                () -> Files.move(file, empty, StandardCopyOption.ATOMIC_MOVE));
        assertFails(FileSystemException.class, empty, file,
                () -> Files.move(empty, file, StandardCopyOption.ATOMIC_MOVE));
        assertFails(FileSystemException.class, empty, full,
                () -> Files.move(empty, full, StandardCopyOption.ATOMIC_MOVE));
        Files.move(file, empty, StandardCopyOption.REPLACE_EXISTING);
        assertEquals("x", Files.readString(empty));
        Files.move(full, empty, StandardCopyOption.REPLACE_EXISTING);
        assertEquals("x", Files.readString(empty.resolve("inside")));
    }

    @Test
    void aDirectoryCannotMoveIntoItself() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        Path into = sub.resolve("deep");
        assertFails(FileSystemException.class, sub, into, () -> Files.move(sub, into));
        assertFails(FileSystemException.class, sub, into,
                () -> Files.move(sub, into, StandardCopyOption.ATOMIC_MOVE));
        assertTrue(Files.isDirectory(sub));
    }

    @Test
    void movesADirectoryWithWhatIsInIt() throws IOException {
        Path from = Files.createDirectories(dir.resolve("from/a/b"));
        write(from.resolve("file"), "x");
        Path to = Files.createDirectory(dir.resolve("to"));
        Files.move(dir.resolve("from"), to.resolve("moved"));
        assertEquals("x", Files.readString(to.resolve("moved/a/b/file")));
        assertEquals(dir.toRealPath().resolve("to"), to.resolve("moved/..").toRealPath());
    }

    @Test
    void movingWhatIsNotThere() {
        Path none = dir.resolve("none");
        Path target = dir.resolve("target");
        assertFails(NoSuchFileException.class, none, null, () -> Files.move(none, target));
        assertFails(NoSuchFileException.class, none, target,
                () -> Files.move(none, target, StandardCopyOption.ATOMIC_MOVE));
        Path file = write(dir.resolve("file"), "x");
        Path nowhere = dir.resolve("none/target");
        assertFails(NoSuchFileException.class, file, nowhere, () -> Files.move(file, nowhere));
    }

    @Test
    void movingAFileOntoItselfOrAnotherOfItsNamesDoesNothing() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Path link = Files.createLink(dir.resolve("link"), file);
        Files.move(file, file);
        Files.move(file, link, StandardCopyOption.REPLACE_EXISTING);
        assertTrue(exists(file));
        assertTrue(exists(link));
    }

    @Test
    void movesALinkAndNotItsTarget() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("none"));
        Files.move(link, dir.resolve("moved"));
        assertEquals(dir.resolve("none"), Files.readSymbolicLink(dir.resolve("moved")));
    }

    // Copying

    @Test
    void copiesAFile() throws IOException {
        Path file = dir.resolve("file");
        Files.write(file, bytes(300_000));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path copy = Files.copy(file, dir.resolve("copy"));
        assertArrayEquals(bytes(300_000), Files.readAllBytes(copy));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)));
        assertEquals(-1, Files.mismatch(file, copy));
        assertFails(FileAlreadyExistsException.class, copy, null, () -> Files.copy(file, copy));
        write(file, "new");
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        assertEquals("new", Files.readString(copy));
        assertFalse(Files.isSameFile(file, copy));
    }

    @Test
    void copiesAttributesWhenAsked() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        FileTime then = FileTime.from(1_234_567_890_123_456_789L, java.util.concurrent.TimeUnit.NANOSECONDS);
        Files.setLastModifiedTime(file, then);
        Files.setAttribute(file, "unix:uid", 1234);
        Files.setAttribute(file, "unix:mode", 0741);
        Files.setAttribute(file, "user:mine", new byte[] {1, 2, 3});
        Path plain = Files.copy(file, dir.resolve("plain"));
        assertFalse(then.equals(Files.getLastModifiedTime(plain)));
        Path copy = Files.copy(file, dir.resolve("copy"), StandardCopyOption.COPY_ATTRIBUTES);
        assertEquals(then, Files.getLastModifiedTime(copy));
        assertEquals(1234, Files.getAttribute(copy, "unix:uid"));
        assertEquals(0100741, Files.getAttribute(copy, "unix:mode"));
        assertArrayEquals(new byte[] {1, 2, 3}, (byte[]) Files.getAttribute(copy, "user:mine"));
    }

    @Test
    void copiesADirectoryWithoutWhatIsInIt() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        write(sub.resolve("file"), "x");
        Path copy = Files.copy(sub, dir.resolve("copy"));
        try (Stream<Path> entries = Files.list(copy)) {
            assertEquals(0, entries.count());
        }
        assertFails(DirectoryNotEmptyException.class, sub, null,
                () -> Files.copy(copy, sub, StandardCopyOption.REPLACE_EXISTING));
    }

    @Test
    void copiesALinkOrWhatItLeadsTo() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Path link = Files.createSymbolicLink(dir.resolve("link"), file);
        assertFalse(Files.isSymbolicLink(Files.copy(link, dir.resolve("followed"))));
        Path copy = Files.copy(link, dir.resolve("copied"), LinkOption.NOFOLLOW_LINKS);
        assertEquals(file, Files.readSymbolicLink(copy));
    }

    @Test
    void copyingWhatIsNotThere() {
        Path none = dir.resolve("none");
        Path target = dir.resolve("target");
        assertFails(NoSuchFileException.class, none, null, () -> Files.copy(none, target));
        Path file = write(dir.resolve("file"), "x");
        Path nowhere = dir.resolve("none/target");
        assertFails(NoSuchFileException.class, nowhere, null, () -> Files.copy(file, nowhere));
    }

    @Test
    void copyingAFileOntoItselfDoesNothing() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Files.copy(file, file);
        Files.copy(file, Files.createLink(dir.resolve("link"), file));
        assertEquals("x", Files.readString(file));
    }

    @Test
    void copyingKeepsHoles() throws IOException {
        Path file = dir.resolve("sparse");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(bytes(100)), 80L << 20);
        }
        Path copy = Files.copy(file, dir.resolve("copy"));
        assertEquals((80L << 20) + 100, Files.size(copy));
        try (FileChannel channel = FileChannel.open(copy)) {
            java.nio.ByteBuffer buffer = java.nio.ByteBuffer.allocate(300);
            channel.read(buffer, (80L << 20) - 100);
            byte[] expected = new byte[300];
            System.arraycopy(bytes(100), 0, expected, 100, 100);
            assertArrayEquals(Arrays.copyOf(expected, 200), Arrays.copyOf(buffer.array(), 200));
        }
    }

    @Test
    void optionsThatMakeNoSense() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Path target = dir.resolve("target");
        assertThrows(UnsupportedOperationException.class,
                () -> Files.copy(file, target, StandardCopyOption.ATOMIC_MOVE));
        assertThrows(UnsupportedOperationException.class,
                () -> Files.move(file, target, StandardCopyOption.COPY_ATTRIBUTES));
    }

    // Questions

    @Test
    void existsAndNotExists() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        assertTrue(Files.exists(file));
        assertFalse(Files.notExists(file));
        Path none = dir.resolve("none");
        assertFalse(Files.exists(none));
        assertTrue(Files.notExists(none));
        assertFalse(Files.exists(file.resolve("beneath")));
        assertTrue(Files.notExists(file.resolve("beneath")));
        assertTrue(Files.isReadable(file));
        assertTrue(Files.isWritable(file));
        assertFalse(Files.isExecutable(file));
        assertTrue(Files.isExecutable(dir));
        assertFalse(Files.isReadable(none));
        Files.setAttribute(file, "unix:mode", 0010);
        assertTrue(Files.isExecutable(file));
    }

    @Test
    void sameFiles() throws IOException {
        Path file = write(dir.resolve("file"), "x");
        Path none = dir.resolve("none");
        assertTrue(Files.isSameFile(none, none));
        assertFails(NoSuchFileException.class, none, null, () -> Files.isSameFile(file, none));
        assertTrue(Files.isSameFile(file, dir.resolve("./file")));
        assertFalse(Files.isSameFile(file, dir));
    }

    @Test
    void hiddenFilesBeginWithADot() throws IOException {
        assertTrue(Files.isHidden(dir.resolve(".hidden")));
        assertFalse(Files.isHidden(dir.resolve("plain")));
        assertFalse(Files.isHidden(dir.getRoot()));
    }

    @Test
    void mismatches() throws IOException {
        Path one = write(dir.resolve("one"), "abc");
        Path two = write(dir.resolve("two"), "abd");
        assertEquals(2, Files.mismatch(one, two));
        assertEquals(-1, Files.mismatch(one, one));
        assertEquals(3, Files.mismatch(one, write(two, "abcd")));
    }

    @Test
    void probesTheContentByTheName() throws IOException {
        assertEquals("text/html", Files.probeContentType(write(dir.resolve("page.html"), "")));
        assertNull(Files.probeContentType(write(dir.resolve("unknown.zzz"), "")));
    }

    @Test
    void temporaryFiles() throws IOException {
        // The JDK gives them 0600 by itself only on its own provider's file systems.
        var secret = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path file = Files.createTempFile(dir, "pre", ".suf", secret);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(dir, file.getParent());
        assertTrue(Files.isDirectory(Files.createTempDirectory(dir, "pre")));
    }

    @Test
    void newEntriesLoseWhatTheMaskForbids() throws IOException {
        var all = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx"));
        int mask = Creator.CURRENT.umask();
        assertEquals(0777 & ~mask, mode(Files.createFile(dir.resolve("file"), all)));
        assertEquals(0777 & ~mask, mode(Files.createDirectory(dir.resolve("directory"), all)));
        assertEquals(0666 & ~mask, mode(Files.createFile(dir.resolve("plain"))));
        assertEquals(Creator.CURRENT.uid(), Files.getAttribute(dir.resolve("plain"), "unix:uid"));
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode") & 07777;
    }

    @Test
    void aSetGroupDirectoryHandsItsGroupDown() throws IOException {
        Path sub = Files.createDirectory(dir.resolve("sub"));
        Files.setAttribute(sub, "unix:gid", 4321);
        Files.setAttribute(sub, "unix:mode", 02755);
        Path deep = Files.createDirectory(sub.resolve("deep"));
        assertEquals(4321, Files.getAttribute(write(sub.resolve("file"), "x"), "unix:gid"));
        assertEquals(4321, Files.getAttribute(deep, "unix:gid"));
        assertEquals(02000, (int) Files.getAttribute(deep, "unix:mode") & 07000);
    }
}
