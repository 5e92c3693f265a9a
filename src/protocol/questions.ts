/** What the model asks the user, and what it is answered. */

/** One question with a few answers to choose from; the user may also write their own. */
export interface UserQuestion {
  /** Names the answer; unique among the questions asked together. */
  readonly id: string;
  /** A few words to stand above it. */
  readonly header: string;
  readonly question: string;
  readonly options: readonly {
    readonly label: string;
    readonly description: string;
  }[];
}

/** What was chosen or written, by question id. A note of the user's own is one more. */
export type UserAnswers = Readonly<
  Record<string, { readonly answers: readonly string[] }>
>;
