/** What the generated file exports, for tests that load it from where it was generated. */
export interface Budget {
  run?: number | null;
  day?: number | null;
  agent?: number | null;
}

export interface Runtime {
  telemetry<T>(it: T): T;
  costControl<T>(it: T, budget?: Budget): T;
  BudgetExceededError: new (message: string) => Error;
  AgentPausedError: new (pause: { by: string; at: string; reason: string }) => Error & { by: string; at: string; reason: string };
}
