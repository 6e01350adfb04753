package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.Stele;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeCopyTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console = new Console(System.out, new PrintStream(err, true), false, false);

    @TempDir
    Path directory;

    private TreeCopy.Counts copy(Path from, Path to) {
        TreeCopy copy = new TreeCopy(console, Progress.ofBytes(console, "", -1), true);
        return copy.tree(from, to);
    }

    /// A tree with everything in it that a copy must not lose.
    static Path sampleTree(Path at) throws IOException {
        Files.createDirectories(at.resolve("sub/deep/deeper"));
        Files.createDirectories(at.resolve("empty"));
        Random random = new Random(7);
        byte[] bytes = new byte[3 << 20 | 123];
        random.nextBytes(bytes);
        Files.write(at.resolve("large"), bytes);
        Files.writeString(at.resolve("sub/small"), "small\n");
        Files.createFile(at.resolve("sub/none"));
        Files.writeString(at.resolve("sub/deep/deeper/grün 😀"), "umlaut");
        Files.createLink(at.resolve("sub/second name"), at.resolve("large"));
        Files.createSymbolicLink(at.resolve("to-small"), Path.of("sub/small"));
        Files.createSymbolicLink(at.resolve("dangling"), Path.of("../nowhere"));
        try (FileChannel sparse = FileChannel.open(at.resolve("sparse"), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            sparse.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 5 << 20);
            sparse.write(ByteBuffer.wrap(new byte[1]), (9 << 20) + 17);
        }
        Files.setAttribute(at.resolve("sub/small"), "unix:mode", 0640);
        Files.setAttribute(at.resolve("sub/deep"), "unix:mode", 0551);
        for (String name : new String[] {"sub/small", "sub/none", "large", "sub/deep", "empty"}) {
            Files.setLastModifiedTime(at.resolve(name), FileTime.from(Instant.ofEpochSecond(1_000_000_007, 123456789)));
        }
        return at;
    }

    /// Fails where the trees differ in names, kinds, contents, modes, times, links or targets.
    static void assertSameTree(Path expected, Path found) throws IOException {
        assertEquals(names(expected), names(found));
        for (String name : names(expected)) {
            Path a = expected.resolve(name);
            Path b = found.resolve(name);
            FileFacts left = FileFacts.of(a, false);
            FileFacts right = FileFacts.of(b, false);
            assertEquals(left.modeLetters(), right.modeLetters(), name);
            assertEquals(left.uid(), right.uid(), name);
            switch (left.type()) {
                case SYMLINK -> assertEquals(Files.readSymbolicLink(a).toString(),
                        Files.readSymbolicLink(b).toString());
                case REGULAR -> {
                    assertEquals(left.linkCount(), right.linkCount(), name);
                    assertEquals(left.modified(), right.modified(), name);
                    assertArrayEquals(Files.readAllBytes(a), Files.readAllBytes(b), name);
                }
                default -> assertEquals(left.modified(), right.modified(), name);
            }
        }
    }

    private static java.util.TreeSet<String> names(Path root) throws IOException {
        java.util.TreeSet<String> names = new java.util.TreeSet<>();
        try (var walk = Files.walk(root)) {
            walk.forEach(path -> names.add(root.relativize(path).toString()));
        }
        return names;
    }

    @Test
    void aCopyHasEverything() throws IOException {
        Path from = sampleTree(directory.resolve("from"));
        Path to = directory.resolve("to");
        TreeCopy.Counts counts = copy(from, to);
        assertSameTree(from, to);
        assertTrue(Files.isSameFile(to.resolve("large"), to.resolve("sub/second name")));
        assertEquals(5, counts.files);
        assertEquals(5, counts.directories);
        assertEquals(2, counts.symlinks);
        assertEquals(1, counts.hardLinks);
        assertEquals("", err.toString());
    }

    @Test
    void aSecondCopyOverTheFirstChangesNothing() throws IOException {
        Path from = sampleTree(directory.resolve("from"));
        Path to = directory.resolve("to");
        copy(from, to);
        copy(from, to);
        assertSameTree(from, to);
    }

    @Test
    void holesStayHoles() throws IOException {
        Path from = sampleTree(directory.resolve("from"));
        Path to = directory.resolve("to");
        copy(from, to);
        Process du = new ProcessBuilder("stat", "-c", "%b", to.resolve("sparse").toString()).start();
        long blocks512 = Long.parseLong(new String(du.getInputStream().readAllBytes()).strip());
        assertTrue(blocks512 <= 64, "a file of 9 MiB with two pages of bytes owns " + blocks512 * 512 + " bytes");
    }

    /// The text of a path of the host has U+FFFD for each: of two such files one was copied over the other.
    @Test
    void namesThatAreNoUtf8StayDifferentFiles() throws IOException {
        Path from = Files.createDirectory(directory.resolve("from"));
        String[] names = {"a%ff", "a%fe", "%e2%82", "gr%c3%bcn%c3", "%ef%bf%bd"};
        for (String name : names) {
            Path made = Files.writeString(hostPath(from, name), name);
            Files.createSymbolicLink(hostPath(from, name + "-link"), Path.of("../from").resolve(made.getFileName()));
        }
        Files.writeString(Files.createDirectory(hostPath(from, "d%ff")).resolve("in"), "in it");
        Path back = directory.resolve("back");
        try (Stele stele = Stele.create(directory.resolve("pool"), 1 << 20)) {
            copy(from, stele.path("/copy"));
            assertEquals("a%ff", Files.readString(stele.path("/copy/a\udcff")));
            copy(stele.path("/copy"), back);
        }
        for (String name : names) {
            assertEquals(name, Files.readString(hostPath(back, name)));
            assertEquals(Files.readSymbolicLink(hostPath(from, name + "-link")),
                    Files.readSymbolicLink(hostPath(back, name + "-link")));
        }
        assertEquals("in it", Files.readString(hostPath(back, "d%ff").resolve("in")));
    }

    private static Path hostPath(Path in, String name) {
        return Path.of(URI.create(in.toUri() + (in.toUri().toString().endsWith("/") ? "" : "/") + name));
    }

    @Test
    void timesBefore1970AreKeptToTheSecondOnTheHost() throws IOException {
        Path to = directory.resolve("to");
        Instant time = Instant.parse("1969-12-31T23:00:01.25Z");
        try (Stele stele = Stele.create(directory.resolve("pool"), 1 << 20)) {
            Path old = Files.createFile(stele.path("/old"));
            Files.setLastModifiedTime(old, FileTime.from(time));
            copy(stele.path("/"), to);
            assertEquals(time.truncatedTo(ChronoUnit.SECONDS),
                    Files.getLastModifiedTime(to.resolve("old")).toInstant());
        }
    }

    @Test
    void aFifoIsSkippedAndNamed() throws Exception {
        Path from = Files.createDirectory(directory.resolve("from"));
        assertEquals(0, new ProcessBuilder("mkfifo", from.resolve("pipe").toString()).start().waitFor());
        TreeCopy.Counts counts = copy(from, directory.resolve("to"));
        assertEquals(1, counts.skipped);
        assertTrue(err.toString().contains("pipe: skipped, a fifo"), err.toString());
    }

    @Test
    void aTreeIsNotCopiedIntoItself() throws IOException {
        Path from = sampleTree(directory.resolve("from"));
        CommandFailure failure = assertThrows(CommandFailure.class, () -> copy(from, from.resolve("empty/more/yet")));
        assertTrue(failure.getMessage().contains("into itself"), failure.getMessage());
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path from = Files.createDirectory(directory.resolve("from"));
        CommandFailure failure = assertThrows(CommandFailure.class,
                () -> new TreeCopy(console, Progress.ofBytes(console, "", -1), false)
                        .file(from.resolve("gone"), directory.resolve("to"), true));
        assertEquals(from.resolve("gone") + ": no such file or directory", failure.getMessage());
        assertTrue(Files.notExists(directory.resolve("to"), LinkOption.NOFOLLOW_LINKS));
    }
}
