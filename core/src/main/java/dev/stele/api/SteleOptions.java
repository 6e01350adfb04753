package dev.stele.api;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// How a volume is opened or created.
///
/// @param readOnly nothing on the medium changes, not even by recovery
/// @param asPmem treat memory (a file on tmpfs) as persistent memory: flush and fence each store that must last. For
///     tests
///     and measurements where no persistent memory is at hand
/// @param label of a new volume, up to 64 bytes of UTF-8, may be empty
public record SteleOptions(boolean readOnly, boolean asPmem, String label) {
    /// To read and write, on the medium's own terms, without a label.
    public static final SteleOptions DEFAULT = new SteleOptions(false, false, "");

    public SteleOptions {
        Objects.requireNonNull(label);
    }

    public SteleOptions withReadOnly(boolean newReadOnly) {
        return new SteleOptions(newReadOnly, asPmem, label);
    }

    public SteleOptions withAsPmem(boolean newAsPmem) {
        return new SteleOptions(readOnly, newAsPmem, label);
    }

    public SteleOptions withLabel(String newLabel) {
        return new SteleOptions(readOnly, asPmem, newLabel);
    }

    /// The same for `FileSystems.newFileSystem`.
    Map<String, Object> toEnvironment() {
        Map<String, Object> environment = new HashMap<>();
        environment.put("readOnly", readOnly);
        environment.put("asPmem", asPmem);
        environment.put("label", label);
        return environment;
    }
}
