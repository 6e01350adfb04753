package dev.stele.interleave;

import java.lang.classfile.CodeTransform;

/// A bug put into a class as it is loaded.
interface Seed {
    /// The program as it is.
    Seed NONE = (owner, method) -> null;

    /// @param owner internal name of the class
    /// @return what to do to the method's code; null for nothing
    CodeTransform transform(String owner, String method);
}
