/** A login that is refused is something the person has to mend: its sentence is shown, with exit code 2. */
import { AuthError } from "../auth/identity.ts";
import { UsageError } from "./flags.ts";

export async function refusalAsUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AuthError ? new UsageError(error.message) : error;
  }
}
