import assert from "node:assert/strict";
import {
  digestOf,
  type ListenerProof,
  proofProblem,
  signingKeyOf,
} from "@/auth/listener_proof.ts";
import { signToken } from "@test/support/signed_token.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const NOW_SECONDS = 1_000_000;
const clock = { now: () => NOW_SECONDS * 1000 };

async function signed(
  rest: Partial<Extract<ListenerProof, { kind: "signed" }>> = {},
): Promise<ListenerProof> {
  return {
    kind: "signed",
    key: await signingKeyOf(SECRET),
    issuer: undefined,
    audience: undefined,
    skewSeconds: 30,
    ...rest,
  };
}

const tokenOf = (claims: unknown) =>
  signToken({ alg: "HS256" }, claims, SECRET);

Deno.test("proofProblem() takes the token whose digest it knows, and no other", async () => {
  const proof: ListenerProof = { kind: "token", digest: await digestOf("abc") };
  const problems = await Promise.all(
    [
      "Bearer abc",
      "bearer  abc",
      "Bearer abd",
      "Bearer ab",
      "abc",
      "Bearer a b",
    ]
      .map((header) => proofProblem(proof, header, clock)),
  );
  assert.deepEqual(problems, [
    undefined,
    undefined,
    "invalid websocket bearer token",
    "invalid websocket bearer token",
    "invalid authorization header",
    "invalid authorization header",
  ]);
  assert.equal(
    await proofProblem(proof, undefined, clock),
    "missing websocket bearer token",
  );
});

Deno.test("proofProblem() counts a signed token's time to the second", async () => {
  const proof = await signed();
  const problems = await Promise.all(
    [
      { exp: NOW_SECONDS - 30 },
      { exp: NOW_SECONDS - 31 },
      { exp: NOW_SECONDS, nbf: NOW_SECONDS + 30 },
      { exp: NOW_SECONDS, nbf: NOW_SECONDS + 31 },
    ].map(async (claims) =>
      await proofProblem(proof, `Bearer ${await tokenOf(claims)}`, clock)
    ),
  );
  assert.deepEqual(problems, [
    undefined,
    "expired websocket jwt",
    undefined,
    "websocket jwt is not valid yet",
  ]);
});

Deno.test("proofProblem() refuses a token of which one letter was changed", async () => {
  const proof = await signed();
  const token = await tokenOf({ exp: NOW_SECONDS + 60 });
  assert.equal(await proofProblem(proof, `Bearer ${token}`, clock), undefined);
  for (let at = 0; at < token.length; at++) {
    const letter = token[at] === "A" ? "z" : "A";
    const changed = token.slice(0, at) + letter + token.slice(at + 1);
    const problem = await proofProblem(proof, `Bearer ${changed}`, clock);
    assert.equal(problem, "invalid websocket jwt", `${at}`);
  }
});
