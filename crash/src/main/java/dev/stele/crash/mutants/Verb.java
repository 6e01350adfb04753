package dev.stele.crash.mutants;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A method whose calls are mutated: a store, a flush, a drain, or what publishes.
///
/// @param owner internal name of the class that declares it
/// @param at parameter that says where a range begins, the receiver not counted; -1 for none
/// @param count parameter that says how long it is; -1 for none
/// @param unit what a range is shortened by: the rest of its last line for 64, so many units for others
/// @param unsent of a stream, the method that stores the same without sending it; null for none
public record Verb(String owner, String name, Kind kind, int at, int count, int unit, String unsent) {
    private static final String VIEW = "dev/stele/medium/View";
    private static final String MEDIUM = "dev/stele/medium/Medium";
    private static final String TRANSACTION = "dev/stele/journal/Transaction";
    private static final String RETIREMENT = "dev/stele/journal/Retirement";
    private static final String ENTRIES = "dev/stele/journal/Entries";
    private static final String FLUSHER = "dev/stele/dirty/Flusher";
    private static final String LINES = "dev/stele/cpu/CacheLines";
    private static final String FILE = "dev/stele/medium/BackingFile";
    private static final String ENGINE = "dev/stele/volume/SyncEngine";
    private static final String SEGMENT = "dev/stele/api/PersistentMemory";
    private static final String APERTURE = "dev/stele/medium/sim/Aperture";
    private static final int LINE = 64;

    static final List<Verb> ALL = List.of(
            word(VIEW, "putInt"), word(VIEW, "putLong"), word(VIEW, "setBits"), word(VIEW, "clearBits"),
            range(VIEW, "put", Kind.STORE, 0, 3), range(VIEW, "putZeros", Kind.STORE, 0, 1),
            new Verb(VIEW, "stream", Kind.STREAM, 0, 3, LINE, "put"),
            new Verb(VIEW, "streamZeros", Kind.STREAM, 0, 1, LINE, "putZeros"),
            range(VIEW, "flush", Kind.FLUSH, 0, 1),
            word(VIEW, "storeInt"), word(VIEW, "storeLong"), word(VIEW, "storeSetBits"), word(VIEW, "storeClearBits"),
            range(VIEW, "storeBytes", Kind.WHOLE, 0, 3), range(VIEW, "storeZeros", Kind.WHOLE, 0, 1),
            range(VIEW, "sendBytes", Kind.WHOLE, 0, 3), range(VIEW, "sendZeros", Kind.WHOLE, 0, 1),
            range(VIEW, "sendLines", Kind.WHOLE, 0, 1),
            plain(MEDIUM, "drain", Kind.DRAIN), plain(MEDIUM, "awaitLines", Kind.WHOLE),
            range(MEDIUM, "forceData", Kind.WHOLE, 0, 1), range(MEDIUM, "flushMapped", Kind.FLUSH, 1, 2),
            range(MEDIUM, "sendMapped", Kind.WHOLE, 1, 2), range(MEDIUM, "persistMapped", Kind.WHOLE, 1, 2),
            plain(MEDIUM, "deepSync", Kind.WHOLE), plain(MEDIUM, "beginCheckpoint", Kind.WHOLE),
            plain(MEDIUM, "finishCheckpoint", Kind.WHOLE),
            plain(TRANSACTION, "putLong", Kind.STAGE), plain(TRANSACTION, "putSummed", Kind.STAGE),
            new Verb(TRANSACTION, "setBits", Kind.STAGE, -1, 2, 1, null),
            new Verb(TRANSACTION, "clearBits", Kind.STAGE, -1, 2, 1, null),
            plain(TRANSACTION, "storeNew", Kind.STAGE), plain(TRANSACTION, "verify", Kind.STAGE),
            plain(TRANSACTION, "tail", Kind.STAGE), plain(TRANSACTION, "forgetNew", Kind.STAGE),
            plain(TRANSACTION, "commit", Kind.PUBLISH), plain("dev/stele/journal/Journal", "commit", Kind.PUBLISH),
            plain("dev/stele/journal/Journal", "attestDurable", Kind.PUBLISH),
            plain("dev/stele/volume/Core", "commit", Kind.PUBLISH),
            plain(RETIREMENT, "drain", Kind.WHOLE),
            plain(RETIREMENT, "applied", Kind.STAGE), plain(RETIREMENT, "makeRoom", Kind.WHOLE),
            plain("dev/stele/journal/Unflushed", "note", Kind.STAGE),
            plain("dev/stele/journal/Unflushed", "beginBatch", Kind.STAGE),
            plain("dev/stele/journal/Unflushed", "flush", Kind.WHOLE),
            plain(ENTRIES, "apply", Kind.WHOLE), plain("dev/stele/journal/StoredTo", "add", Kind.STAGE),
            plain("dev/stele/journal/TargetLines", "add", Kind.STAGE),
            plain("dev/stele/journal/TargetLines", "flush", Kind.WHOLE),
            range(FLUSHER, "flush", Kind.WHOLE, 0, 1), plain(FLUSHER, "drain", Kind.WHOLE),
            plain(ENGINE, "flush", Kind.WHOLE), plain(ENGINE, "flushAll", Kind.WHOLE),
            range(LINES, "flush", Kind.FLUSH, 1, 2), range(LINES, "persist", Kind.WHOLE, 1, 2),
            range(LINES, "copy", Kind.STREAM, 1, 4), range(LINES, "zero", Kind.STREAM, 1, 2),
            plain(LINES, "drain", Kind.DRAIN),
            range(SEGMENT, "flush", Kind.WHOLE, 0, 1), plain(SEGMENT, "drain", Kind.WHOLE),
            range(SEGMENT, "persist", Kind.WHOLE, 0, 1), range(SEGMENT, "copy", Kind.WHOLE, 0, 3),
            plain("dev/stele/api/DaxMapping", "flush", Kind.WHOLE),
            plain(FILE, "write", Kind.WHOLE), plain(FILE, "sync", Kind.WHOLE),
            plain("dev/stele/cpu/Native", "syncMapped", Kind.WHOLE),
            range(APERTURE, "store", Kind.WHOLE, 0, 3), range(APERTURE, "zero", Kind.WHOLE, 0, 1),
            range(APERTURE, "flush", Kind.WHOLE, 0, 1), plain(APERTURE, "drain", Kind.WHOLE));

    static final Map<String, Verb> BY_NAME = ALL.stream()
            .collect(Collectors.toMap(verb -> verb.owner + "." + verb.name, Function.identity()));

    private static Verb word(String owner, String name) {
        return new Verb(owner, name, Kind.STORE, 0, -1, LINE, null);
    }

    private static Verb range(String owner, String name, Kind kind, int at, int count) {
        return new Verb(owner, name, kind, at, count, LINE, null);
    }

    private static Verb plain(String owner, String name, Kind kind) {
        return new Verb(owner, name, kind, -1, -1, 0, null);
    }

    boolean allows(Mutation mutation) {
        return kind.mutations.contains(mutation) && switch (mutation) {
            case SHORTEN -> count >= 0;
            case UNSENT -> unsent != null;
            // Such a method is called by a verb alone, in the middle of it.
            case SWAP, LATE -> !name.startsWith("store");
            default -> true;
        };
    }

    /// The length that is left of a range without its last line, or bit.
    public long shortened(long from, long byteCount) {
        return unit == LINE ? Math.max(0, (from + byteCount - 1 & -LINE) - from) : Math.max(0, byteCount - unit);
    }

    /// The simple name of its class, and its own.
    String shortName() {
        return owner.substring(owner.lastIndexOf('/') + 1) + "." + name;
    }
}
