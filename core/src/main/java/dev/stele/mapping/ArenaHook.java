package dev.stele.mapping;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Runs an action when an arena closes, or is found unreachable, *before* what was mapped in it earlier is unmapped.
///
/// The JDK promises no order; it cleans up last in, first out, but for a confined arena's very first resource, which
/// comes first. So [#takeFirstPlace] is called before mapping and [#onClose] behind it, and the order is tried once
/// at start on arenas of both kinds.
final class ArenaHook {
    private static final boolean ORDERED = isOrdered(Arena.ofConfined()) && isOrdered(Arena.ofShared());

    private ArenaHook() {
    }

    /// Sees to it that nothing that follows is the arena's first resource.
    ///
    /// @throws UnsupportedOperationException where this JDK cleans up in an order nobody has thought about
    static void takeFirstPlace(Arena arena) {
        if (!ORDERED) {
            throw new UnsupportedOperationException("this JDK unmaps segments before it runs their arena's last "
                    + "action; use the one the project names");
        }
        occupy(arena);
    }

    /// Runs `action` before everything that was added to the arena earlier is cleaned up; at once known to be in vain
    /// on the global arena.
    ///
    /// @throws IllegalStateException where the arena is closed
    static void onClose(Arena arena, Runnable action) {
        MemorySegment.NULL.reinterpret(0, arena, segment -> action.run());
    }

    private static void occupy(Arena arena) {
        onClose(arena, () -> { });
    }

    private static boolean isOrdered(Arena arena) {
        StringBuilder order = new StringBuilder();
        try (arena) {
            occupy(arena);
            onClose(arena, () -> order.append("map"));
            onClose(arena, () -> order.append("action "));
        }
        return order.toString().equals("action map");
    }
}
