package dev.stele.crash.junit;

import java.lang.reflect.Method;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/// Makes tests of a method annotated [CrashTest]: one that runs the workload, and then one for each point.
final class CrashTestExtension implements TestTemplateInvocationContextProvider {
    private static final Namespace NAMESPACE = Namespace.create(CrashTestExtension.class);

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), CrashTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Method workload = context.getRequiredTestMethod();
        Phases phases = Phases.of(context.getRequiredTestClass(), workload);
        CrashTest test = AnnotationSupport.findAnnotation(workload, CrashTest.class).orElseThrow();
        Lab lab = new Lab(phases, Settings.of(test, phases));
        // Closed with the context, when the last of the tests is done.
        context.getStore(NAMESPACE).put(workload, lab);
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(new Nodes(lab, context), Spliterator.ORDERED), false);
    }
}
