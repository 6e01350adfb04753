package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.stele.format.Superblock;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images that are not what they should be: one line that says so, no stack, and nothing lost.
class BadInputTest {
    @TempDir
    Path directory;

    private Path image;
    private String root;
    private byte[] content;

    @BeforeEach
    void make() throws IOException {
        image = directory.resolve("pool.stele");
        root = image + ":/";
        Captured.ok("mkfs", image, "16M");
        content = new byte[300_000];
        new Random(1).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        Captured.ok("cp", file, root + "file");
    }

    private void patch(long at, byte... bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.seek(at);
            file.write(bytes);
        }
    }

    private void fileIsWhole() {
        assertArrayEquals(content, Captured.ok("cat", root + "file").bytes());
    }

    @Test
    void notAVolume() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "no volume\n".repeat(500_000));
        byte[] before = Files.readAllBytes(text);
        for (String command : new String[] {"info", "df"}) {
            Captured.fails(1, "not a Stele volume", command, text);
        }
        Captured.fails(1, "not a Stele volume", "ls", text + ":/");
        Captured.fails(1, "not a Stele volume", "cp", directory.resolve("file"), text + ":/");
        Captured.fails(1, "not a Stele volume", "grow", text, "64M");
        Captured.fails(8, "superblock", "check", text);
        Captured.fails(8, "superblock", "check", "--repair", text);
        assertArrayEquals(before, Files.readAllBytes(text));
    }

    @Test
    void anEmptyFile() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));
        Captured.fails(1, "too small", "ls", empty + ":/");
        Captured.fails(8, "too small", "check", empty);
    }

    @Test
    void aTruncatedImageSaysSoAndIsWholeAgainWhenItsBytesAre() throws IOException {
        byte[] whole = Files.readAllBytes(image);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(8 << 20);
        }
        Captured.fails(1, "truncated", "ls", root);
        Captured.fails(1, "truncated", "cp", directory.resolve("file"), root);
        assertEquals(4, Captured.run("check", image).code());
        Files.write(image, whole);
        fileIsWhole();
        Captured.ok("check", image);
    }

    @Test
    void aVersionOfTheFutureIsRefused() throws IOException {
        changeSuperblocks(8, 2); // the version
        Captured.fails(1, "version", "ls", root);
        assertTrue(Captured.run("check", image).code() >= 4);
    }

    @Test
    void anUnknownIncompatibleFeatureIsRefused() throws IOException {
        long at = Superblock.LAYOUT.byteOffset(java.lang.foreign.MemoryLayout.PathElement.groupElement(
                "incompatible"));
        changeSuperblocks(at, 1 << 30);
        Captured.fails(1, "feature", "ls", root);
    }

    private void changeSuperblocks(long at, int value) throws IOException {
        for (long block = 0; block < 2; block++) {
            byte[] bytes = new byte[(int) Superblock.BYTES];
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw"); Arena arena = Arena.ofConfined()) {
                file.seek(block * 4096);
                file.readFully(bytes);
                MemorySegment superblock = arena.allocate(bytes.length, 8);
                MemorySegment.copy(bytes, 0, superblock, ValueLayout.JAVA_BYTE, 0, bytes.length);
                superblock.set(ValueLayout.JAVA_INT, at, value);
                Superblock.seal(superblock, 0);
                patch(block * 4096, superblock.toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    @Test
    void aDamagedSuperblockIsReadFromItsCopyOrMended() throws IOException {
        patch(0, new byte[512]);
        assertEquals(4, Captured.run("check", image).code());
        assertEquals(1, Captured.run("check", "--repair", image).code());
        Captured.ok("check", image);
        fileIsWhole();
    }

    @Test
    void damageIsFoundNamedAndMended() throws IOException {
        patch(4 * 4096, new byte[4096]); // the block bitmap of group 0: everything in use is marked free
        Captured found = Captured.run("check", image);
        assertEquals(4, found.code(), found.out());
        assertTrue(found.out().contains("marked free"), found.out());
        assertTrue(Captured.run("check", "--json", image).out().contains("\"clean\""));
        assertEquals(1, Captured.run("check", "--repair", image).code());
        Captured.ok("check", image);
        fileIsWhole();
    }

    @Test
    void aFileThatMayOnlyBeReadCanBeReadOnly() throws IOException {
        assertTrue(image.toFile().setWritable(false));
        try {
            fileIsWhole();
            assumeFalse(Files.isWritable(image), "the superuser writes everything");
            Captured.fails(1, "permission denied", "cp", directory.resolve("file"), root + "second");
        } finally {
            assertTrue(image.toFile().setWritable(true));
        }
    }

    @Test
    void aSecondOpenerIsToldWhoHasIt() {
        try (Medium owner = Media.open(image, MediumOptions.DEFAULT)) {
            assertTrue(owner.sizeBytes() > 0);
            String pid = Long.toString(ProcessHandle.current().pid());
            Captured.fails(1, pid, "ls", root);
            Captured.fails(1, pid, "cp", directory.resolve("file"), root + "second");
            Captured.fails(1, pid, "info", image);
            Captured.fails(1, pid, "mkfs", "--force", image, "16M");
            Captured.fails(1, pid, "mkfs", "--force", image, "32M");
            Captured.fails(8, pid, "check", image);
        }
        fileIsWhole();
    }

    @Test
    void readersShareAVolume() {
        try (Medium reader = Media.open(image, MediumOptions.DEFAULT.withReadOnly(true))) {
            assertTrue(reader.isReadOnly());
            fileIsWhole();
            Captured.fails(1, "already open", "rm", root + "file");
        }
        Captured.ok("rm", root + "file");
    }

    @Test
    void readingChangesNotOneByte() throws IOException {
        byte[] before = Files.readAllBytes(image);
        fileIsWhole();
        Captured.ok("ls", "-l", root);
        Captured.ok("tree", root);
        Captured.ok("stat", root + "file");
        Captured.ok("info", image);
        Captured.ok("df", image);
        Captured.ok("check", image);
        assertArrayEquals(before, Files.readAllBytes(image));
    }

    @Test
    void quickstartReplacesOnlyItsOwn() throws IOException {
        Path tree = TreeCopyTest.sampleTree(directory.resolve("tree"));
        Captured.fails(1, "not made by quickstart", "quickstart", tree, "--image", image);
        fileIsWhole();
        Path own = directory.resolve("own.stele");
        for (int run = 0; run < 2; run++) {
            Captured result = Captured.ok("quickstart", tree, "--image", own);
            assertTrue(result.out().contains("Everything held"), result.out());
            assertTrue(result.out().lines().noneMatch(line -> line.contains("FAILED")), result.out());
        }
        Captured.ok("check", own);
        Captured.fails(1, "no such directory", "quickstart", directory.resolve("missing"), "--image", own);
    }

    @Test
    void faultsCountWhatStruck() throws IOException {
        Path json = directory.resolve("faults.json");
        Captured result = Captured.ok("crash", "faults", "--starts", "E", "--places", "1", "--every", "40",
                "--seed", "2", "--json", json);
        assertTrue(result.out().contains("0 violations"), result.out());
        assertTrue(Files.readString(json).contains("\"violations\": 0"), Files.readString(json));
        assertTrue(Captured.ok("crash", "faults", "--replay", "E.0/lasting/3").out().contains("nothing is wrong"));
        Captured.fails(1, "names no fault", "crash", "faults", "--replay", "nonsense");
        Captured.fails(1, "no volume to start from", "crash", "faults", "--replay", "X.0/once/1");
        Captured.fails(1, "at least 1", "crash", "faults", "--every", "0");
    }

    @Test
    void damagedImagesAreCounted() throws IOException {
        Path json = directory.resolve("images.json");
        Captured result = Captured.ok("crash", "images", "--count", "60", "--workers", "2", "--seed", "3", "--json",
                json);
        assertTrue(result.out().contains("0 defects"), result.out());
        assertTrue(Files.readString(json).contains("\"defects\": 0"), Files.readString(json));
        assertTrue(Captured.ok("crash", "images", "--replay", "SMALL/3/17").out().contains("nothing is wrong"));
        Captured.fails(1, "the text that a defect gave", "crash", "images", "--replay", "nonsense");
        Captured.fails(1, "wants at least 1", "crash", "images", "--count", "0");
    }

    @Test
    void crashCountsWhatItTried() throws IOException {
        Path json = directory.resolve("crash.json");
        Captured result = Captured.ok("crash", "--length", "1", "--count", "4", "--seed", "3", "--json", json);
        assertTrue(result.out().contains("0 violations"), result.out());
        assertTrue(result.out().contains("states a second and core"), result.out());
        String text = Files.readString(json);
        for (String member : new String[] {"states", "violations", "statesPerSecondPerCore", "workloads",
            "exhaustivePoints", "sampledPoints"}) {
            assertTrue(text.contains("\"" + member + "\": "), text);
        }
        assertTrue(text.contains("\"violations\": 0"), text);
        assertTrue(text.contains("\"seed\": 3"), text);
        assertTrue(text.contains("\"workloads\": 12") && text.contains("\"stopped\": false"), text);
        assertTrue(Captured.ok("crash", "--replay", "E.0@0:").out().contains("nothing is wrong"));
        Captured.fails(1, "wants 1, 2 or 3", "crash", "--length", "4");
        Captured.fails(1, "the text that a violation gave", "crash", "--replay", "nonsense");
        Captured.fails(1, "the text that a violation gave", "crash", "--replay", "E.99999@0:");
        Captured.fails(1, "there is no such point", "crash", "--replay", "E.0@99999:");
        Captured.fails(1, "there is no such point", "crash", "--replay", "E.0@0:/99999:");
    }

    /// A budget is the caller's wish: what was run was right.
    @Test
    void aCrashCampaignThatIsStoppedSaysSoAndIsNoFailure() throws IOException {
        Path json = directory.resolve("crash.json");
        Captured result = Captured.ok("crash", "--budget", "1", "--walks", "100000", "--json", json);
        assertTrue(result.out().contains("STOPPED by the budget of 1 s"), result.out());
        assertTrue(Files.readString(json).contains("\"stopped\": true"), Files.readString(json));
    }

    @Test
    void deepGoesToThreeOperations() {
        String out = Captured.ok("crash", "--deep", "--count", "1", "--walks", "0").out();
        assertTrue(out.contains("sequences of 3") && out.contains("8 of 8 workloads"), out);
    }

    @Test
    void crashKnowsImageFiles() throws IOException {
        Path json = directory.resolve("pages.json");
        Captured result = Captured.ok("crash", "--medium", "page", "--length", "1", "--count", "3", "--json", json);
        assertTrue(result.out().contains("image files: 3 workloads, not every operation, 0 pairs"), result.out());
        assertTrue(Files.readString(json).contains("\"stopped\": false"), Files.readString(json));
        assertTrue(Captured.ok("crash", "--replay", "page512.E.0@1:").out().contains("nothing is wrong"));
        Captured.fails(1, "the text that a violation gave", "crash", "--replay", "page7.E.0@1:");
        Captured.fails(1, "there is no such point", "crash", "--replay", "page512.E.0@99999:");
        Captured.fails(1, "there is no such point", "crash", "--replay", "page512.E.0@1:/99999:");
        Captured.fails(1, "wants memory or page", "crash", "--medium", "paper");
    }

    @Test
    void fencesPrintsWhatTheTestsHold() throws IOException {
        Path json = directory.resolve("fences.json");
        Captured result = Captured.ok("fences", "-n", "3", "--json", json);
        assertTrue(result.lines().getFirst().startsWith("operation"), result.out());
        String text = Files.readString(json);
        for (String operation : new String[] {"create", "mkdir", "symlink", "link", "unlink", "rmdir", "rename",
            "rename-replace", "rename-directories", "setattr", "setxattr", "truncate", "allocate", "append"}) {
            assertTrue(text.contains("{\"operation\": \"" + operation + "\", \"fences\": 1, \"flushedLines\": "), text);
        }
        assertEquals(text, Captured.ok("fences", "-n", "3", "--json", "-").out());
        Captured.fails(1, "from 1 up", "fences", "-n", "0");
    }
}
