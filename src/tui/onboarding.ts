/**
 * Before the first session: signing in, where the provider wants that, and whether the
 * directory is trusted. Each step shows the next one when it is done.
 */
import { noticeCell } from "./cells/notice.ts";
import { inputPane } from "./panes/input.ts";
import { listPane } from "./panes/list.ts";
import { loginPane } from "./panes/login.ts";
import { line, span } from "./render/line.ts";
import { BOLD, DIM } from "./render/style.ts";
import { type Change, inOrder, only } from "./step.ts";
import { say } from "./threads.ts";
import type { TuiPorts } from "./ports.ts";

/** Named to the issuer; what the reference is named. */
const ORIGINATOR = "codex_cli_rs";

/** Asks for a login unless there is one; then goes on. */
export function signIn(next: Change): Change {
  return (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot see who is logged in",
      run: async ({ services }) => {
        const { account } = await services.settings.account();
        return account == null ? signInList(next, undefined) : next;
      },
    });
}

function signInList(next: Change, problem: string | undefined): Change {
  return (state) =>
    only({
      ...state,
      panes: [
        ...state.panes.filter(({ name }) => name !== "login"),
        listPane({
          name: "sign-in",
          keymap: state.keymap.list,
          title: [
            line(
              span("Welcome to Codex", BOLD),
              ", a coding agent for the command line",
            ),
            line(span(
              "Sign in with ChatGPT to use Codex as part of your paid plan",
              DIM,
            )),
            line(span("or connect an API key for usage-based billing", DIM)),
            ...(problem === undefined
              ? []
              : [line(span(problem, state.theme.failure))]),
          ],
          items: [
            {
              label: "Sign in with ChatGPT",
              description:
                "Usage included with Plus, Pro, Business, and Enterprise plans",
              choose: browserLogin(next),
            },
            {
              label: "Sign in with Device Code",
              description: "Sign in from another device with a one-time code",
              choose: deviceLogin(next),
            },
            {
              label: "Provide your own API key",
              description: "Pay for what you use",
              choose: apiKeyInput(next),
            },
          ],
          footer: "Press Enter to continue",
          onCancel: (before) => only(before, { type: "quit" }),
        }),
      ],
    });
}

/** Begins a login; a failure leads back to the list, which says why. */
function attempted(
  next: Change,
  begin: (ports: TuiPorts, signal: AbortSignal) => Promise<Change>,
): Change {
  return (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot sign in",
      run: async (ports, signal) => {
        try {
          return await begin(ports, signal);
        } catch (error) {
          if (signal.aborted) throw error;
          return signInList(
            next,
            error instanceof Error ? error.message : String(error),
          );
        }
      },
    });
}

function browserLogin(next: Change): Change {
  return attempted(next, async ({ services }, signal) => {
    const login = await services.logins.startBrowser(ORIGINATOR, signal);
    services.logins.openBrowser(login.url);
    return loginPane({
      login,
      title: "Finish signing in via your browser",
      rows: [
        line(
          "If the link doesn't open automatically, open the following link to authenticate:",
        ),
        line(span(login.url, { fg: 6, underline: true, link: login.url })),
        line(span(
          "On a remote or headless machine? Press Esc and choose Sign in with Device Code.",
          DIM,
        )),
      ],
      onDone: inOrder(
        say(noticeCell("info", "Signed in with ChatGPT")),
        next,
      ),
      onEnd: (problem) => signInList(next, problem),
    });
  });
}

function deviceLogin(next: Change): Change {
  return attempted(next, async ({ services }, signal) => {
    const login = await services.logins.startDevice(signal);
    return loginPane({
      login,
      title: "Sign in with a device code",
      rows: [
        line("Open this link on any device and sign in:"),
        line(span(login.url, { fg: 6, underline: true, link: login.url })),
        line("Then type this one-time code:"),
        line(span(login.code, BOLD)),
        line(span(
          "Never give the code to anybody: whoever has it can use your account.",
          DIM,
        )),
      ],
      onDone: inOrder(
        say(noticeCell("info", "Signed in with ChatGPT")),
        next,
      ),
      onEnd: (problem) => signInList(next, problem),
    });
  });
}

function apiKeyInput(next: Change): Change {
  return (state) =>
    only({
      ...state,
      panes: [
        ...state.panes,
        inputPane({
          name: "api-key",
          title: "Use your own OpenAI API key for usage-based billing",
          placeholder: "Paste or type your API key; it is kept in auth.json",
          isSecret: true,
          problem: (key) =>
            /\s/.test(key) ? "A key has no spaces in it" : undefined,
          submit: (key) =>
            attempted(next, async ({ services }) => {
              await services.logins.storeApiKey(key);
              return inOrder(
                say(noticeCell("info", "API key configured")),
                next,
              );
            }),
          onCancel: signInList(next, undefined),
        }),
      ],
    });
}

/** Asks whether the directory's own configuration may load. */
export function askTrust(directory: string, next: Change): Change {
  return (state) =>
    only({
      ...state,
      panes: [
        ...state.panes,
        listPane({
          name: "trust",
          keymap: state.keymap.list,
          title: [
            line("You are in ", span(directory, BOLD)),
            line(""),
            line(
              "Do you trust the contents of this directory? Working with untrusted " +
                "contents comes with higher risk of prompt injection. Trusting the " +
                "directory allows project-local config, hooks, and exec policies to load.",
            ),
          ],
          items: [
            { label: "Yes, continue", choose: trusting(directory, next) },
            {
              label: "No, quit",
              choose: (before) => only(before, { type: "quit" }),
            },
          ],
          footer: "Press enter to continue",
          onCancel: (before) => only(before, { type: "quit" }),
        }),
      ],
    });
}

function trusting(directory: string, next: Change): Change {
  return (state) =>
    only(state, {
      type: "call",
      attempt: "Cannot remember that the directory is trusted",
      run: async ({ services }) => {
        await services.editor.write({
          changes: [{
            // A path has dots of its own.
            keyPath: `projects.${JSON.stringify(directory)}.trust_level`,
            value: "trusted",
            mergeStrategy: "replace",
          }],
        });
        return next;
      },
    });
}
