import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRequestHead } from "@/sandbox/proxy/request_head.ts";

function parse(...lines: string[]) {
  return parseRequestHead(lines.join("\r\n"));
}

Deno.test("CONNECT names its target", () => {
  assert.deepEqual(
    parse("CONNECT Api.GitHub.com:443 HTTP/1.1", "Host: api.github.com:443"),
    {
      kind: "tunnel",
      target: { host: "api.github.com", port: 443, protocol: "https" },
    },
  );
  assert.equal(
    parse("CONNECT a.org:8443 HTTP/1.1", "Host: a.org").kind,
    "tunnel",
  );
  // As Python has it.
  assert.equal(parse("CONNECT a.org:443 HTTP/1.0").kind, "tunnel");
});

Deno.test("a request goes on without what was meant for the proxy, one for each connection", () => {
  const head = parse(
    "GET http://a.org:80/x?y HTTP/1.1",
    "Host: a.org",
    "Proxy-Connection: keep-alive",
    "Proxy-Authorization: Basic x",
    "Connection: X-Private, host",
    "X-Private: 1",
    "Accept: */*",
  );
  assert.deepEqual(head, {
    kind: "request",
    target: { host: "a.org", port: 80, protocol: "http" },
    text:
      "GET /x?y HTTP/1.1\r\nHost: a.org\r\nAccept: */*\r\nConnection: close\r\n\r\n",
    bodyBytes: 0,
  });
  const query = parse("GET http://a.org?y HTTP/1.1", "Host: a.org");
  assert.match(query.kind === "request" ? query.text : "", /^GET \/\?y HTTP/);
});

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "two Host headers": [
    "GET http://a.org/ HTTP/1.1",
    "Host: a.org",
    "Host: b.org",
  ],
  "two Host headers in a tunnel": [
    "CONNECT a.org:443 HTTP/1.1",
    "Host: a.org",
    "host: a.org",
  ],
  "the Host of another": ["GET http://a.org/ HTTP/1.1", "Host: b.org"],
  "the Host of another port": ["GET http://a.org/ HTTP/1.1", "Host: a.org:81"],
  "no Host": ["GET http://a.org/ HTTP/1.1"],
  "a folded line": [
    "GET http://a.org/ HTTP/1.1",
    "Host: a.org",
    " b.org",
  ],
  "a blank before the colon": ["GET http://a.org/ HTTP/1.1", "Host : a.org"],
  "a bare line feed": [
    "GET http://a.org/ HTTP/1.1",
    "Host: a.org\nHost: b.org",
  ],
  "a bare carriage return": ["GET http://a.org/ HTTP/1.1", "Host: a.org\rX: y"],
  "chunks": [
    "POST http://a.org/ HTTP/1.1",
    "Host: a.org",
    "Transfer-Encoding: chunked",
  ],
  "two lengths": [
    "POST http://a.org/ HTTP/1.1",
    "Host: a.org",
    "Content-Length: 1",
    "Content-Length: 2",
  ],
  "a length that is none": [
    "POST http://a.org/ HTTP/1.1",
    "Host: a.org",
    "Content-Length: +1",
  ],
  "a path without a host": ["GET / HTTP/1.1", "Host: a.org"],
  "a control character in its path": [
    "GET http://a.org/\0 HTTP/1.1",
    "Host: a.org",
  ],
  "another scheme": ["GET ftp://a.org/ HTTP/1.1", "Host: a.org"],
  "a user in the address": ["GET http://a.org@b.org/ HTTP/1.1", "Host: b.org"],
  "a name with a blank": ["GET http://a.org /b HTTP/1.1", "Host: a.org"],
  "a tunnel without a port": ["CONNECT a.org HTTP/1.1", "Host: a.org"],
  "a tunnel to no port": ["CONNECT a.org:0 HTTP/1.1", "Host: a.org"],
  "a tunnel with a body": [
    "CONNECT a.org:443 HTTP/1.1",
    "Host: a.org",
    "Content-Length: 9",
  ],
  "a name that hides another": [
    "CONNECT a.org%00.b.org:443 HTTP/1.1",
    "Host: a.org%00.b.org",
  ],
  "no HTTP": ["\x05\x01\x00"],
};

for (const [name, lines] of Object.entries(REFUSED)) {
  Deno.test(`a request with ${name} is refused`, () => {
    assert.equal(parse(...lines).kind, "bad");
  });
}

/** Pieces hostile heads are made of. */
const PIECES = [
  "GET ",
  "CONNECT ",
  "http://a.org",
  "a.org",
  "b.org",
  ":80",
  ":443",
  "/",
  "?",
  "@",
  "#",
  " HTTP/1.1",
  " HTTP/1.0",
  "\r\n",
  "\n",
  "\r",
  " ",
  "\t",
  "Host:",
  "host: ",
  "Host: a.org",
  "Content-Length: 3",
  "Transfer-Encoding: chunked",
  "Connection: host",
  "X: y",
  "\0",
  "%",
  "[::1]",
];

Deno.test("whatever is passed on names one host, that of its target, in whole lines", () => {
  const start = fc.constantFrom(
    "GET http://a.org/ HTTP/1.1\r\nHost: a.org",
    "GET http://a.org",
    "",
  );
  const rest = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 });
  let passed = 0;
  fc.assert(
    fc.property(start, rest, (first, pieces) => {
      const head = parseRequestHead(first + pieces.join(""));
      if (head.kind !== "request") return;
      passed++;
      const lines = head.text.split("\r\n");
      assert.deepEqual(lines.slice(-2), ["", ""]);
      const hosts = lines.filter((line) => /^\s*host\s*:/i.test(line));
      assert.equal(hosts.length, 1, head.text);
      assert.match(hosts[0] ?? "", /^host:\s*a\.org(:80)?\s*$/i);
      assert.equal(head.target.host, "a.org");
      assert.doesNotMatch(head.text.replaceAll("\r\n", ""), /[\r\n\0]/);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(passed > 100, `${passed}`);
});
