/** A login that somebody finishes elsewhere. */
import type { PendingLogin } from "@/protocol/logins.ts";
import {
  EMPTY_LINE,
  type Line,
  line,
  span,
  wrapLine,
} from "@/tui/render/line.ts";
import { BOLD, DIM } from "@/tui/render/style.ts";
import { type Change, only } from "@/tui/step.ts";
import { close, type Pane, stay } from "./pane.ts";

export interface LoginPaneSpec {
  readonly login: PendingLogin;
  readonly title: string;
  readonly rows: readonly Line[];
  readonly onDone: Change;
  /** It failed, with the reason, or was given up. */
  readonly onEnd: (problem: string | undefined) => Change;
}

const GIVEN_UP = "Given up";

/** Shows it, and waits for its end. */
export function loginPane(spec: LoginPaneSpec): Change {
  return (state) =>
    only(
      { ...state, panes: [...state.panes, paneOf(spec)] },
      {
        type: "call",
        attempt: "Cannot sign in",
        run: async () => {
          const outcome = await spec.login.outcome;
          const after = outcome.kind === "done" ? spec.onDone : spec.onEnd(
            outcome.reason === GIVEN_UP ? undefined : outcome.reason,
          );
          return (before) =>
            after({
              ...before,
              panes: before.panes.filter(({ name }) => name !== "login"),
            });
        },
      },
    );
}

function paneOf({ login, title, rows }: LoginPaneSpec): Pane {
  const pane: Pane = {
    name: "login",
    placement: "inline",
    onKey: ({ chord }) =>
      chord === "escape" || chord === "ctrl+c"
        ? close((state) =>
          only(state, {
            type: "call",
            attempt: "Cannot give the login up",
            run: async () => {
              // Its end leads back to the list.
              await login.cancel(GIVEN_UP);
              return (before) => only(before);
            },
          })
        )
        : stay(pane),
    render: ({ width, height }) => ({
      lines: [
        line(span(`  ${title}`, BOLD)),
        EMPTY_LINE,
        ...rows.flatMap((row) =>
          wrapLine(row, { width, first: [span("  ")], mode: "words" })
        ),
        EMPTY_LINE,
        line(span("  Press Esc to cancel", DIM)),
      ].slice(0, height),
    }),
  };
  return pane;
}
