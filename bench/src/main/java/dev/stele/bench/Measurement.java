package dev.stele.bench;

import java.util.List;

/// Something that yields lines of the output, most often one.
///
/// @param group asked for together
/// @param isQuick whether it is over in seconds
record Measurement(String group, String name, boolean isQuick, Action action) {

    interface Action {
        List<RowResult> run(RowRun run) throws Exception;
    }

    /// Whether it is asked for by this word.
    boolean answersTo(String word) {
        return word.equals(group) || word.equals(name);
    }
}
