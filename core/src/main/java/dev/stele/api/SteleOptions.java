package dev.stele.api;

import dev.stele.mapping.TrackingMode;
import dev.stele.volume.SyncStrategy;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// How a volume is opened or created.
///
/// @param readOnly nothing on the medium changes, not even by recovery
/// @param asPmem treat memory (a file on tmpfs) as persistent memory: flush and fence each store that must last. For
///     tests and measurements where no persistent memory is at hand
/// @param label of a new volume, up to 64 bytes of UTF-8, may be empty
/// @param strategy who remembers what a sync has to flush
/// @param tracking how stores through mappings are noticed, where a mapping does not ask for another way
public record SteleOptions(
        boolean readOnly, boolean asPmem, String label, SyncStrategy strategy, TrackingMode tracking) {
    /// To read and write, on the medium's own terms, without a label.
    public static final SteleOptions DEFAULT =
            new SteleOptions(false, false, "", SyncStrategy.FILE, TrackingMode.AUTO);

    public SteleOptions {
        Objects.requireNonNull(label);
        Objects.requireNonNull(strategy);
        Objects.requireNonNull(tracking);
    }

    public SteleOptions withReadOnly(boolean newReadOnly) {
        return new SteleOptions(newReadOnly, asPmem, label, strategy, tracking);
    }

    public SteleOptions withAsPmem(boolean newAsPmem) {
        return new SteleOptions(readOnly, newAsPmem, label, strategy, tracking);
    }

    public SteleOptions withLabel(String newLabel) {
        return new SteleOptions(readOnly, asPmem, newLabel, strategy, tracking);
    }

    public SteleOptions withStrategy(SyncStrategy newStrategy) {
        return new SteleOptions(readOnly, asPmem, label, newStrategy, tracking);
    }

    public SteleOptions withTracking(TrackingMode newTracking) {
        return new SteleOptions(readOnly, asPmem, label, strategy, newTracking);
    }

    /// The same for `FileSystems.newFileSystem`.
    Map<String, Object> toEnvironment() {
        Map<String, Object> environment = new HashMap<>();
        environment.put("readOnly", readOnly);
        environment.put("asPmem", asPmem);
        environment.put("label", label);
        environment.put("strategy", strategy);
        environment.put("tracking", tracking);
        return environment;
    }
}
