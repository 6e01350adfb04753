package dev.stele.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// Appends units to a file that is empty when a slice begins.
final class AppendWork extends Work {
    private final FileChannel channel;
    private final FileChannel reader;
    private final int unitBytes;
    private final int operationsMax;
    private final boolean forces;
    private final ByteBuffer buffer;
    private final ByteBuffer readBack;
    private long value;

    /// @param options of the channel that appends
    /// @param forces whether each append is followed by `force(false)`
    AppendWork(Path file, Set<OpenOption> options, Boolean forces, Integer unitBytes, Integer fileBytesMax)
            throws Exception {
        this.channel = FileChannel.open(file, options);
        this.reader = FileChannel.open(file, StandardOpenOption.READ);
        this.unitBytes = unitBytes;
        this.operationsMax = fileBytesMax / unitBytes;
        this.forces = forces;
        this.buffer = ByteBuffer.allocateDirect(unitBytes).order(ByteOrder.nativeOrder());
        this.readBack = ByteBuffer.allocateDirect(unitBytes).order(ByteOrder.nativeOrder());
    }

    @Override
    int operationsMax() {
        return operationsMax;
    }

    @Override
    void prepare(int operationCount) throws Exception {
        channel.truncate(0);
    }

    @Override
    int warmUpOperations() {
        return forces ? 0 : Slices.WARM_UP_OPERATIONS;
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            value++;
            buffer.clear();
            buffer.putLong(0, value);
            int count = channel.write(buffer);
            if (count != unitBytes) {
                throw new WrongResult(count + " bytes appended");
            }
            if (forces) {
                channel.force(false);
            }
        }
    }

    @Override
    void check(int operationCount) throws Exception {
        long sizeBytes = (long) operationCount * unitBytes;
        readBack.clear();
        int count = reader.read(readBack, sizeBytes - unitBytes);
        WrongResult.require(reader.size() == sizeBytes && count == unitBytes && readBack.getLong(0) == value,
                "the file ends otherwise than its last append");
    }

    @Override
    public void close() throws Exception {
        channel.close();
        reader.close();
    }
}
