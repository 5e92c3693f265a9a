import assert from "node:assert/strict";
import {
  isAddress,
  matchesHost,
  parseHostPattern,
} from "@/text/host_pattern.ts";

function matches(text: string, host: string, port = 443): boolean {
  const result = parseHostPattern(text);
  assert.equal(result.kind, "ok", text);
  return result.kind === "ok" && matchesHost(result.pattern, host, port, 443);
}

Deno.test("a name means itself, whatever its case and final dot", () => {
  assert.equal(matches("api.github.com", "API.github.com."), true);
  assert.equal(matches("api.github.com", "x.api.github.com"), false);
  assert.equal(matches("api.github.com", "api.github.com.evil.org"), false);
});

Deno.test("a pattern means what is below it, not itself and not what ends alike", () => {
  assert.equal(matches("*.example.org", "a.example.org"), true);
  assert.equal(matches("*.example.org", "a.b.example.org"), true);
  assert.equal(matches("*.example.org", "example.org"), false);
  assert.equal(matches("*.example.org", "evilexample.org"), false);
});

Deno.test("without a port the usual one of the protocol is meant, with one only that", () => {
  assert.equal(matches("a.org", "a.org", 22), false);
  assert.equal(matches("a.org:8443", "a.org", 8443), true);
  assert.equal(matches("a.org:8443", "a.org", 443), false);
});

Deno.test("what is no name is refused with what to write instead", () => {
  const problems = [
    "*",
    "10.0.0.1",
    "[::1]",
    "0x7f.1",
    "a.org:0",
    "https://a.org",
    "a b",
    "*.",
    "",
    "a.*.org",
  ].map((text) => {
    const result = parseHostPattern(text);
    return result.kind === "wrong" ? result.problem.slice(0, 24) : text;
  });
  assert.deepEqual(problems, [
    "a list of every host is ",
    "it is an address, and on",
    "it is an address, and on",
    "it is an address, and on",
    '"0" is not a port',
    "it is an address, and on",
    "it is no host name; writ",
    "it is no host name; writ",
    "it is no host name; writ",
    "it is no host name; writ",
  ]);
});

Deno.test("every spelling of an address is one", () => {
  for (
    const text of [
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f000001",
      "0177.0.0.1",
      "[::1]",
      "::1",
    ]
  ) assert.equal(isAddress(text), true, text);
  for (const text of ["a.org", "1and1.com", "0x.org", "a-1"]) {
    assert.equal(isAddress(text), false, text);
  }
});
