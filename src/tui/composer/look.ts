/** Measures of the composer that others have to know. */

/** Columns of the sign in front of the draft. */
export const PROMPT_WIDTH = 2;
