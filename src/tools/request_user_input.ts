/** `request_user_input`: the model asks the user up to three questions. */
import * as v from "valibot";
import { defineTool, failed } from "./tool.ts";

const QUESTIONS_MAX = 3;

export const requestUserInput = defineTool({
  name: "request_user_input",
  description:
    "Asks the user one to three short questions and waits. Only in plan mode.",
  parameters: v.object({
    questions: v.array(v.object({
      id: v.pipe(v.string(), v.description("snake_case, names the answer")),
      header: v.pipe(v.string(), v.description("At most 12 characters")),
      question: v.pipe(v.string(), v.description("One sentence")),
      options: v.pipe(
        v.array(v.object({
          label: v.pipe(v.string(), v.description("One to five words")),
          description: v.pipe(v.string(), v.description("What it means")),
        })),
        v.description(
          "Two or three, the recommended first; the user can always write another answer",
        ),
      ),
    })),
  }),
  parallel: false,
  isOffered: () => true,
  async run({ questions }, context, signal) {
    if (!context.mayAskUser) {
      return failed("request_user_input is unavailable in Default mode");
    }
    if (questions.length === 0 || questions.length > QUESTIONS_MAX) {
      return failed(
        `request_user_input takes 1 to ${QUESTIONS_MAX} questions, not ${questions.length}`,
      );
    }
    if (questions.some(({ options }) => options.length === 0)) {
      return failed(
        "request_user_input requires non-empty options for every question",
      );
    }
    const answers = await context.askUser(questions, signal);
    return answers === undefined
      ? failed(
        "nobody answered request_user_input; go on with a sensible assumption and say which",
      )
      : { kind: "ok", output: JSON.stringify({ answers }) };
  },
});
