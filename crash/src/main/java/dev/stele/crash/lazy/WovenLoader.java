package dev.stele.crash.lazy;

import dev.stele.crash.weave.RewritingLoader;
import java.lang.reflect.InvocationTargetException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Loads Stele and the crash lab anew, so woven that every load from memory tells of itself.
public final class WovenLoader extends RewritingLoader {
    private final Set<String> shared;
    private final LoadWeaver weaver;

    /// @param shared what goes in and out: plain records, which both sides have in common
    public WovenLoader(Class<?>... shared) {
        this(method -> false, shared);
    }

    /// @param leavesOut methods, as `package/Class.method`, that are not woven: for tests of what finds them
    WovenLoader(Predicate<String> leavesOut, Class<?>... shared) {
        super(WovenLoader.class);
        this.shared = Stream.of(shared).map(Class::getName).collect(Collectors.toUnmodifiableSet());
        this.weaver = new LoadWeaver(leavesOut);
    }

    /// Whether a class is one that was woven.
    public static boolean wove(Class<?> type) {
        // The loader that made it may be another's copy of this class.
        return type.getClassLoader().getClass().getName().equals(WovenLoader.class.getName());
    }

    /// Calls the static method of a class, woven, that has this name; it is the only one.
    public Object call(String className, String method, Object... arguments) {
        try {
            return Stream.of(loadClass(className).getMethods()).filter(each -> each.getName().equals(method))
                    .findFirst().orElseThrow(() -> new LinkageError("no " + className + "." + method))
                    .invoke(null, arguments);
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (failed.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new LinkageError(className + "." + method, failed.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no " + className + "." + method, e);
        }
    }

    @Override
    protected boolean isShared(String name) {
        return shared.contains(name);
    }

    @Override
    protected byte[] rewrite(String name, byte[] bytes) {
        return weaver.weave(bytes);
    }
}
