/** Files, as the client commands them: with the user's rights, outside the sandbox. */
import { RPC_INTERNAL, RPC_INVALID_REQUEST, RpcError } from "@/jsonrpc/peer.ts";
import {
  copyPath,
  type CopyProblem,
  factsOf,
  listNames,
  makeDirectory,
  readWhole,
  removePath,
  writeWhole,
} from "@/platform/host_files.ts";
import { isAbsolute } from "@/platform/paths.ts";
import { FileError } from "@/platform/platform.ts";
import type { Handlers } from "../session.ts";

type Names =
  | "fs/copy"
  | "fs/createDirectory"
  | "fs/getMetadata"
  | "fs/readDirectory"
  | "fs/readFile"
  | "fs/remove"
  | "fs/writeFile";

const COPY_PROBLEMS: Readonly<Record<CopyProblem, string>> = {
  is_directory:
    "fs/copy requires recursive: true when sourcePath is a directory",
  into_itself:
    "fs/copy cannot copy a directory to itself or one of its descendants",
  no_file: "fs/copy cannot copy what is no file, directory or link",
};

/** @param uid who we are */
export function fileHandlers(uid: number): Pick<Handlers, Names> {
  return {
    async "fs/readFile"({ path }) {
      const content = await told(readWhole(absolute(path)));
      return { dataBase64: content.toBase64() };
    },
    async "fs/writeFile"({ path, dataBase64 }) {
      await told(writeWhole(absolute(path), bytesOf(dataBase64), uid));
      return {};
    },
    async "fs/createDirectory"({ path, recursive }) {
      await told(
        makeDirectory(absolute(path), { recursive: recursive ?? true }),
      );
      return {};
    },
    async "fs/getMetadata"({ path }) {
      const { createdMs, modifiedMs, ...kinds } = await told(
        factsOf(absolute(path)),
      );
      return { ...kinds, createdAtMs: createdMs, modifiedAtMs: modifiedMs };
    },
    async "fs/readDirectory"({ path }) {
      const names = await told(listNames(absolute(path)));
      return {
        entries: names.map(({ name, ...kinds }) => ({
          fileName: name,
          ...kinds,
        })),
      };
    },
    async "fs/remove"({ path, recursive, force }) {
      await told(removePath(absolute(path), {
        recursive: recursive ?? true,
        mayBeAbsent: force ?? true,
      }));
      return {};
    },
    async "fs/copy"({ sourcePath, destinationPath, recursive }, { signal }) {
      const problem = await told(
        copyPath(
          absolute(sourcePath),
          absolute(destinationPath),
          { recursive: recursive ?? false },
          signal,
        ),
      );
      if (problem === undefined) return {};
      throw new RpcError(RPC_INVALID_REQUEST, COPY_PROBLEMS[problem]);
    },
  };
}

/** A server has no directory of its own that a client could mean. */
function absolute(path: string): string {
  if (isAbsolute(path)) return path;
  throw new RpcError(
    RPC_INVALID_REQUEST,
    "Invalid request: AbsolutePathBuf deserialized without a base path",
  );
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RpcError(
      RPC_INVALID_REQUEST,
      `fs/writeFile requires valid base64 dataBase64: ${why}`,
    );
  }
}

/** What the system refuses is the answer, with the path it is about. */
async function told<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new RpcError(RPC_INTERNAL, error.message);
  }
}
