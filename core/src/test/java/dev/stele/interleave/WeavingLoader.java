package dev.stele.interleave;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Loads Stele anew, woven, and with it the scenarios that drive it. What controls them stays outside: this package.
final class WeavingLoader extends ClassLoader {
    private static final String STELE = "dev.stele.";
    private static final String CONTROL = WeavingLoader.class.getPackageName() + ".";

    private final Weaver weaver;

    WeavingLoader(Seed seed) {
        super(WeavingLoader.class.getClassLoader());
        this.weaver = new Weaver(this::bytes, seed);
    }

    /// Makes a scenario of the class with this name, which has one constructor.
    Scenario scenario(String className, Object... arguments) {
        try {
            return (Scenario) loadClass(className).getConstructors()[0].newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no scenario " + className, e);
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
        byte[] bytes = bytes(name.replace('.', '/'));
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] woven = weaver.weave(bytes);
        return defineClass(name, woven, 0, woven.length);
    }

    private byte[] bytes(String internalName) {
        try (InputStream in = getParent().getResourceAsStream(internalName + ".class")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
