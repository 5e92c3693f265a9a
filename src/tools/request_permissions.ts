/** `request_permissions`: the model asks for more than its sandbox allows. */
import * as v from "valibot";
import type { PermissionGrant, Permissions } from "@/protocol/permissions.ts";
import { defineTool, failed } from "./tool.ts";

const paths = v.optional(v.array(v.string()));

export const requestPermissions = defineTool({
  name: "request_permissions",
  description:
    "Asks the user to widen the sandbox for the commands that follow: directories to write to, or the network. Ask for the least that does.",
  parameters: v.object({
    permissions: v.object({
      file_system: v.optional(v.object({ read: paths, write: paths })),
      network: v.optional(v.object({ enabled: v.optional(v.boolean()) })),
    }),
    reason: v.optional(v.pipe(v.string(), v.description("For the user"))),
  }),
  parallel: false,
  isOffered: ({ requestPermissions }) => requestPermissions === true,
  async run({ permissions, reason }, context, signal) {
    const asked: Permissions = {
      read: permissions.file_system?.read ?? [],
      write: permissions.file_system?.write ?? [],
      network: permissions.network?.enabled ?? false,
    };
    const isEmpty = asked.read.length === 0 && asked.write.length === 0 &&
      !asked.network;
    if (isEmpty) {
      return failed("request_permissions requires at least one permission");
    }
    const grant = await context.requestPermissions(asked, reason, signal);
    return { kind: "ok", output: JSON.stringify(answer(grant)) };
  },
});

/** What was granted, in the shape it was asked for. */
function answer({ permissions, scope }: PermissionGrant): unknown {
  const { read, write, network } = permissions;
  const fileSystem = {
    ...(read.length === 0 ? {} : { read }),
    ...(write.length === 0 ? {} : { write }),
  };
  return {
    permissions: {
      ...(network ? { network: { enabled: true } } : {}),
      ...(Object.keys(fileSystem).length === 0
        ? {}
        : { file_system: fileSystem }),
    },
    scope,
  };
}
