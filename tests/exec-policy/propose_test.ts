import assert from "node:assert/strict";
import { isProposable } from "@/exec-policy/propose.ts";

Deno.test("a prefix that would allow anything is not proposed", () => {
  const banned = [
    [],
    [""],
    ["python3"],
    ["python3", "-c"],
    ["python", "-"],
    ["py", "-3"],
    ["git"],
    ["bash"],
    ["bash", "-lc"],
    ["/bin/bash", "-lc"],
    ["/bin/zsh"],
    ["sh", "-c"],
    ["env"],
    ["sudo"],
    ["node", "-e"],
    ["perl", "-e"],
    ["ruby", "-e"],
    ["php", "-r"],
    ["lua", "-e"],
    ["osascript"],
    ["pwsh", "-Command"],
    ["powershell.exe", "-c"],
    ["xargs"],
  ];
  for (const prefix of banned) {
    assert.equal(isProposable(prefix), false, prefix.join(" "));
  }
  const fine = [
    ["git", "status"],
    ["npm", "test"],
    ["python3", "-m"],
    ["python3", "-c", "print(1)"],
    ["bash", "build.sh"],
    ["rm", "-rf"],
    ["constructor"],
  ];
  for (const prefix of fine) {
    assert.equal(isProposable(prefix), true, prefix.join(" "));
  }
});
