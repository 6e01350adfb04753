package dev.stele.volume;

import java.util.UUID;

/// What mkfs may be told.
///
/// @param label up to 64 bytes of UTF-8, may be empty
/// @param uuid identity of the volume
/// @param hashKey0 first word of the key of directory hashing; random in production, fixed in tests
/// @param hashKey1 second word of it
/// @param journalBlocks length of the journal in blocks of 4 KiB, 0 for the default (1/64 of the volume, 16 to 1024)
/// @param uid owner of the root directory
/// @param gid group of the root directory
/// @param nowNanos time of creation, nanoseconds since the epoch
public record FormatOptions(
        String label, UUID uuid, long hashKey0, long hashKey1, int journalBlocks, int uid, int gid, long nowNanos) {
}
