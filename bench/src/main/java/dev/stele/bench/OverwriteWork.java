package dev.stele.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/// Overwrites units of a file at random places from a direct buffer.
final class OverwriteWork extends Work {
    private final FileChannel channel;
    private final long unitCount;
    private final int unitBytes;
    private final ByteBuffer buffer;
    private final ByteBuffer readBack;
    private long state;
    private long unit;
    private long value;

    /// @param channel open for reading, too
    OverwriteWork(FileChannel channel, Long unitCount, Integer unitBytes, Long seed) {
        this.channel = channel;
        this.unitCount = unitCount;
        this.unitBytes = unitBytes;
        this.buffer = ByteBuffer.allocateDirect(unitBytes).order(ByteOrder.nativeOrder());
        this.readBack = ByteBuffer.allocateDirect(unitBytes).order(ByteOrder.nativeOrder());
        this.state = seed;
    }

    @Override
    int warmUpOperations() {
        return unitBytes <= Rows.BLOCK_BYTES ? Slices.WARM_UP_OPERATIONS : 0;
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            state = Places.next(state);
            unit = Places.index(state, unitCount);
            value++;
            buffer.clear();
            buffer.putLong(0, value).putLong(unitBytes - Long.BYTES, value);
            int count = channel.write(buffer, unit * unitBytes);
            if (count != unitBytes) {
                throw new WrongResult(count + " bytes written");
            }
        }
    }

    @Override
    void check(int operationCount) throws Exception {
        readBack.clear();
        int count = channel.read(readBack, unit * unitBytes);
        WrongResult.require(count == unitBytes && readBack.getLong(0) == value
                && readBack.getLong(unitBytes - Long.BYTES) == value, "unit " + unit + " was not overwritten");
    }

    @Override
    public void close() throws Exception {
        channel.close();
    }
}
