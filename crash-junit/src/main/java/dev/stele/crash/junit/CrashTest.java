package dev.stele.crash.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A workload during which the power is cut: at every fence, whenever a step returns, at every point the workload
/// names, and at every fence of the recovery from such a cut. For each of these points there is a test; it tries what
/// the cut may leave, has the methods annotated [Recover] bring that up and those annotated [Check] judge it.
///
/// The workload runs once, on the medium that the parameters of the methods ask for:
///
/// | parameter                              | is                                                                    |
/// |----------------------------------------|-----------------------------------------------------------------------|
/// | [dev.stele.api.PersistentMemory]       | the medium, with the verbs that make stores durable                   |
/// | [java.lang.foreign.MemorySegment]      | the same bare; `PersistentMemory.of` knows it, and every slice of it  |
/// | [SimulatedFile]                        | the same as a file that `FileChannel` opens and maps                  |
/// | [dev.stele.api.Stele]                  | a volume on the medium, open                                          |
/// | [java.nio.file.FileSystem]             | the same for `java.nio.file.Files`                                    |
/// | [java.nio.file.Path]                   | the root directory of that file system                                |
/// | [CrashLab]                             | of the workload only: names its steps and points                      |
/// | [Crash]                                | of checks only: what had returned when the power went                 |
/// | what the method annotated [Recover] returns | of checks only                                                   |
///
/// Each test runs on an instance of the test class of its own, as another process would: what the workload left in
/// fields is not there.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@TestTemplate
@ExtendWith(CrashTestExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
public @interface CrashTest {
    /// What a cut may leave of stores that nothing has made durable.
    Model model() default Model.WORDS;

    /// A point at which a cut may leave no more than two to the power of this many states has all of them tried; one
    /// with no more undurable lines than this has every combination of lost lines tried. 0 to 20.
    int exhaustiveLines() default 12;

    /// Random choices tried at every other point, by whole lines and again by words. 0 to 1000000.
    int samples() default 150;

    /// How many times the power goes again during recovery. 0 to 3.
    int nested() default 1;

    /// Start of everything random. The system property `stele.seed` overrides it.
    long seed() default 1;

    /// Size of the medium: 0 for 64 KiB, or 2 MiB for a volume; a multiple of 4096, at most 64 MiB.
    long sizeBytes() default 0;

    /// The cut that a failure has told, tried alone. The system property `stele.crash.replay` overrides it.
    String replay() default "";

    /// A directory in which a failure leaves the image that failed, before recovery. The system property
    /// `stele.crash.save` overrides it.
    String saveTo() default "";
}
