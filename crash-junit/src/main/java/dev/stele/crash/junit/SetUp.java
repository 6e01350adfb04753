package dev.stele.crash.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Brings the medium into the state that a workload starts from, before [CrashTest] workloads; everything it stores is
/// durable. Without one the medium is zeros, or an empty volume.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface SetUp {
}
