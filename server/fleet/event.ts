/** What an agent did, as the whole of Live Wire speaks of it. Checked where it comes in (server/protocol/fleet-event.ts); trusted from there on. */

/** Of tokens, dollars or milliseconds: no call has more. It stays below 2^53, beyond which SQLite's numbers could not be read again. */
export const largestAmount = 1e12;

export interface FleetEvent {
  /** Names this event for good: one that comes twice is the same. */
  readonly id: string;
  /** Milliseconds since 1970, as the sender's clock has it. */
  readonly time: number;
  readonly agentId: string;
  readonly operation?: string | undefined;
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  /** US dollars; absent when nobody knows. */
  readonly costUsd?: number | undefined;
  readonly durationMs?: number | undefined;
  /** What kind of error ended it (`error.type`); absent when it went well. */
  readonly error?: string | undefined;
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  /** The connector it came through. */
  readonly source?: string | undefined;
  /** Anything else that was measured, by name. */
  readonly metrics?: Readonly<Record<string, number>> | undefined;
}
