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

/// Loops around libpmem's functions, compiled on the spot.
///
/// @param persistLines `persist_lines` of `libpmem-loop.c`
/// @param copyBlocks `copy_blocks` of the same
record Libpmem(MethodHandle persistLines, MethodHandle copyBlocks) {
    static final String LIBRARY = "libpmem.so.1";

    /// @param in where the loops are compiled
    /// @throws IOException where there is no libpmem or no compiler, with the reason
    static Libpmem load(Path in) throws IOException {
        try {
            SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException missing) {
            throw new IOException(LIBRARY + " is not installed");
        }
        SymbolLookup loops = SymbolLookup.libraryLookup(compile(in), Arena.global());
        return new Libpmem(
                loop(loops, "persist_lines", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG)),
                loop(loops, "copy_blocks", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS,
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

    private static MethodHandle loop(SymbolLookup library, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }
}
