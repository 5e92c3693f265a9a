/** The account part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Flag, Int, Text } from "./primitives.ts";

export const ChatgptAuthTokensRefreshReason = v.literal("unauthorized");
export type ChatgptAuthTokensRefreshReason = v.InferOutput<
  typeof ChatgptAuthTokensRefreshReason
>;

export const ChatgptAuthTokensRefreshParams = v.object({
  previousAccountId: v.nullish(Text),
  reason: ChatgptAuthTokensRefreshReason,
});
export type ChatgptAuthTokensRefreshParams = v.InferOutput<
  typeof ChatgptAuthTokensRefreshParams
>;

export const ChatgptAuthTokensRefreshResponse = v.object({
  accessToken: Text,
  chatgptAccountId: Text,
  chatgptPlanType: v.nullish(Text),
});
export type ChatgptAuthTokensRefreshResponse = v.InferOutput<
  typeof ChatgptAuthTokensRefreshResponse
>;

export const LoginAccountParams = v.variant("type", [
  v.object({ apiKey: Text, type: v.literal("apiKey") }),
  v.object({ type: v.literal("chatgpt") }),
  v.object({ type: v.literal("chatgptDeviceCode") }),
  v.object({
    accessToken: Text,
    chatgptAccountId: Text,
    chatgptPlanType: v.nullish(Text),
    type: v.literal("chatgptAuthTokens"),
  }),
]);
export type LoginAccountParams = v.InferOutput<typeof LoginAccountParams>;

export const CancelLoginAccountParams = v.object({ loginId: Text });
export type CancelLoginAccountParams = v.InferOutput<
  typeof CancelLoginAccountParams
>;

export const AddCreditsNudgeCreditType = v.picklist(["credits", "usage_limit"]);
export type AddCreditsNudgeCreditType = v.InferOutput<
  typeof AddCreditsNudgeCreditType
>;

export const SendAddCreditsNudgeEmailParams = v.object({
  creditType: AddCreditsNudgeCreditType,
});
export type SendAddCreditsNudgeEmailParams = v.InferOutput<
  typeof SendAddCreditsNudgeEmailParams
>;

export const GetAccountParams = v.object({ refreshToken: v.optional(Flag) });
export type GetAccountParams = v.InferOutput<typeof GetAccountParams>;

export const LoginAccountResponse = v.variant("type", [
  v.object({ type: v.literal("apiKey") }),
  v.object({ authUrl: Text, loginId: Text, type: v.literal("chatgpt") }),
  v.object({
    loginId: Text,
    type: v.literal("chatgptDeviceCode"),
    userCode: Text,
    verificationUrl: Text,
  }),
  v.object({ type: v.literal("chatgptAuthTokens") }),
]);
export type LoginAccountResponse = v.InferOutput<typeof LoginAccountResponse>;

export const CancelLoginAccountStatus = v.picklist(["canceled", "notFound"]);
export type CancelLoginAccountStatus = v.InferOutput<
  typeof CancelLoginAccountStatus
>;

export const CancelLoginAccountResponse = v.object({
  status: CancelLoginAccountStatus,
});
export type CancelLoginAccountResponse = v.InferOutput<
  typeof CancelLoginAccountResponse
>;

export const LogoutAccountResponse = Empty;
export type LogoutAccountResponse = v.InferOutput<typeof LogoutAccountResponse>;

export const CreditsSnapshot = v.object({
  balance: v.nullish(Text),
  hasCredits: Flag,
  unlimited: Flag,
});
export type CreditsSnapshot = v.InferOutput<typeof CreditsSnapshot>;

export const PlanType = v.picklist([
  "free",
  "go",
  "plus",
  "pro",
  "prolite",
  "team",
  "self_serve_business_usage_based",
  "business",
  "enterprise_cbp_usage_based",
  "enterprise",
  "edu",
  "unknown",
]);
export type PlanType = v.InferOutput<typeof PlanType>;

export const RateLimitReachedType = v.picklist([
  "rate_limit_reached",
  "workspace_owner_credits_depleted",
  "workspace_member_credits_depleted",
  "workspace_owner_usage_limit_reached",
  "workspace_member_usage_limit_reached",
]);
export type RateLimitReachedType = v.InferOutput<typeof RateLimitReachedType>;

export const RateLimitWindow = v.object({
  resetsAt: v.nullish(Int),
  usedPercent: Int,
  windowDurationMins: v.nullish(Int),
});
export type RateLimitWindow = v.InferOutput<typeof RateLimitWindow>;

export const RateLimitSnapshot = v.object({
  credits: v.nullish(CreditsSnapshot),
  limitId: v.nullish(Text),
  limitName: v.nullish(Text),
  planType: v.nullish(PlanType),
  primary: v.nullish(RateLimitWindow),
  rateLimitReachedType: v.nullish(RateLimitReachedType),
  secondary: v.nullish(RateLimitWindow),
});
export type RateLimitSnapshot = v.InferOutput<typeof RateLimitSnapshot>;

export const GetAccountRateLimitsResponse = v.object({
  rateLimits: RateLimitSnapshot,
  rateLimitsByLimitId: v.nullish(v.record(Text, RateLimitSnapshot)),
});
export type GetAccountRateLimitsResponse = v.InferOutput<
  typeof GetAccountRateLimitsResponse
>;

export const AddCreditsNudgeEmailStatus = v.picklist([
  "sent",
  "cooldown_active",
]);
export type AddCreditsNudgeEmailStatus = v.InferOutput<
  typeof AddCreditsNudgeEmailStatus
>;

export const SendAddCreditsNudgeEmailResponse = v.object({
  status: AddCreditsNudgeEmailStatus,
});
export type SendAddCreditsNudgeEmailResponse = v.InferOutput<
  typeof SendAddCreditsNudgeEmailResponse
>;

export const Account = v.variant("type", [
  v.object({ type: v.literal("apiKey") }),
  v.object({ email: Text, planType: PlanType, type: v.literal("chatgpt") }),
]);
export type Account = v.InferOutput<typeof Account>;

export const GetAccountResponse = v.object({
  account: v.nullish(Account),
  requiresOpenaiAuth: Flag,
});
export type GetAccountResponse = v.InferOutput<typeof GetAccountResponse>;

export const AuthMode = v.picklist([
  "apikey",
  "chatgpt",
  "chatgptAuthTokens",
  "agentIdentity",
]);
export type AuthMode = v.InferOutput<typeof AuthMode>;

export const AccountUpdatedNotification = v.object({
  authMode: v.nullish(AuthMode),
  planType: v.nullish(PlanType),
});
export type AccountUpdatedNotification = v.InferOutput<
  typeof AccountUpdatedNotification
>;

export const AccountRateLimitsUpdatedNotification = v.object({
  rateLimits: RateLimitSnapshot,
});
export type AccountRateLimitsUpdatedNotification = v.InferOutput<
  typeof AccountRateLimitsUpdatedNotification
>;

export const AccountLoginCompletedNotification = v.object({
  error: v.nullish(Text),
  loginId: v.nullish(Text),
  success: Flag,
});
export type AccountLoginCompletedNotification = v.InferOutput<
  typeof AccountLoginCompletedNotification
>;
