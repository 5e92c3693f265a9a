/** Setting up the sandbox of Windows, which is nothing to set up anywhere else. */
import type { Handlers } from "../session.ts";

/** @param os the name `initialize` tells */
export function windowsHandlers(
  os: string,
): Pick<Handlers, "windowsSandbox/setupStart"> {
  return {
    async "windowsSandbox/setupStart"({ mode }, { session, afterAnswer }) {
      const why = os === "windows"
        ? "is not available in this version"
        : "is only supported on Windows";
      afterAnswer(() =>
        session.notify({
          method: "windowsSandbox/setupCompleted",
          params: {
            mode,
            success: false,
            error: `${mode} Windows sandbox setup ${why}`,
          },
        })
      );
      return { started: true };
    },
  };
}
