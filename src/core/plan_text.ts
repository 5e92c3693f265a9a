/**
 * Finds a proposed plan in what the model writes: the lines between two tags, each on
 * a line of its own. It reads a stream piece by piece and gives out what it knows to
 * belong to the plan or to the message around it. Pure.
 */

const OPEN = "<proposed_plan>";
const CLOSE = "</proposed_plan>";

export interface TextPart {
  readonly kind: "message" | "plan";
  readonly text: string;
}

export class PlanReader {
  #isInPlan = false;
  /** The line so far, kept back while it may still become a tag. */
  #held = "";
  /** The rest of the line is plain text. */
  #isLineDecided = false;

  /** Takes more text; gives the parts that are certain. */
  push(text: string): readonly TextPart[] {
    const parts: TextPart[] = [];
    for (const piece of text.split(/(?<=\n)/)) {
      this.#takePiece(piece, parts);
    }
    return merged(parts);
  }

  /** The text has ended; gives what was kept back. */
  end(): readonly TextPart[] {
    const parts: TextPart[] = [];
    this.#endLine(this.#held, parts);
    this.#isInPlan = false;
    return merged(parts);
  }

  /** A piece of one line, with its line feed when the line is complete. */
  #takePiece(piece: string, parts: TextPart[]): void {
    const isComplete = piece.endsWith("\n");
    if (this.#isLineDecided) {
      this.#add(piece, parts);
      this.#isLineDecided = !isComplete;
      return;
    }
    this.#held += piece;
    if (isComplete) return this.#endLine(this.#held, parts);
    const tag = this.#isInPlan ? CLOSE : OPEN;
    if (tag.startsWith(this.#held.trim())) return;
    this.#add(this.#held, parts);
    this.#held = "";
    this.#isLineDecided = true;
  }

  #endLine(line: string, parts: TextPart[]): void {
    this.#held = "";
    const tag = this.#isInPlan ? CLOSE : OPEN;
    if (line.trim() === tag) this.#isInPlan = !this.#isInPlan;
    else this.#add(line, parts);
  }

  #add(text: string, parts: TextPart[]): void {
    if (text === "") return;
    parts.push({ kind: this.#isInPlan ? "plan" : "message", text });
  }
}

/** A whole message without its plan, and the plan; undefined when there is none. */
export function splitPlan(
  text: string,
): { readonly message: string; readonly plan: string | undefined } {
  const reader = new PlanReader();
  const parts = [...reader.push(text), ...reader.end()];
  const join = (kind: TextPart["kind"]) =>
    parts.filter((part) => part.kind === kind).map((part) => part.text).join(
      "",
    );
  const plan = join("plan");
  return {
    message: join("message"),
    plan: plan.trim() === "" ? undefined : plan,
  };
}

/** Neighbours of one kind as one part. */
function merged(parts: readonly TextPart[]): readonly TextPart[] {
  const result: TextPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last?.kind === part.kind) {
      result[result.length - 1] = { ...last, text: last.text + part.text };
    } else result.push(part);
  }
  return result;
}
