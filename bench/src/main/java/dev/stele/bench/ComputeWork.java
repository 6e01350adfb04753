package dev.stele.bench;

/// Computes and touches no memory: what the machine's cores give.
final class ComputeWork extends Work {
    private static final int TURNS = 100;

    private long before;
    private long state = 1;

    @Override
    void run(int operationCount) {
        for (int i = 0; i < operationCount; i++) {
            before = state;
            state = CoreProbe.compute(before, TURNS);
        }
    }

    @Override
    void check(int operationCount) {
        WrongResult.require(state == CoreProbe.compute(before, TURNS), "the same was computed twice, with two results");
    }
}
