package dev.stele.bench;

import dev.stele.api.DaxMapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Copies a block to a random place and makes it durable.
final class CopyPersistWork extends Work {
    private final DaxMapping mapping;
    private final MemorySegment source = Arena.ofAuto().allocate(Rows.BLOCK_BYTES, Rows.BLOCK_BYTES);
    private final long blockCount;
    private long state;
    private long value;

    CopyPersistWork(DaxMapping mapping, Long seed) {
        this.mapping = mapping;
        this.blockCount = mapping.segment().byteSize() / Rows.BLOCK_BYTES;
        this.state = seed;
    }

    @Override
    void run(int operationCount) {
        for (int i = 0; i < operationCount; i++) {
            state = Places.next(state);
            source.set(ValueLayout.JAVA_LONG, 0, ++value);
            mapping.copyPersist(Places.index(state, blockCount) * Rows.BLOCK_BYTES, source, 0, Rows.BLOCK_BYTES);
        }
    }

    @Override
    void check(int operationCount) {
        long at = Places.index(state, blockCount) * Rows.BLOCK_BYTES;
        WrongResult.require(mapping.segment().asSlice(at, Rows.BLOCK_BYTES).mismatch(source) == -1,
                "the last block is not there");
    }

    @Override
    public void close() throws Exception {
        mapping.close();
    }
}
