/** A FileSystem of plain files in memory: enough to plan a patch without permissions. */
import {
  FileError,
  type FileInfo,
  type FileSystem,
} from "@/platform/platform.ts";

/** @param files text by absolute path; their directories exist with them */
export function memoryFiles(files: Record<string, string>): FileSystem {
  const contents = new Map(Object.entries(files));
  const encoder = new TextEncoder();
  const bytesOf = (path: string): Uint8Array => {
    const text = contents.get(path);
    if (text !== undefined) return encoder.encode(text);
    const osText = "No such file or directory (os error 2)";
    throw new FileError("not_found", path, osText);
  };
  const isDirectory = (path: string) =>
    [...contents.keys()].some((file) => file.startsWith(`${path}/`));
  const info = async (path: string) => fileInfo(contents.get(path));
  const unused = (): never => {
    throw new Error("Planning a patch does not need this");
  };
  return {
    readFile: async (path) => bytesOf(path),
    stat: info,
    lstat: info,
    realPath: async (path) =>
      contents.has(path) || isDirectory(path) ? path : undefined,
    makeDirectory: async () => {},
    replaceFile: async (path, content) => {
      contents.set(
        path,
        typeof content === "string"
          ? content
          : new TextDecoder("utf-8", { ignoreBOM: true }).decode(content),
      );
    },
    remove: async (path) => void contents.delete(path),
    readText: async (path) => contents.get(path) ?? unused(),
    readTextIfExists: async (path) => contents.get(path),
    readRange: async (path, offset, length) =>
      bytesOf(path).subarray(offset, offset + length),
    readDirectory: unused,
    openAppend: unused,
    rename: unused,
    makeTempDirectory: unused,
  };
}

function fileInfo(text: string | undefined): FileInfo | undefined {
  if (text === undefined) return undefined;
  return {
    isFile: true,
    isDirectory: false,
    isSymlink: false,
    size: text.length,
    modifiedMs: 0,
    mode: 0o644,
    inode: 0,
  };
}
