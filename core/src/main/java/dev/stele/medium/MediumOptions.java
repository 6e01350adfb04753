package dev.stele.medium;

/// How a medium is opened or created.
///
/// @param readOnly the file under the medium is opened for reading and shared with other readers
/// @param asPmem volatile memory is treated as persistent memory is: granularity CACHE_LINE, real flushes and drains
/// @param prefault pages are mapped now, not at first touch
public record MediumOptions(boolean readOnly, boolean asPmem, boolean prefault) {
    public static final MediumOptions DEFAULT = new MediumOptions(false, false, false);

    public MediumOptions withReadOnly(boolean value) {
        return new MediumOptions(value, asPmem, prefault);
    }

    public MediumOptions withAsPmem(boolean value) {
        return new MediumOptions(readOnly, value, prefault);
    }

    public MediumOptions withPrefault(boolean value) {
        return new MediumOptions(readOnly, asPmem, value);
    }
}
