package dev.stele.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// libpmem's functions as Java calls them best: constants to the compiler, without a change of the thread's state.
/// Touched only where the library is there.
final class LibpmemCalls {
    /// `pmem_persist(address, length)`
    static final MethodHandle PERSIST = critical("pmem_persist",
            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    /// `pmem_memcpy_persist(to, from, length)`
    static final MethodHandle COPY_PERSIST = critical("pmem_memcpy_persist", FunctionDescriptor.of(
            ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

    private LibpmemCalls() {
    }

    private static MethodHandle critical(String name, FunctionDescriptor type) {
        SymbolLookup library = SymbolLookup.libraryLookup(Libpmem.LIBRARY, Arena.global());
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type, Linker.Option.critical(false));
    }
}
