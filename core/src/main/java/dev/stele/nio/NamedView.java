package dev.stele.nio;

import java.io.IOException;
import java.util.Map;

/// A view whose attributes are read and set by name.
interface NamedView {
    /// @param wanted names, or `*` for all
    /// @throws IllegalArgumentException on a name the view has not
    Map<String, Object> read(String[] wanted) throws IOException;

    /// @throws IllegalArgumentException on a name the view has not, or cannot set
    /// @throws ClassCastException on a value of the wrong type
    void set(String attribute, Object value) throws IOException;
}
