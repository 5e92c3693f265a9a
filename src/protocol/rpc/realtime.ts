/** The realtime part of the app-server protocol. */
import * as v from "valibot";
import { Empty, Int, Text } from "./primitives.ts";

export const RealtimeOutputModality = v.picklist(["text", "audio"]);
export type RealtimeOutputModality = v.InferOutput<
  typeof RealtimeOutputModality
>;

export const RealtimeVoice = v.picklist([
  "alloy",
  "arbor",
  "ash",
  "ballad",
  "breeze",
  "cedar",
  "coral",
  "cove",
  "echo",
  "ember",
  "juniper",
  "maple",
  "marin",
  "sage",
  "shimmer",
  "sol",
  "spruce",
  "vale",
  "verse",
]);
export type RealtimeVoice = v.InferOutput<typeof RealtimeVoice>;

export const ThreadRealtimeStartTransport = v.variant("type", [
  v.object({ type: v.literal("websocket") }),
  v.object({ sdp: Text, type: v.literal("webrtc") }),
]);
export type ThreadRealtimeStartTransport = v.InferOutput<
  typeof ThreadRealtimeStartTransport
>;

export const ThreadRealtimeStartParams = v.object({
  outputModality: RealtimeOutputModality,
  prompt: v.nullish(Text),
  sessionId: v.nullish(Text),
  threadId: Text,
  transport: v.nullish(ThreadRealtimeStartTransport),
  voice: v.nullish(RealtimeVoice),
});
export type ThreadRealtimeStartParams = v.InferOutput<
  typeof ThreadRealtimeStartParams
>;

export const ThreadRealtimeAudioChunk = v.object({
  data: Text,
  itemId: v.nullish(Text),
  numChannels: Int,
  sampleRate: Int,
  samplesPerChannel: v.nullish(Int),
});
export type ThreadRealtimeAudioChunk = v.InferOutput<
  typeof ThreadRealtimeAudioChunk
>;

export const ThreadRealtimeAppendAudioParams = v.object({
  audio: ThreadRealtimeAudioChunk,
  threadId: Text,
});
export type ThreadRealtimeAppendAudioParams = v.InferOutput<
  typeof ThreadRealtimeAppendAudioParams
>;

export const ThreadRealtimeAppendTextParams = v.object({
  text: Text,
  threadId: Text,
});
export type ThreadRealtimeAppendTextParams = v.InferOutput<
  typeof ThreadRealtimeAppendTextParams
>;

export const ThreadRealtimeStopParams = v.object({ threadId: Text });
export type ThreadRealtimeStopParams = v.InferOutput<
  typeof ThreadRealtimeStopParams
>;

export const ThreadRealtimeListVoicesParams = Empty;
export type ThreadRealtimeListVoicesParams = v.InferOutput<
  typeof ThreadRealtimeListVoicesParams
>;

export const ThreadRealtimeStartResponse = Empty;
export type ThreadRealtimeStartResponse = v.InferOutput<
  typeof ThreadRealtimeStartResponse
>;

export const ThreadRealtimeAppendAudioResponse = Empty;
export type ThreadRealtimeAppendAudioResponse = v.InferOutput<
  typeof ThreadRealtimeAppendAudioResponse
>;

export const ThreadRealtimeAppendTextResponse = Empty;
export type ThreadRealtimeAppendTextResponse = v.InferOutput<
  typeof ThreadRealtimeAppendTextResponse
>;

export const ThreadRealtimeStopResponse = Empty;
export type ThreadRealtimeStopResponse = v.InferOutput<
  typeof ThreadRealtimeStopResponse
>;

export const RealtimeVoicesList = v.object({
  defaultV1: RealtimeVoice,
  defaultV2: RealtimeVoice,
  v1: v.array(RealtimeVoice),
  v2: v.array(RealtimeVoice),
});
export type RealtimeVoicesList = v.InferOutput<typeof RealtimeVoicesList>;

export const ThreadRealtimeListVoicesResponse = v.object({
  voices: RealtimeVoicesList,
});
export type ThreadRealtimeListVoicesResponse = v.InferOutput<
  typeof ThreadRealtimeListVoicesResponse
>;

export const RealtimeConversationVersion = v.picklist(["v1", "v2"]);
export type RealtimeConversationVersion = v.InferOutput<
  typeof RealtimeConversationVersion
>;

export const ThreadRealtimeStartedNotification = v.object({
  sessionId: v.nullish(Text),
  threadId: Text,
  version: RealtimeConversationVersion,
});
export type ThreadRealtimeStartedNotification = v.InferOutput<
  typeof ThreadRealtimeStartedNotification
>;

export const ThreadRealtimeItemAddedNotification = v.object({
  item: v.unknown(),
  threadId: Text,
});
export type ThreadRealtimeItemAddedNotification = v.InferOutput<
  typeof ThreadRealtimeItemAddedNotification
>;

export const ThreadRealtimeTranscriptDeltaNotification = v.object({
  delta: Text,
  role: Text,
  threadId: Text,
});
export type ThreadRealtimeTranscriptDeltaNotification = v.InferOutput<
  typeof ThreadRealtimeTranscriptDeltaNotification
>;

export const ThreadRealtimeTranscriptDoneNotification = v.object({
  role: Text,
  text: Text,
  threadId: Text,
});
export type ThreadRealtimeTranscriptDoneNotification = v.InferOutput<
  typeof ThreadRealtimeTranscriptDoneNotification
>;

export const ThreadRealtimeOutputAudioDeltaNotification = v.object({
  audio: ThreadRealtimeAudioChunk,
  threadId: Text,
});
export type ThreadRealtimeOutputAudioDeltaNotification = v.InferOutput<
  typeof ThreadRealtimeOutputAudioDeltaNotification
>;

export const ThreadRealtimeSdpNotification = v.object({
  sdp: Text,
  threadId: Text,
});
export type ThreadRealtimeSdpNotification = v.InferOutput<
  typeof ThreadRealtimeSdpNotification
>;

export const ThreadRealtimeErrorNotification = v.object({
  message: Text,
  threadId: Text,
});
export type ThreadRealtimeErrorNotification = v.InferOutput<
  typeof ThreadRealtimeErrorNotification
>;

export const ThreadRealtimeClosedNotification = v.object({
  reason: v.nullish(Text),
  threadId: Text,
});
export type ThreadRealtimeClosedNotification = v.InferOutput<
  typeof ThreadRealtimeClosedNotification
>;
