package dev.stele.crash.lazy;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.crash.Campaign;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// I1: no load is overlooked when a class is woven.
class LoadWeaverTest {
    static final class GivesAway {
        static MemorySegment copy(Arena arena, MemorySegment of) {
            return arena.allocateFrom(ValueLayout.JAVA_BYTE, of, ValueLayout.JAVA_BYTE, 0, 4);
        }
    }

    static final class Refers {
        static Function<MemorySegment, ByteBuffer> reference() {
            return MemorySegment::asByteBuffer;
        }
    }

    static final class RefersToAHandle {
        static BiFunction<MemorySegment, Long, Object> reference(VarHandle handle) {
            return handle::getVolatile;
        }
    }

    static final class LoadsByIndex {
        private static final VarHandle ELEMENT = ValueLayout.JAVA_LONG.arrayElementVarHandle();

        static long load(MemorySegment from) {
            return (long) ELEMENT.get(from, 0L, 1L);
        }
    }

    static final class Stores {
        static void store(MemorySegment to) {
            to.asSlice(8).fill((byte) 1);
            to.set(ValueLayout.JAVA_LONG, 0, to.byteSize());
        }
    }

    private static byte[] weave(Class<?> type) throws IOException {
        String name = type.getName().substring(type.getPackageName().length() + 1) + ".class";
        try (InputStream in = type.getResourceAsStream(name)) {
            return new LoadWeaver(method -> false).weave(in.readAllBytes());
        }
    }

    @Test
    void aWayToLoadThatIsNotKnownIsAnError() throws IOException {
        for (Class<?> each : List.of(GivesAway.class, Refers.class, RefersToAHandle.class, LoadsByIndex.class)) {
            assertTrue(assertThrows(LinkageError.class, () -> weave(each)).getMessage().startsWith("nobody knows what"),
                    each.getName());
        }
        assertTrue(weave(Stores.class).length > 0);
    }

    @Test
    void everyClassOfCoreAndLabCanBeWoven() throws Exception {
        for (Class<?> each : List.of(Volume.class, Campaign.class)) {
            Path path = Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isDirectory(path)) {
                weaveAll(path);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(path)) {
                    weaveAll(jar.getPath("/"));
                }
            }
        }
    }

    private static void weaveAll(Path root) throws IOException {
        LoadWeaver weaver = new LoadWeaver(method -> false);
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> classes = files.filter(each -> each.toString().endsWith(".class")).toList();
            assertTrue(classes.size() > 50, root + " has " + classes.size());
            for (Path each : classes) {
                assertTrue(weaver.weave(Files.readAllBytes(each)).length > 0, each.toString());
            }
        }
    }
}
