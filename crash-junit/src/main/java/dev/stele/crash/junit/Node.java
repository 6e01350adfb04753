package dev.stele.crash.junit;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;

/// One test: the workload itself, or what stands in its place.
record Node(Lab lab, String name, Task task)
        implements TestTemplateInvocationContext, InvocationInterceptor, ParameterResolver {
    /// What a test does on its instance of the test class.
    private interface Task {
        void run(Object instance, Invocation<Void> invocation) throws Throwable;
    }

    static Node ofWorkload(Lab lab) {
        return new Node(lab, "the workload", (instance, invocation) -> lab.run(instance, invocation::proceed));
    }

    static Node ofMoment(Lab lab, Moment moment) {
        String name = moment.number() + " " + moment.title() + " at " + moment.at().shortly();
        return new Node(lab, name, (instance, invocation) -> {
            invocation.skip();
            lab.explore(moment, instance);
        });
    }

    /// What cutting there found was found with the states it was recovered from.
    static Node ofRecovery(Lab lab, RecoveryPoint point) {
        return new Node(lab, point.name(), (instance, invocation) -> {
            invocation.skip();
            if (point.failure() != null) {
                throw point.failure();
            }
        });
    }

    @Override
    public String getDisplayName(int invocationIndex) {
        return name;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
        return List.of(this);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return lab.phases().supports(parameter.getParameter());
    }

    /// Who does not run the workload needs no arguments for it.
    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (lab.state() == Lab.State.RAN) {
            return null;
        }
        try {
            lab.prepare(context.getRequiredTestInstance());
            return lab.argument(parameter.getParameter().getType());
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable failed) {
            throw new ParameterResolutionException(lab.phases().name() + ": set up failed", failed);
        }
    }

    @Override
    public void interceptTestTemplateMethod(Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> invocationContext, ExtensionContext context) throws Throwable {
        task.run(context.getRequiredTestInstance(), invocation);
    }
}
