/// The `stele` command: a leaf that stands on the public doors (`java.nio.file` over the `dax:` scheme, and `Volume`,
/// `Media` and `Check` where a command is about the volume itself).
///
/// One class is one subcommand. Rules that all of them keep:
///
/// - I1: what was asked for goes to standard output, everything else to standard error.
/// - I2: a failure is one line on standard error that names the file and says what to do; a stack trace only shows
///   with `--debug` or `STELE_DEBUG=1`.
/// - I3: exit codes are those of [ExitCode].
/// - I4: every volume that a command opens is closed before the process ends, also after a failure ([Session]).
/// - I5: a path inside a volume is written `image:/path`; a host path contains no `:/` ([Operand]).
package dev.stele.cli;
