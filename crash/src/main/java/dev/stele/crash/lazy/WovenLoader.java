package dev.stele.crash.lazy;

import dev.stele.crash.Campaign;
import dev.stele.crash.Oracles;
import dev.stele.crash.Result;
import dev.stele.crash.Settings;
import dev.stele.crash.Violation;
import dev.stele.crash.weave.RewritingLoader;
import dev.stele.medium.sim.PowerCuts;
import java.lang.reflect.InvocationTargetException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Loads Stele and the crash lab anew, so woven that every load from memory tells of itself. What goes in and out are
/// plain records, which both sides share.
public final class WovenLoader extends RewritingLoader {
    private static final Set<String> SHARED = Stream.of(Settings.class, Oracles.class, Result.class, Violation.class,
            Campaign.Watcher.class, PowerCuts.Coverage.class).map(Class::getName)
            .collect(Collectors.toUnmodifiableSet());

    private final LoadWeaver weaver;

    public WovenLoader() {
        this(method -> false);
    }

    /// @param leavesOut methods, as `package/Class.method`, that are not woven: for tests of what finds them
    WovenLoader(Predicate<String> leavesOut) {
        super(WovenLoader.class);
        this.weaver = new LoadWeaver(leavesOut);
    }

    /// Whether a class is one that was woven.
    public static boolean wove(Class<?> type) {
        // The loader that made it may be another's copy of this class.
        return type.getClassLoader().getClass().getName().equals(WovenLoader.class.getName());
    }

    /// Calls the static method of a class, woven, that has this name; it is the only one.
    Object call(String className, String method, Object... arguments) {
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

    /// Runs a campaign in it.
    public Result campaign(Settings settings, long walks, Campaign.Watcher watcher) {
        return (Result) call(Campaign.class.getName(), "runHere", settings, walks, watcher);
    }

    @Override
    protected boolean isShared(String name) {
        return SHARED.contains(name);
    }

    @Override
    protected byte[] rewrite(String name, byte[] bytes) {
        return weaver.weave(bytes);
    }
}
