import assert from "node:assert/strict";
import { interceptPatch } from "@/patch/intercept.ts";

const PATCH = "*** Begin Patch\n*** Add File: q\n+$HOME\n*** End Patch";

function heredoc(before = "", opening = "<<'EOF'", closing = "EOF"): string {
  return `${before}apply_patch ${opening}\n${PATCH}\n${closing}`;
}

Deno.test("interceptPatch() takes the patch out of a heredoc that is the whole script", () => {
  const scripts = [
    heredoc(),
    heredoc("  \n\n "),
    `${heredoc()}\n\n  \n`,
    heredoc("", "<<EOF"),
    heredoc("", '<<"EOF"'),
    heredoc("", "<<\\EOF"),
    heredoc("", "<< 'EOF'"),
    heredoc("", "<<'EOF'  "),
    heredoc("", "<<'E F'", "E F"),
    heredoc("", "<<-'EOF'", "\tEOF"),
    heredoc().replace("apply_patch <<", "applypatch<<"),
  ];
  for (const script of scripts) {
    const expected = { kind: "patch", patch: PATCH };
    assert.deepEqual(interceptPatch(script), expected, script);
  }
});

Deno.test("interceptPatch() leaves CRLF line ends to the patch parser", () => {
  const patch = PATCH.replaceAll("\n", "\r\n");
  assert.deepEqual(
    interceptPatch(heredoc("cd d && ").replaceAll("\n", "\r\n")),
    { kind: "patch", patch: `${patch}\r`, workdir: "d" },
  );
});

Deno.test("interceptPatch() reads one literal word after cd", () => {
  const words: Record<string, string> = {
    "cd d && ": "d",
    "cd   d&&": "d",
    "cd d &&\n": "d",
    "cd ./d/../e-f_g && ": "./d/../e-f_g",
    "cd a:b,c@d%e+f=g && ": "a:b,c@d%e+f=g",
    "cd é && ": "é",
    "cd 'a b/c' && ": "a b/c",
    'cd "it\'s !" && ': "it's !",
    "cd '$HOME' && ": "$HOME",
  };
  for (const [before, workdir] of Object.entries(words)) {
    const expected = { kind: "patch", patch: PATCH, workdir };
    assert.deepEqual(interceptPatch(heredoc(before)), expected, before);
  }
});

Deno.test("interceptPatch() leaves every other script alone", () => {
  const before = [
    "# c\n",
    "echo 1; ",
    "cd d; ",
    "cd d\n",
    "cd d || ",
    "cd d & ",
    "cd && ",
    "cd '' && ",
    'cd "" && ',
    "cd - && ",
    "cd -- d && ",
    "cd ~ && ",
    "cd ~/d && ",
    "cd d b && ",
    "cd d* && ",
    "cd d? && ",
    "cd [d] && ",
    "cd {d} && ",
    "cd $HOME && ",
    'cd "$HOME" && ',
    'cd "`x`" && ',
    "cd a\\ b && ",
    'cd "a\\"b" && ',
    "cd 'a'b && ",
    "cd $'d' && ",
    "cd =d && ",
    "cd +1 && ",
    "cd d > x && ",
    "cd d && cd e && ",
    "pushd d && ",
    "F=1 ",
    "! ",
    "time ",
    "(",
    "\\",
    "/bin/",
  ].map((text) => heredoc(text));
  const opening = [
    "x <<'EOF'",
    "<<'EOF' x",
    "<<'EOF' > out",
    "<<'EOF' 2>&1",
    "<<'EOF' | cat",
    "<<'EOF' && echo hi",
    "<<'EOF' &",
    "<<'EOF' ;",
    "<<'EOF' # c",
    "<<E'O'F",
    "<<$'EOF'",
    "<<< 'EOF'",
  ].map((text) => heredoc("", text));
  const scripts = [
    ...before,
    ...opening,
    `${heredoc()}\necho hi`,
    heredoc("", "<<'EOF'", "EOF2"),
    heredoc("", "<<'EOF'", " EOF"),
    heredoc("", "<<'EOF'", ""),
    "apply_patch <<'EOF'\nEOF\nEOF",
    `apply_patch "${PATCH}"`,
    `cd d && ${PATCH}`,
    "*** Begin Patch\n*** Frob\n*** End Patch",
    "ls",
    "",
  ];
  for (const script of scripts) {
    assert.deepEqual(interceptPatch(script), { kind: "none" }, script);
  }
});

Deno.test("interceptPatch() knows a valid patch that stands where a command should", () => {
  for (const script of [PATCH, `\n${PATCH}\n`, `<<EOF\n${PATCH}\nEOF`]) {
    assert.deepEqual(interceptPatch(script), { kind: "bare_patch" });
  }
});

Deno.test("interceptPatch() hands over an invalid patch for its problem to be told", () => {
  assert.deepEqual(interceptPatch("apply_patch <<'EOF'\nhello\nEOF"), {
    kind: "patch",
    patch: "hello",
  });
});
