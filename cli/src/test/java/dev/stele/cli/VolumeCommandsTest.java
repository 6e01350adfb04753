package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every command on a real volume in an image file, each command its own opening of it; at the end of each, `check`.
class VolumeCommandsTest {
    @TempDir
    Path directory;

    private Path image;
    private String root;

    @BeforeEach
    void make() {
        image = directory.resolve("pool.stele");
        root = image + ":/";
        Captured.ok("mkfs", image, "64M", "--label", "test");
    }

    @AfterEach
    void everythingIsWhole() {
        Captured.ok("check", image);
    }

    private Path hostFile(String name, int byteCount) throws IOException {
        byte[] bytes = new byte[byteCount];
        new Random(byteCount).nextBytes(bytes);
        return Files.write(directory.resolve(name), bytes);
    }

    @Test
    void aFileGoesInAndComesOutTheSame() throws IOException {
        Path file = hostFile("file", 3_000_001);
        Captured.ok("cp", file, root);
        assertEquals(List.of("file"), Captured.ok("ls", root).lines());
        assertArrayEquals(Files.readAllBytes(file), Captured.ok("cat", root + "file").bytes());
        Captured.ok("cp", root + "file", directory.resolve("back"));
        assertEquals(-1, Files.mismatch(file, directory.resolve("back")));
    }

    @Test
    void copiesWithinAndBetweenVolumes() throws IOException {
        Path file = hostFile("file", 100_000);
        Path other = directory.resolve("other.stele");
        Captured.ok("mkfs", other, "16M");
        Captured.ok("cp", file, root + "a");
        Captured.ok("mkdir", root + "d");
        Captured.ok("cp", root + "a", root + "d/b");
        Captured.ok("cp", "-r", root + "d", other + ":/");
        assertArrayEquals(Files.readAllBytes(file), Captured.ok("cat", other + ":/d/b").bytes());
        Captured.fails(1, "are the same file", "cp", root + "a", root + "a");
        Captured.fails(1, "into itself", "cp", "-r", root + "d", root + "d/e");
        Captured.fails(1, "-r copies it", "cp", root + "d", root + "f");
    }

    @Test
    void severalFilesGoIntoADirectoryOnly() throws IOException {
        Path a = hostFile("a", 10);
        Path b = hostFile("b", 20);
        Captured.fails(1, "no such directory", "cp", a, b, root + "missing");
        Captured.ok("mkdir", root + "d");
        Captured.ok("cp", a, b, root + "d");
        assertEquals(List.of("a", "b"), Captured.ok("ls", root + "d").lines());
        Captured.ok("cp", "-n", b, root + "d/a");
        assertEquals(10, Captured.ok("cat", root + "d/a").bytes().length);
    }

    @Test
    void importAndExportKeepEverything() throws IOException {
        Path tree = TreeCopyTest.sampleTree(directory.resolve("tree"));
        String said = Captured.ok("import", tree, root + "some/where").out();
        assertTrue(said.startsWith("5 files ("), said);
        Captured.ok("export", root + "some/where", directory.resolve("back"));
        TreeCopyTest.assertSameTree(tree, directory.resolve("back"));
    }

    @Test
    void importDefaultsToTheRootAndKeepsHoles() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        try (FileChannel sparse = FileChannel.open(tree.resolve("sparse"), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            sparse.write(ByteBuffer.wrap(new byte[] {1}), 1L << 30); // sixteen times the volume
        }
        Captured.ok("import", tree, image);
        assertTrue(Captured.ok("ls", "-l", root).out().contains(" " + ((1L << 30) + 1) + " "));
        String stat = Captured.ok("stat", "--extents", root + "sparse").out();
        assertTrue(stat.contains(" 1073741825 bytes, 1 block\n"), stat);
        assertTrue(stat.lines().toList().getLast().strip().startsWith("1073741824  "), stat);
        Captured.ok("export", image, directory.resolve("back"));
        assertEquals(-1, Files.mismatch(tree.resolve("sparse"), directory.resolve("back/sparse")));
    }

    /// Nobody waits for a petabyte of zeros: a volume tells where its holes are.
    @Test
    void aHugeHoleIsNotRead() throws IOException {
        try (var files = java.nio.file.FileSystems.newFileSystem(image);
                FileChannel channel = FileChannel.open(files.getPath("/huge"), StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {7}), 1L << 41);
            channel.write(ByteBuffer.wrap(new byte[] {8}), 1L << 20 | 5);
        }
        Captured.ok("cp", root + "huge", root + "copy");
        Captured.ok("cp", root + "huge", directory.resolve("huge"));
        assertEquals((1L << 41) + 1, Files.size(directory.resolve("huge")));
        String json = Captured.ok("ls", "--json", root).out();
        assertEquals(2, json.split("\"size\": " + ((1L << 41) + 1)).length - 1, json);
        try (FileChannel channel = FileChannel.open(directory.resolve("huge"))) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, 1L << 20 | 5);
            assertEquals(8, one.get(0));
        }
    }

    @Test
    void userAttributesTravel() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Path file = Files.writeString(tree.resolve("file"), "x");
        var view = Files.getFileAttributeView(file, java.nio.file.attribute.UserDefinedFileAttributeView.class);
        try {
            view.write("colour", ByteBuffer.wrap("red".getBytes()));
        } catch (IOException e) {
            org.junit.jupiter.api.Assumptions.abort("the host's file system has no user attributes");
        }
        Captured.ok("import", tree, root);
        assertTrue(Captured.ok("stat", root + "file").out().contains("colour"));
        Captured.ok("export", root, directory.resolve("back"));
        ByteBuffer value = ByteBuffer.allocate(3);
        Files.getFileAttributeView(directory.resolve("back/file"),
                java.nio.file.attribute.UserDefinedFileAttributeView.class).read("colour", value);
        assertEquals("red", new String(value.array()));
    }

    @Test
    void cpKeepsModeAndTimesOnRequest() throws IOException {
        Path file = hostFile("file", 10);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1_234_567_890_123L));
        Captured.ok("cp", "-p", file, root + "kept");
        Captured.ok("cp", file, root + "new");
        String kept = Captured.ok("stat", "--json", root + "kept").out();
        assertTrue(kept.contains("\"mode\": \"0751\""), kept);
        assertTrue(kept.contains("\"modified\": \"2009-02-13T23:31:30.123Z\""), kept);
        assertFalse(Captured.ok("stat", "--json", root + "new").out().contains("2009-"));
    }

    @Test
    void namesLinksAndRemoval() throws IOException {
        Captured.ok("cp", hostFile("file", 5000), root + "one");
        Captured.ok("ln", root + "one", root + "two");
        Captured.ok("ln", "-s", "one", root + "soft");
        Captured.ok("mkdir", "-p", root + "d/e/f");
        Captured.ok("mkdir", "-p", root + "d/e/f");
        Captured.ok("mv", root + "two", root + "d");
        assertTrue(Captured.ok("stat", root + "d/two").out().contains("links     2"));
        assertTrue(Captured.ok("ls", "-l", root).out().contains("soft -> one"));
        assertEquals(5000, Captured.ok("cat", root + "soft").bytes().length);
        Captured.fails(1, "exists already", "ln", root + "one", root + "soft");
        Captured.ok("ln", "-f", root + "one", root + "soft");
        Captured.fails(1, "-r removes it", "rm", root + "d");
        Captured.fails(1, "not empty", "rm", "-d", root + "d");
        Captured.ok("rm", root + "soft");
        Captured.ok("rm", "-r", root + "d");
        Captured.fails(1, "no such file", "rm", root + "d");
        Captured.ok("rm", "-f", root + "d");
        Captured.fails(1, "root of a volume stays", "rm", "-r", root);
        assertEquals(List.of("one"), Captured.ok("ls", root).lines());
    }

    @Test
    void mvReplacesAndRefuses() throws IOException {
        Captured.ok("cp", hostFile("a", 1), root + "a");
        Captured.ok("cp", hostFile("b", 2), root + "b");
        Captured.fails(1, "exists already", "mv", "-n", root + "a", root + "b");
        Captured.ok("mv", root + "a", root + "b");
        assertEquals(1, Captured.ok("cat", root + "b").bytes().length);
        Captured.fails(1, "no such file", "mv", root + "a", root + "c");
        Path other = directory.resolve("other.stele");
        Captured.ok("mkfs", other, "1M");
        Captured.fails(1, "another volume", "mv", root + "b", other + ":/b");
        Captured.fails(1, "another volume", "ln", root + "b", other + ":/b");
    }

    @Test
    void treeShowsTheShape() throws IOException {
        Captured.ok("mkdir", "-p", root + "a/b");
        Captured.ok("cp", hostFile("x", 1), root + "a/x");
        Captured.ok("cp", hostFile("y", 1), root + "y");
        assertEquals(List.of(root, "├── a", "│   ├── b", "│   └── x", "└── y", "", "2 directories, 2 files"),
                Captured.ok("tree", root).lines());
        assertEquals(List.of(root, "├── a", "└── y", "", "1 directory, 1 file"),
                Captured.ok("tree", "-L", "1", root).lines());
    }

    @Test
    void modesAndTimesAreShown() {
        Captured.ok("mkdir", "-m", "1750", root + "d");
        assertTrue(Captured.ok("ls", "-l", root).out().startsWith("drwxr-x--T  2  "));
        assertTrue(Captured.ok("ls", "-d", "-l", root + "d").out().contains("/d"));
        assertTrue(Captured.ok("stat", root + "d").out().contains("1750 (drwxr-x--T)"));
        Captured.fails(1, "octal", "mkdir", "-m", "rwx", root + "e");
    }

    @Test
    void failuresNameTheFileAndTheVolume() {
        Captured.fails(1, root + "nothing: no such file", "ls", root + "nothing");
        Captured.fails(1, root + "nothing: no such file", "cat", root + "nothing");
        Captured.fails(1, root + "nothing: no such file", "stat", root + "nothing");
        Captured.fails(1, "list it with", "cat", root);
        Captured.fails(1, "no such directory", "tree", root + "nothing");
        Captured.fails(1, "no such file", "mkdir", root + "a/b");
        Captured.fails(1, "exists already", "mkdir", root);
        Captured.fails(1, "no such file", "cp", directory.resolve("nothing"), root);
        Captured.fails(1, "no such directory", "import", directory.resolve("nothing"), root);
    }

    @Test
    void aNameTooLongIsRefused() throws IOException {
        Captured.fails(1, "255", "cp", hostFile("a", 1), root + "x".repeat(256));
        Captured.ok("cp", directory.resolve("a"), root + "x".repeat(255));
    }

    @Test
    void aFullVolumeIsAClearErrorAndStaysWhole() throws IOException {
        Path small = directory.resolve("small.stele");
        Captured.ok("mkfs", small, "2M");
        Captured.ok("cp", hostFile("fits", 100_000), small + ":/fits");
        Path large = hostFile("large", 4_000_000);
        Captured result = Captured.fails(1, "no space", "cp", large, small + ":/large");
        assertTrue(result.err().contains("large"), result.err());
        assertArrayEquals(Files.readAllBytes(directory.resolve("fits")),
                Captured.ok("cat", small + ":/fits").bytes());
        Captured.ok("rm", small + ":/large");
        Captured.ok("check", small);
        Captured.ok("grow", small, "8M");
        Captured.ok("cp", large, small + ":/large");
        Captured.ok("check", small);
    }

    @Test
    void dfAndInfoTellTheTruth() {
        assertEquals(2, Captured.ok("df", image).lines().size());
        String json = Captured.ok("df", "--json", image).out();
        assertTrue(json.contains("\"size\": " + (64 << 20)), json);
        String info = Captured.ok("info", image).out();
        for (String word : List.of("test", "64 MiB", "granularity", "tracking", image.toString())) {
            assertTrue(info.contains(word), info);
        }
        assertTrue(Captured.ok("info", "--json", image).out().contains("\"label\": \"test\""));
    }

    @Test
    void growSaysWhatItDid() {
        Captured.fails(1, "name a larger size", "grow", image, "32M");
        assertEquals(image + ": 128 MiB\n", Captured.ok("grow", image, "+64M").out());
        assertEquals(image + ": 160 MiB\n", Captured.ok("grow", image, "160M").out());
    }

    @Test
    void mkfsRefusesToDestroy() throws IOException {
        Captured.fails(1, "--force destroys it", "mkfs", image, "8M");
        Captured.fails(1, "--force overwrites it", "mkfs", hostFile("precious", 5000), "8M");
        Captured.ok("mkfs", "--force", image, "8M");
        Captured.fails(1, "how large?", "mkfs", directory.resolve("new.stele"));
        Captured.fails(1, "512 KiB is too small for a volume; the smallest has 1 MiB", "mkfs",
                directory.resolve("new.stele"), "512K");
        Captured.fails(1, "mkfs: 1 KiB is too small", "mkfs", directory.resolve("new.stele"), "1K");
        Captured.fails(1, "no such directory", "mkfs", directory.resolve("none/new.stele"), "8M");
        Captured.fails(1, "is a directory", "mkfs", directory, "8M");
        Captured.fails(2, "64M", "mkfs", directory.resolve("new.stele"), "large");
        Captured.fails(1, "64 is the most", "mkfs", directory.resolve("new.stele"), "8M", "-L", "x".repeat(65));
        assertTrue(Files.notExists(directory.resolve("new.stele")));
    }

    @Test
    void aCopyOntoTheImageItselfIsRefused() throws IOException {
        Captured.ok("cp", hostFile("a", 1), root + "a");
        Captured.fails(1, "write " + image + ":/ for a place inside", "cp", root + "a", image);
        assertEquals(List.of("a"), Captured.ok("ls", root).lines());
    }

    @Test
    void jsonIsJson() throws IOException {
        Captured.ok("cp", hostFile("a", 1), root + "a \"quoted\"");
        String json = Captured.ok("ls", "--json", root).out();
        assertTrue(json.contains("\"path\": \"/a \\\"quoted\\\"\""), json);
        assertTrue(json.startsWith("[\n  {") && json.endsWith("}\n]\n"), json);
    }

    @Test
    void bytesOfNothingButZerosAreTheSameAfterwards() throws IOException {
        byte[] zeros = new byte[1_000_000];
        Path file = Files.write(directory.resolve("zeros"), zeros);
        Captured.ok("cp", file, root);
        assertArrayEquals(zeros, Captured.ok("cat", root + "zeros").bytes());
        assertNotEquals(0, Files.size(image));
        Captured.ok("cp", root + "zeros", directory.resolve("back"));
        assertTrue(Arrays.equals(zeros, Files.readAllBytes(directory.resolve("back"))));
    }
}
