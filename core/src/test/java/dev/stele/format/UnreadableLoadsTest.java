package dev.stele.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every accessor of every structure, compiled, and widened to 64 bits with its sign: the load that the JVM could not
/// step over where the page cannot be read, were it made of 32 bits alone.
class UnreadableLoadsTest {
    private static final int PAGE = Medium.PAGE_BYTES;
    private static final int COMPILED = 20_000;
    private static final List<Class<?>> STRUCTURES = List.of(Superblock.class, JournalHeader.class, JournalRecord.class,
            Inode.class, TreeNode.class, DirectoryBlock.class, XattrBlock.class, OrphanBlock.class, Layouts.class);

    @TempDir
    Path directory;

    @Test
    @DisplayName("P7: every load of every structure from a page that cannot be read is an error, not the JVM's end")
    void everyLoadIsAnError() throws Exception {
        Path image = directory.resolve("image");
        Files.write(image, new byte[2 * PAGE]);
        Process other = new ProcessBuilder(System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xbatch", "-XX:-TieredCompilation",
                "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + directory.resolve("error"), "-cp",
                System.getProperty("java.class.path"), Loading.class.getName(), image.toString())
                .redirectErrorStream(true).start();
        String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, other.waitFor(), output);
        List<String> loaded = output.lines().filter(line -> line.contains(".")).toList();
        assertEquals(accessors().stream().map(UnreadableLoadsTest::name).toList(), loaded);
    }

    @Test
    void everyFieldOfLessThanAWordHasAnAccessor() {
        List<String> names = accessors().stream().map(UnreadableLoadsTest::name).toList();
        assertTrue(names.containsAll(List.of("Inode.mode", "Inode.rootCount", "Inode.rootDepth", "TreeNode.level",
                "DirectoryBlock.entryType", "DirectoryBlock.entryNameBytes", "DirectoryBlock.heapEnd",
                "JournalRecord.entryBytes", "JournalRecord.kind", "JournalRecord.second", "XattrBlock.byteCount",
                "OrphanBlock.crc", "Layouts.half")), names.toString());
    }

    private static String name(Method accessor) {
        return accessor.getDeclaringClass().getSimpleName() + "." + accessor.getName();
    }

    private static List<Method> accessors() {
        List<Method> found = new ArrayList<>();
        for (Class<?> structure : STRUCTURES) {
            for (Method each : structure.getDeclaredMethods()) {
                Class<?> type = each.getReturnType();
                if (Modifier.isStatic(each.getModifiers()) && !Modifier.isPrivate(each.getModifiers())
                        && type.isPrimitive() && type != void.class && type != boolean.class
                        && List.of(each.getParameterTypes()).equals(List.of(MemorySegment.class, long.class))) {
                    found.add(each);
                }
            }
        }
        found.sort(Comparator.comparing(UnreadableLoadsTest::name));
        return found;
    }

    /// Runs in a JVM of its own, which waits for its compiler.
    static final class Loading {
        private static long sum;

        private Loading() {
        }

        /// What an accessor loads, as 64 bits.
        public interface Load {
            long of(MemorySegment segment, long at);
        }

        public static void main(String[] arguments) throws Throwable {
            int descriptor = Native.open(Path.of(arguments[0]), Native.O_RDWR);
            MemorySegment s = Mapping.map(Arena.global(), descriptor, 0, 2 * PAGE,
                    Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED);
            Native.truncate(descriptor, PAGE);
            for (Method each : accessors()) {
                System.out.println(name(each));
                Load load = widened(each);
                for (int i = 0; i < COMPILED; i++) {
                    sum += load.of(s, 0);
                }
                for (int i = 0; i < 3; i++) {
                    requireError(load, s);
                }
            }
        }

        private static Load widened(Method accessor) throws Throwable {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodType loads = MethodType.methodType(long.class, MemorySegment.class, long.class);
            return (Load) LambdaMetafactory.metafactory(lookup, "of", MethodType.methodType(Load.class), loads,
                    lookup.unreflect(accessor), loads).getTarget().invokeExact();
        }

        private static void requireError(Load load, MemorySegment segment) {
            try {
                sum += load.of(segment, PAGE);
                Medium.awaitFaults();
            } catch (InternalError expected) {
                return;
            }
            throw new AssertionError("nothing was thrown");
        }
    }
}
