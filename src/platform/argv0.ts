/**
 * The name a process was started by. Deno tells the executable's path, which is what
 * a link points to and not the link's name, and keeps `/proc/self` to itself; the C
 * library remembers the name (`program_invocation_name(3)`).
 */

/** `argv[0]`; undefined where the system does not tell. */
export function invokedName(): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const libc = Deno.dlopen("libc.so.6", {
      program_invocation_name: { type: "pointer" },
    });
    const pointer = libc.symbols.program_invocation_name;
    return pointer === null
      ? undefined
      : Deno.UnsafePointerView.getCString(pointer);
  } catch {
    // Another C library, or no permission: the program then has one name only.
    return undefined;
  }
}
