/** Every type of the protocol by its name, for what is generated from them. */
import type * as v from "valibot";
import * as account from "./account.ts";
import * as approval from "./approval.ts";
import * as apps from "./apps.ts";
import * as command from "./command.ts";
import * as config from "./config.ts";
import * as connection from "./connection.ts";
import * as deviceKey from "./device_key.ts";
import * as externalAgent from "./external_agent.ts";
import * as features from "./features.ts";
import * as feedback from "./feedback.ts";
import * as fileSearch from "./file_search.ts";
import * as fs from "./fs.ts";
import * as guardian from "./guardian.ts";
import * as hook from "./hook.ts";
import * as item from "./item.ts";
import * as mcp from "./mcp.ts";
import * as model from "./model.ts";
import * as plugins from "./plugins.ts";
import * as realtime from "./realtime.ts";
import * as responseItem from "./response_item.ts";
import * as review from "./review.ts";
import * as shared from "./shared.ts";
import * as skills from "./skills.ts";
import * as thread from "./thread.ts";
import * as turn from "./turn.ts";
import * as windows from "./windows.ts";

/** Declared types: name to schema. */
export const ALL_TYPES: Readonly<Record<string, v.GenericSchema>> = {
  ...account,
  ...approval,
  ...apps,
  ...command,
  ...config,
  ...connection,
  ...deviceKey,
  ...externalAgent,
  ...features,
  ...feedback,
  ...fileSearch,
  ...fs,
  ...guardian,
  ...hook,
  ...item,
  ...mcp,
  ...model,
  ...plugins,
  ...realtime,
  ...responseItem,
  ...review,
  ...shared,
  ...skills,
  ...thread,
  ...turn,
  ...windows,
};
