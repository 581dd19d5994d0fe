/** Why a request is not taken. */
export class Refusal extends Error {
  override name = "Refusal";
  /** As it is counted. */
  readonly what: string;
  /** Of HTTP. */
  readonly status: number;
  /** When to come again; for good where it is absent. */
  readonly retryAfterSeconds: number | undefined;

  /** `message` tells the sender what to do. */
  constructor(what: string, status: number, message: string, retryAfterSeconds?: number) {
    super(message);
    this.what = what;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
