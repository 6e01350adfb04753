package dev.stele.crash;

import java.util.List;

/// One operation of the set, with what it needs.
///
/// @param prepare makes what must be there and is not
record Operation(String name, Step.Action prepare, List<Step> steps, Reach reach) {
    boolean isCore() {
        return reach == Reach.CORE;
    }

    @Override
    public String toString() {
        return name;
    }
}
