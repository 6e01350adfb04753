package dev.stele.crash.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Loads Stele anew, with a switch in every site, and with it the crash lab and what hunts mutants. What commands the
/// hunt stays outside: this package.
final class MutantLoader extends ClassLoader {
    private static final String STELE = "dev.stele.";
    private static final String CONTROL = MutantLoader.class.getPackageName() + ".";

    private final SiteWeaver weaver;

    MutantLoader(Sites sites) {
        super(MutantLoader.class.getClassLoader());
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
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean isControl = name.startsWith(CONTROL) && name.indexOf('.', CONTROL.length()) < 0;
        if (!name.startsWith(STELE) || isControl) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        try (InputStream in = getParent().getResourceAsStream(path)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            byte[] woven = name.startsWith(STELE + "crash.") ? bytes : weaver.weave(bytes);
            return defineClass(name, woven, 0, woven.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
