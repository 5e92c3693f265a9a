/** What came back from the user's editor. */
import { plainDraft } from "./composer/draft.ts";
import { loaded } from "./composer/keys.ts";
import { noticeCell } from "./cells/notice.ts";
import type { TuiPorts } from "./ports.ts";
import { type Change, only } from "./step.ts";
import { say } from "./threads.ts";

type Edited = Awaited<ReturnType<TuiPorts["editExternally"]>>;

export function externallyEdited(result: Edited): Change {
  switch (result.kind) {
    case "edited":
      return (state) =>
        only({
          ...state,
          composer: loaded(
            state.composer,
            plainDraft(result.text.replace(/\n+$/, "")),
          ),
        });
    case "failed":
      return say(noticeCell(
        "error",
        `Cannot use the editor's text: it ended with exit code ${result.status.code}; the draft is as it was`,
      ));
    case "noEditor":
      return say(noticeCell(
        "error",
        "Cannot open external editor: set $VISUAL or $EDITOR before starting Codex.",
      ));
  }
}
