/**
 * The bindings of device keys, on a thread of its own: SQLite blocks, for seconds when
 * another program holds the database, and an agent at work must not wait for that.
 */
import { denoClock } from "@/platform/deno.ts";
import { denoFiles } from "@/platform/files.ts";
import type { Database } from "@/platform/platform.ts";
import { openDatabase } from "@/platform/sqlite.ts";
import { answerOnThread } from "@/platform/thread.ts";
import type { DeviceKeyBinding } from "@/protocol/device_keys.ts";
import {
  DATABASE_FILE,
  explained,
  openStateDatabase,
} from "@/state/database.ts";
import { addBinding, findBinding } from "@/state/device_key_bindings.ts";

/** What the thread can be asked. */
export type BindingQuestion =
  & { readonly sqliteHome: string }
  & (
    | { readonly kind: "find"; readonly keyId: string }
    | { readonly kind: "add"; readonly binding: DeviceKeyBinding }
  );

let opened: Promise<Database> | undefined;

answerOnThread(async (value) => {
  // Only `device_keys.ts` beside this file asks, in these words.
  const question = value as BindingQuestion;
  const { sqliteHome } = question;
  const database = await (opened ??= open(sqliteHome));
  return await explained(`${sqliteHome}/${DATABASE_FILE}`, async () => {
    if (question.kind === "find") return findBinding(database, question.keyId);
    addBinding(database, question.binding);
    return undefined;
  });
});

async function open(sqliteHome: string): Promise<Database> {
  try {
    const database = await openStateDatabase({
      files: denoFiles,
      databases: { open: async (path) => openDatabase(path) },
      clock: denoClock,
      sqliteHome,
    });
    // A client believes in a key once it is told of it, also after a power cut.
    database.script("PRAGMA synchronous = FULL");
    return database;
  } catch (error) {
    // The next one who asks may find it mended.
    opened = undefined;
    throw error;
  }
}
