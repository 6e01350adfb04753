/// The face for people. [Stele] opens a volume; `fileSystem()` is all of `java.nio.file` on it, [DaxFile] and
/// [DaxMapping] are what only a direct-access file system has: bytes of the file as memory, made durable by the program
/// itself, a cache line at a time.
///
/// ```java
/// try (Stele stele = Stele.create(Path.of("pool.stele"), 64L << 20);
///         DaxFile log = stele.file("/log");
///         DaxMapping mapping = log.map(0, 4096)) {
///     mapping.segment().set(ValueLayout.JAVA_LONG, 0, 42);
///     mapping.persist(0, Long.BYTES);
/// }
/// ```
///
/// [PersistentMemory] needs no volume: it makes stores to any native segment durable, as far as that can be had, and
/// says how far that is.
package dev.stele.api;
