package dev.stele.bench;

/// What one operation of Stele's asked of the medium and of the heap: the same on every machine.
record Costs(double fences, double lines, double ntBytes, double allocatedBytes) {
}
