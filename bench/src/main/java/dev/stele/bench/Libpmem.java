package dev.stele.bench;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// libpmem of the system: its functions called from Java, and loops around them compiled on the spot.
///
/// @param persist `pmem_persist(address, length)`
/// @param copyPersist `pmem_memcpy_persist(to, from, length)`
/// @param persistLines `persist_lines` of `libpmem-loop.c`
/// @param copyBlocks `copy_blocks` of the same
record Libpmem(MethodHandle persist, MethodHandle copyPersist, MethodHandle persistLines, MethodHandle copyBlocks) {
    private static final String LIBRARY = "libpmem.so.1";

    /// @param in where the loops are compiled
    /// @throws IOException where there is no libpmem or no compiler, with the reason
    static Libpmem load(Path in) throws IOException {
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException missing) {
            throw new IOException(LIBRARY + " is not installed");
        }
        SymbolLookup loops = SymbolLookup.libraryLookup(compile(in), Arena.global());
        return new Libpmem(
                critical(library, "pmem_persist",
                        FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG)),
                critical(library, "pmem_memcpy_persist", FunctionDescriptor.of(ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG)),
                plain(loops, "persist_lines", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG)),
                plain(loops, "copy_blocks", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS)));
    }

    private static Path compile(Path in) throws IOException {
        Path source = in.resolve("libpmem-loop.c");
        Path loops = in.resolve("libpmem-loop.so");
        try (InputStream text = Libpmem.class.getResourceAsStream("libpmem-loop.c")) {
            Files.write(source, text.readAllBytes());
        }
        Shell.run("cc", "-O2", "-shared", "-fPIC", "-o", loops.toString(), source.toString(), "-l:" + LIBRARY);
        return loops;
    }

    private static MethodHandle critical(SymbolLookup library, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(
                library.findOrThrow(name), type, Linker.Option.critical(false));
    }

    private static MethodHandle plain(SymbolLookup library, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }
}
