/** `codex mcp`, run in this process on a home of its own. */
import assert from "node:assert/strict";
import { runProgram } from "@/cli/run.ts";
import { createPlatform } from "@/platform/deno.ts";
import { startAuthorizationServer } from "@test/support/authorization_server.ts";

async function consent(url: URL): Promise<void> {
  await (await fetch(url)).text();
}

interface Home {
  /** Runs `codex mcp` with these words; exit code, then what was printed. */
  mcp(...words: string[]): Promise<readonly [number, string]>;
  file(): Promise<string>;
  /** What the browsers do that were opened; each consents at once. */
  readonly browsers: readonly Promise<void>[];
}

async function withHome(
  config: string,
  test: (home: Home) => Promise<void>,
): Promise<void> {
  const path = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "codex-mcp-" }),
  );
  const real = createPlatform();
  const browsers: Promise<void>[] = [];
  const variables: Record<string, string> = { CODEX_HOME: path };
  try {
    await Deno.writeTextFile(`${path}/config.toml`, config);
    await test({
      async mcp(...words) {
        let text = "";
        const write = (more: string) => {
          text += more;
        };
        const code = await runProgram(["mcp", ...words], {
          ...real,
          browsing: {
            ...real.browsing,
            open: (url) => browsers.push(consent(url)) > 0,
          },
          env: { get: (name) => variables[name], all: () => variables },
          host: { ...real.host, cwd: path, invokedName: () => "codex" },
          terminal: { ...real.terminal, writeOut: write, writeErr: write },
        });
        return [code, text];
      },
      browsers,
      file: () => Deno.readTextFile(`${path}/config.toml`),
    });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const FULL = `[mcp_servers.full]
command = "/bin/x"
args = ["a b", "c"]
cwd = "/tmp/w"
env_vars = ["FOO"]
enabled_tools = ["one", "two"]
disabled_tools = []
startup_timeout_sec = 2.5
tool_timeout_sec = 12
[mcp_servers.full.env]
Z = "1"
A = "secret"
[mcp_servers.web]
url = "http://127.0.0.1:9/mcp"
http_headers = { "X-B" = "secret", "X-A" = "s" }
env_http_headers = { "X-E" = "EVAR" }
[mcp_servers.off]
url = "http://127.0.0.1:9/mcp2"
enabled = false
bearer_token_env_var = "TOK"
`;

Deno.test("mcp list shows one table for each kind of server, secrets masked", async () => {
  await withHome(FULL, async ({ mcp }) => {
    assert.deepEqual(await mcp("list"), [
      0,
      [
        "Name  Command  Args   Env                          Cwd     Status   Auth       ",
        "full  /bin/x   a b c  A=*****, Z=*****, FOO=*****  /tmp/w  enabled  Unsupported",
        "",
        "Name  Url                      Bearer Token Env Var  Status    Auth       ",
        "off   http://127.0.0.1:9/mcp2  TOK                   disabled  Unsupported",
        "web   http://127.0.0.1:9/mcp   -                     enabled   Unsupported",
        "",
      ].join("\n"),
    ]);
  });
  await withHome("", async ({ mcp }) => {
    assert.deepEqual([await mcp("list"), await mcp("list", "--json")], [
      [
        0,
        "No MCP servers configured yet. Try `codex mcp add my-tool -- my-command`.\n",
      ],
      [0, "[]\n"],
    ]);
  });
});

Deno.test("mcp get shows one server: as lines, as JSON with seconds that have a point", async () => {
  await withHome(FULL, async ({ mcp }) => {
    assert.deepEqual(await mcp("get", "full"), [
      0,
      `full
  enabled: true
  enabled_tools: one, two
  disabled_tools: []
  transport: stdio
  command: /bin/x
  args: a b c
  cwd: /tmp/w
  env: A=*****, Z=*****, FOO=*****
  startup_timeout_sec: 2.5
  tool_timeout_sec: 12
  remove: codex mcp remove full
`,
    ]);
    assert.deepEqual(await mcp("get", "web"), [
      0,
      `web
  enabled: true
  transport: streamable_http
  url: http://127.0.0.1:9/mcp
  bearer_token_env_var: -
  http_headers: X-A=*****, X-B=*****
  env_http_headers: X-E=EVAR
  remove: codex mcp remove web
`,
    ]);
    assert.deepEqual(await mcp("get", "off"), [0, "off (disabled)\n"]);
    const [, json] = await mcp("get", "full", "--json");
    assert.match(
      json,
      /"startup_timeout_sec": 2\.5,\n {2}"tool_timeout_sec": 12\.0\n}/,
    );
    assert.deepEqual(JSON.parse(json), {
      name: "full",
      enabled: true,
      disabled_reason: null,
      transport: {
        type: "stdio",
        command: "/bin/x",
        args: ["a b", "c"],
        env: { A: "secret", Z: "1" },
        env_vars: ["FOO"],
        cwd: "/tmp/w",
      },
      enabled_tools: ["one", "two"],
      disabled_tools: [],
      startup_timeout_sec: 2.5,
      tool_timeout_sec: 12,
    });
  });
});

Deno.test("mcp list --json tells how each server is reached and how it knows us", async () => {
  await withHome(FULL, async ({ mcp }) => {
    const [code, text] = await mcp("list", "--json");
    const servers = JSON.parse(text);
    assert.equal(code, 0);
    assert.deepEqual(
      servers.map((server: Record<string, unknown>) => [
        server.name,
        server.enabled,
        server.auth_status,
        server.tool_timeout_sec,
      ]),
      [
        ["full", true, "unsupported", 12],
        ["off", false, "unsupported", null],
        ["web", true, "unsupported", null],
      ],
    );
    assert.deepEqual(servers[2].transport, {
      type: "streamable_http",
      url: "http://127.0.0.1:9/mcp",
      bearer_token_env_var: null,
      http_headers: { "X-A": "s", "X-B": "secret" },
      env_http_headers: { "X-E": "EVAR" },
    });
  });
});

Deno.test("mcp add writes a table of its own and leaves every other byte alone", async () => {
  const before =
    "# mine\nmodel = 'x' # why\n\n[mcp_servers.old]\ncommand = \"o\"\n";
  await withHome(before, async ({ mcp, file }) => {
    const added = await mcp(
      ..."add docs --env B=2 --env A=1 --env A=3 -- npx -y @x/docs --flag"
        .split(" "),
    );
    assert.deepEqual(added, [0, "Added global MCP server 'docs'.\n"]);
    await mcp("add", "web", "--url", "http://127.0.0.1:9/mcp");
    assert.equal(
      await file(),
      `${before}
[mcp_servers.docs]
command = "npx"
args = ["-y", "@x/docs", "--flag"]

[mcp_servers.docs.env]
A = "3"
B = "2"

[mcp_servers.web]
url = "http://127.0.0.1:9/mcp"
`,
    );
    assert.deepEqual(await mcp("remove", "docs"), [
      0,
      "Removed global MCP server 'docs'.\n",
    ]);
    assert.deepEqual(await mcp("remove", "docs"), [
      0,
      "No MCP server named 'docs' found.\n",
    ]);
    await mcp("remove", "web");
    assert.equal(await file(), before);
  });
});

Deno.test("mcp add replaces a server of that name, and fits into an inline table", async () => {
  await withHome(FULL, async ({ mcp, file }) => {
    await mcp("add", "full", "--", "z");
    assert.match(await file(), /\n\[mcp_servers\.full\]\ncommand = "z"\n$/);
    assert.doesNotMatch(await file(), /secret", "Z|Z = "1"/);
  });
  await withHome('mcp_servers = { a = { command = "b" } }\n', async (home) => {
    await home.mcp("add", "n", "--env", "K=v", "--", "z");
    assert.deepEqual(
      JSON.parse((await home.mcp("get", "n", "--json"))[1]).transport.env,
      { K: "v" },
    );
  });
});

Deno.test("mcp answers with an error where something cannot be", async () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ["get nope", 1, "Error: No MCP server named 'nope' found.\n"],
    ["login nope", 1, "Error: No MCP server named 'nope' found.\n"],
    [
      "logout nope",
      1,
      "Error: No MCP server named 'nope' found in configuration.\n",
    ],
    [
      "add bad! -- foo",
      1,
      "Error: invalid server name 'bad!' (use letters, numbers, '-', '_')\n",
    ],
    ["add both --url https://x --env A=1", 1, "Error: command is required\n"],
    [
      "add odd --url notaurl",
      1,
      'Error: Cannot add the server: "notaurl" is no http or https address\n',
    ],
    [
      "login full",
      1,
      "Error: OAuth login is only supported for streamable HTTP servers.\n",
    ],
    [
      "add n --bearer-token-env-var T -- foo",
      2,
      "Error: --bearer-token-env-var is for servers with a --url\n",
    ],
    ["login web", 1, "Error: No authorization support detected\n"],
    [
      "logout full",
      1,
      "Error: OAuth logout is only supported for streamable_http transports.\n",
    ],
    ["logout web", 0, "No OAuth credentials stored for 'web'.\n"],
  ];
  await withHome(FULL, async ({ mcp, file }) => {
    for (const [line, code, text] of cases) {
      assert.deepEqual(await mcp(...line.split(" ")), [code, text]);
    }
    assert.equal(await file(), FULL);
  });
});

Deno.test("mcp login, list and logout go together, as the reference says them", async () => {
  await using server = startAuthorizationServer();
  const config = 'mcp_oauth_credentials_store = "file"\n' +
    `[mcp_servers.web]\nurl = "${server.url}"\n`;
  await withHome(config, async ({ mcp, browsers }) => {
    const status = async () => {
      const [, table] = await mcp("list");
      const [, json] = await mcp("list", "--json");
      return [
        table.split("\n")[1]?.split(/ {2,}/).at(-1)?.trim(),
        JSON.parse(json)[0].auth_status,
      ];
    };
    assert.deepEqual(await status(), ["Not logged in", "not_logged_in"]);
    const [code, text] = await mcp("login", "web", "--scopes", "a,b");
    assert.equal(code, 0, text);
    assert.match(
      text,
      /^Authorize `web` by opening this URL in your browser:\nhttp:\/\/127\.0\.0\.1:\d+\/authorize\?\S*scope=a\+b\S*\n\nSuccessfully logged in to MCP server 'web'\.\n$/,
    );
    assert.deepEqual(await status(), ["OAuth", "o_auth"]);
    assert.deepEqual(await mcp("logout", "web"), [
      0,
      "Removed OAuth credentials for 'web'.\n",
    ]);
    assert.deepEqual(await status(), ["Not logged in", "not_logged_in"]);
    const [, added] = await mcp("add", "other", "--url", server.url);
    assert.match(
      added,
      /^Added global MCP server 'other'\.\nDetected OAuth support\. Starting OAuth flow…\nAuthorize `other` by[^]*\n\nSuccessfully logged in\.\n$/,
    );
    await Promise.all(browsers);
  });
});

Deno.test("where the keyring was left to choose, the user is told where the tokens are", async () => {
  await using server = startAuthorizationServer();
  const config = `[mcp_servers.web]\nurl = "${server.url}"\n`;
  await withHome(config, async ({ mcp, browsers }) => {
    const [, text] = await mcp("login", "web");
    assert.match(
      text,
      /The tokens are in \S+\/\.credentials\.json; this version/,
    );
    await Promise.all(browsers);
  });
});
