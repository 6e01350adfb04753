package dev.stele.bench;

/// What two threads with Stele, on files of their own, should do together beside one of them alone.
final class ScaleGoal {
    private static final double AT_LEAST = 1.7;

    private ScaleGoal() {
    }

    static Goal because(String whyMissed) {
        return new Goal(Peer.SELF, AT_LEAST, whyMissed);
    }

    static Goal withOneLog() {
        return because("Both threads put their records into one log, one after the other; beyond that the rows "
                + "scale-raw-… say what this machine gives to two threads with bare memory.");
    }

    static Goal withNothingShared() {
        return because("The threads store to nothing that both use, but their processors may be halves of one, and "
                + "share caches and the way to memory: the rows scale-raw-… say what this machine gives to two "
                + "threads with bare memory.");
    }
}
