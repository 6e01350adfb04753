package dev.stele.crash.mutants.inside;

/// Something that uses the core, and notices when it does not do what it promises.
interface Scenario {
    String name();

    /// @param begins to be run when all that must be there is
    /// @param isQuick whether only the way through the core is wanted, and no thorough look
    /// @return what is wrong, null where nothing is; throwing is wrong, too
    String run(Runnable begins, boolean isQuick) throws Exception;

    interface Body {
        String run(Runnable begins, boolean isQuick) throws Exception;
    }

    static Scenario of(String name, Body body) {
        return new Scenario() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String run(Runnable begins, boolean isQuick) throws Exception {
                return body.run(begins, isQuick);
            }
        };
    }
}
