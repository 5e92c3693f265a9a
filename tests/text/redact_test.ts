import assert from "node:assert/strict";
import { redactSecrets } from "@/text/redact.ts";

// Put together here, so that no scanner takes this file for a leak.
const KEYS = [
  `sk-${"a1".repeat(12)}`,
  `sk-proj-${"Ab3".repeat(9)}`,
  `ghp_${"x9".repeat(18)}`,
  `AKIA${"ABCD".repeat(4)}`,
  `AIza${"b".repeat(35)}`,
  `eyJ${"a".repeat(20)}.${"b".repeat(20)}.${"c".repeat(20)}`,
  `xoxb-${"1".repeat(20)}`,
  `Bearer ${"t".repeat(30)}`,
];

Deno.test("what looks like a key goes, the words around it stay", () => {
  for (const key of KEYS) {
    assert.equal(
      redactSecrets(`use ${key}, then go`),
      "use [redacted], then go",
    );
  }
  assert.equal(
    redactSecrets(
      "a\n-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\nb",
    ),
    "a\n[redacted]\nb",
  );
  assert.equal(
    redactSecrets("postgres://me:secret@host/db"),
    "postgres://me:[redacted]@host/db",
  );
});

Deno.test("ordinary words are left alone", () => {
  const text = [
    "- run `deno task test tests/sk-8` and task-runner-with-a-long-name",
    "commit 0123456789abcdef0123456789abcdef01234567",
    "https://host:8080/path@x bearer of news",
  ].join("\n");
  assert.equal(redactSecrets(text), text);
});
