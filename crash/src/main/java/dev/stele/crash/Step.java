package dev.stele.crash;

/// A part of an operation that a power cut finds done or not done.
///
/// @param torn whose bytes a cut in the middle may leave mixed, or null where the step is all or nothing
/// @param inParts whether such a file may also have grown, or own blocks, in part
record Step(String name, Action action, String torn, boolean inParts) {
    interface Action {
        void on(Stage stage);
    }

    static Step atomic(String name, Action action) {
        return new Step(name, action, null, false);
    }

    static Step torn(String name, String path, Action action) {
        return new Step(name, action, path, false);
    }

    static Step inParts(String name, String path, Action action) {
        return new Step(name, action, path, true);
    }
}
