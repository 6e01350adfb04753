package dev.stele.crash.mutants;

import dev.stele.crash.weave.RewritingLoader;

/// Loads Stele anew, with a switch in every site, and with it the crash lab and what hunts mutants. What commands the
/// hunt stays outside: this package.
final class MutantLoader extends RewritingLoader {
    private static final String LAB = "dev.stele.crash.";

    private final SiteWeaver weaver;

    MutantLoader(Sites sites) {
        super(MutantLoader.class);
        this.weaver = new SiteWeaver(sites);
    }

    /// Makes an object of the class with this name, which has one constructor.
    Object make(String className, Object... arguments) {
        try {
            return loadClass(className).getConstructors()[0].newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no " + className, e);
        }
    }

    @Override
    protected byte[] rewrite(String name, byte[] bytes) {
        return name.startsWith(LAB) ? bytes : weaver.weave(bytes);
    }
}
