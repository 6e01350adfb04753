package dev.stele.crash.weave;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Loads Stele anew, each class rewritten. What commands it stays outside: the package of the loader that extends this,
/// but for the packages below that one.
public abstract class RewritingLoader extends ClassLoader {
    private static final String STELE = "dev.stele.";

    private final String control;

    /// @param commander the class that extends this
    protected RewritingLoader(Class<? extends RewritingLoader> commander) {
        super(commander.getClassLoader());
        this.control = commander.getPackageName() + ".";
    }

    /// Whether a class of Stele is the parent's all the same.
    protected boolean isShared(String name) {
        return false;
    }

    /// @param bytes of the class file as it was compiled
    /// @return those to define it by
    protected abstract byte[] rewrite(String name, byte[] bytes);

    @Override
    protected final Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean isControl = name.startsWith(control) && name.indexOf('.', control.length()) < 0;
        if (!name.startsWith(STELE) || isControl || isShared(name)) {
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
            byte[] rewritten = rewrite(name, in.readAllBytes());
            return defineClass(name, rewritten, 0, rewritten.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
