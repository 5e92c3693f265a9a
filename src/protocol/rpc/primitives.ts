/** Values every part of the protocol is made of. */
import * as v from "valibot";

export const Text = v.string();
export const Flag = v.boolean();
export const Int = v.pipe(v.number(), v.integer());

/** Nothing, as an object. */
export const Empty = v.record(Text, v.unknown());
