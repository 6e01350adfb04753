package dev.stele.crash.junit;

import java.nio.file.Path;

/// The medium as a file that exists already and has its size: `FileChannel` opens and maps it like any other, and
/// `PersistentMemory.of` knows such a mapping for persistent memory. What only the kernel is asked to make durable is
/// not: `FileChannel.force` and the `force` of a segment or buffer are not seen.
public record SimulatedFile(Path path) {
}
