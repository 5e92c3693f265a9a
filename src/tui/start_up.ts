/** What happens once when a session begins. */
import { plainDraft } from "./composer/draft.ts";
import { loaded } from "./composer/keys.ts";
import { NO_POPUP } from "./composer/state.ts";
import { askTrust, signIn } from "./onboarding.ts";
import type { TuiPorts, TuiRequest } from "./ports.ts";
import { resumePicker } from "./panes/resume.ts";
import { noticeCell } from "./cells/notice.ts";
import { type Change, inOrder, only } from "./step.ts";
import { say } from "./threads.ts";
import { withComposer } from "./update_composer.ts";

/** Changes in their order; none of them waits for another. */
export function startUp(
  request: TuiRequest,
  { services }: TuiPorts,
): readonly Change[] {
  return [
    readHistory,
    bringBackDraft,
    (state) => only({ ...state, models: services.models() }),
    beginning(request),
    firstPrompt(request),
    lookAround,
  ];
}

/** What a session that was cut off had in its composer comes back, once. */
const bringBackDraft: Change = (state) =>
  only(state, {
    type: "call",
    attempt: "Cannot look for unsent drafts",
    run: async ({ drafts }) => {
      const texts = await drafts.takeLost();
      return (before) =>
        texts.length === 0 || before.composer.editor.text !== ""
          ? only(withComposer(before, {
            ...before.composer,
            history: [...before.composer.history, ...texts.map(plainDraft)],
          }))
          : inOrder(
            (empty) =>
              only(withComposer(
                empty,
                loaded(empty.composer, plainDraft(texts.join("\n"))),
              )),
            say(noticeCell("info", "Brought back what was not sent")),
          )(before);
    },
  });

const readHistory: Change = (state) =>
  only(state, {
    type: "call",
    attempt: "Cannot read earlier messages",
    run: async ({ prompts }) => {
      const texts = await prompts.read();
      return (before) =>
        only({
          ...before,
          composer: {
            ...before.composer,
            // What was written meanwhile is newer.
            history: [...texts.map(plainDraft), ...before.composer.history],
          },
        });
    },
  });

/** The session, and before it what has to be settled first. */
function beginning(request: TuiRequest): Change {
  const { untrusted, requiresLogin } = request;
  const session = openSession(request);
  const trusted = untrusted === undefined
    ? session
    : askTrust(untrusted, session);
  return requiresLogin ? signIn(trusted) : trusted;
}

function openSession(request: TuiRequest): Change {
  const { start, thread } = request;
  if (start.kind === "pick") return resumePicker(start.act, request);
  return (state) =>
    only(state, { type: "open", how: { ...start, request: thread } });
}

function firstPrompt({ prompt, images }: TuiRequest): Change {
  return (state) => {
    if (prompt === undefined && images.length === 0) return only(state);
    const names = images.map((_, index) => `[Image #${index + 1}]`);
    const text = [...names, ...(prompt === undefined ? [] : [prompt])].join(
      " ",
    );
    return only({
      ...state,
      composer: { ...state.composer, popup: NO_POPUP },
      waiting: [...state.waiting, {
        kind: "message",
        text,
        attachments: images.map((path) => ({ type: "localImage", path })),
      }],
    });
  };
}

/** Skills and the branch: nobody waits for them. */
const lookAround: Change = (state) =>
  only(state, {
    type: "call",
    attempt: "Cannot look for skills",
    run: async ({ services, cwd, gitBranch }, signal) => {
      const [{ skills }, branch] = await Promise.all([
        services.settings.skills(cwd, []),
        gitBranch(cwd, signal),
      ]);
      return (before) =>
        only({
          ...before,
          gitBranch: branch,
          skills: skills.filter(({ enabled }) => enabled).map((skill) => ({
            name: skill.name,
            path: skill.path,
            title: skill.interface?.displayName ?? skill.name,
            description: skill.interface?.shortDescription ??
              skill.shortDescription ?? skill.description,
          })),
        });
    },
  });
