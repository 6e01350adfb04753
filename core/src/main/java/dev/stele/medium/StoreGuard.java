package dev.stele.medium;

/// What must happen before bytes of a view change.
interface StoreGuard {
    /// Memory that is simply there.
    StoreGuard NONE = (at, byteCount) -> {
    };

    /// @throws dev.stele.error.VolumeException where the store must not happen
    void beforeStore(long at, long byteCount);
}
