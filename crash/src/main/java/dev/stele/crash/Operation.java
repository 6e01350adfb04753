package dev.stele.crash;

import java.util.List;

/// One operation of the set, with what it needs.
///
/// @param prepare makes what must be there and is not
/// @param isCore whether it takes part in sequences of three
record Operation(String name, Step.Action prepare, List<Step> steps, boolean isCore) {
    @Override
    public String toString() {
        return name;
    }
}
