package dev.stele.crash.junit;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.DaxFile;
import dev.stele.api.DaxMapping;
import dev.stele.api.PersistentMemory;
import dev.stele.api.Stele;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every kind of medium: a right program passes on it, and one that forgets something does not.
class MediaTest {
    /// Two words of a bare segment that are equal unless the first was stored and the second is being.
    abstract static class SegmentCase {
        @Recover
        void recover() {
        }

        @Check
        void check(MemorySegment segment, Crash crash) {
            long first = segment.get(JAVA_LONG, 0);
            long second = segment.get(JAVA_LONG, 4096);
            assertTrue(first == second || first == second + 1, () -> first + " and " + second);
            assertTrue(second >= crash.completed().size());
        }
    }

    static final class RightSegmentCase extends SegmentCase {
        @CrashTest
        void work(MemorySegment segment, CrashLab lab) {
            PersistentMemory first = PersistentMemory.of(segment.asSlice(0, 4096));
            PersistentMemory second = PersistentMemory.of(segment.asSlice(4096, 4096));
            for (long value = 1; value <= 2; value++) {
                first.segment().set(JAVA_LONG, 0, value);
                first.persist(0, 8);
                second.segment().set(JAVA_LONG, 0, value);
                lab.step("value " + value, () -> second.persist(0, 8));
            }
        }
    }

    static final class WrongSegmentCase extends SegmentCase {
        @CrashTest
        void work(MemorySegment segment, CrashLab lab) {
            PersistentMemory memory = PersistentMemory.of(segment);
            for (long value = 1; value <= 2; value++) {
                memory.segment().set(JAVA_LONG, 0, value);
                memory.segment().set(JAVA_LONG, 4096, value);
                memory.persist(0, 4104);
            }
        }
    }

    /// A file that the program under test opens and maps by itself.
    abstract static class FileCase {
        static PersistentMemory map(Path file, Arena arena) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return PersistentMemory.of(channel.map(MapMode.READ_WRITE, 0, channel.size(), arena));
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        }

        @Recover
        long[] recover(SimulatedFile file) {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment segment = map(file.path(), arena).segment();
                return new long[] {segment.get(JAVA_LONG, 0), segment.get(JAVA_LONG, 64)};
            }
        }

        @Check
        void check(long[] words, Crash crash) {
            assertTrue(words[0] == 0 || words[1] == 7, () -> List.of(words[0], words[1]).toString());
            assertTrue(words[0] == 1 || !crash.hasCompleted("publish"));
        }
    }

    static final class RightFileCase extends FileCase {
        @CrashTest(sizeBytes = 8192)
        void work(SimulatedFile file, CrashLab lab) {
            try (Arena arena = Arena.ofShared()) {
                PersistentMemory memory = map(file.path(), arena);
                assertEquals(8192, memory.segment().byteSize());
                memory.segment().set(JAVA_LONG, 64, 7);
                memory.persist(64, 8);
                lab.step("publish", () -> {
                    memory.segment().set(JAVA_LONG, 0, 1);
                    memory.persist(0, 8);
                });
            }
        }
    }

    /// The JDK's own `force` asks the kernel, which promises nothing about lines.
    static final class WrongFileCase extends FileCase {
        @CrashTest
        void work(SimulatedFile file, CrashLab lab) {
            try (Arena arena = Arena.ofShared()) {
                PersistentMemory memory = map(file.path(), arena);
                memory.segment().set(JAVA_LONG, 64, 7);
                memory.segment().force();
                memory.segment().set(JAVA_LONG, 0, 1);
                memory.persist(0, 8);
            }
        }
    }

    /// A file of settings that is replaced: whoever opens it finds the old or the new.
    abstract static class SettingsCase {
        static final String OLD = "old ".repeat(50);
        static final String NEW = "new ".repeat(50);

        @SetUp
        void setUp(Path root) throws IOException {
            Files.writeString(root.resolve("settings"), OLD);
            Files.writeString(root.resolve("settings.tmp"), "?".repeat(NEW.length()));
        }

        @Check
        void check(Path root, Crash crash) throws IOException {
            String found = Files.readString(root.resolve("settings"));
            assertTrue(found.equals(NEW) || found.equals(OLD) && !crash.hasCompleted("replace"),
                    () -> "the settings are neither old nor new: " + found);
        }
    }

    static final class ReplacedCase extends SettingsCase {
        @CrashTest
        void replace(Path root, CrashLab lab) throws IOException {
            lab.step("replace", () -> {
                Path file = root.resolve("settings.tmp");
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap(NEW.getBytes()));
                    channel.force(true);
                }
                Files.move(file, root.resolve("settings"), StandardCopyOption.ATOMIC_MOVE);
            });
        }
    }

    /// The rename is durable when it returns, and what it renames is not.
    static final class RenamedTooEarlyCase extends SettingsCase {
        @CrashTest
        void replace(Path root, CrashLab lab) throws IOException {
            lab.step("replace", () -> {
                Path file = root.resolve("settings.tmp");
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap(NEW.getBytes()));
                }
                Files.move(file, root.resolve("settings"), StandardCopyOption.ATOMIC_MOVE);
            });
        }
    }

    /// Truncates what is there, and then writes what is to be.
    static final class WrittenInPlaceCase extends SettingsCase {
        @CrashTest
        void replace(FileSystem files, CrashLab lab) throws IOException {
            lab.step("replace", () -> Files.writeString(files.getPath("/settings"), NEW));
        }
    }

    /// A record in a mapped file of a volume, made durable by the program itself.
    static final class MappedOnVolumeCase {
        @SetUp
        void setUp(Stele stele) throws IOException {
            try (DaxFile file = stele.file("/record"); DaxMapping mapping = file.map(0, 4096)) {
                mapping.segment().set(JAVA_LONG, 0, 0);
                mapping.force();
            }
        }

        @CrashTest
        void store(Stele stele, CrashLab lab) throws IOException {
            try (DaxFile file = stele.file("/record"); DaxMapping mapping = file.map(0, 4096)) {
                lab.step("persist", () -> {
                    mapping.segment().set(JAVA_LONG, 64, 5);
                    mapping.persist(64, 8);
                });
                lab.step("store", () -> mapping.segment().set(JAVA_LONG, 128, 6));
                lab.step("force", mapping::force);
            }
        }

        @Recover
        byte[] recover(Path root) throws IOException {
            return Files.readAllBytes(root.resolve("record"));
        }

        @Check
        void check(byte[] bytes, Crash crash) {
            assertEquals(4096, bytes.length);
            assertTrue(bytes[64] == 5 || !crash.hasCompleted("persist"));
            assertTrue(bytes[128] == 6 || !crash.hasCompleted("force"));
        }
    }

    private static void assertFound(Class<?> type, String what) {
        Run run = Run.of(type);
        String report = run.crash().getMessage();
        assertTrue(report.contains(what), report);
        assertTrue(report.contains("(MediaTest.java:"), report);
    }

    @Test
    void aBareSegment() {
        assertEquals(List.of(), Run.of(RightSegmentCase.class).failures());
        assertFound(WrongSegmentCase.class, "0 and 1");
    }

    @Test
    void aFileThatIsMapped() {
        assertEquals(List.of(), Run.of(RightFileCase.class).failures());
        assertFound(WrongFileCase.class, "[1, 0]");
    }

    @Test
    void aVolumeThroughFiles() {
        assertEquals(List.of(), Run.of(ReplacedCase.class).failures());
        assertFound(RenamedTooEarlyCase.class, "the settings are neither old nor new: ");
        assertFound(WrittenInPlaceCase.class, "the settings are neither old nor new: ");
    }

    @Test
    void aMappedFileOfAVolume() {
        Run run = Run.of(MappedOnVolumeCase.class);
        assertEquals(List.of(), run.failures());
        assertTrue(run.names().stream().anyMatch(name -> name.startsWith("recovery: it returned at ")),
                () -> run.names().toString());
    }
}
